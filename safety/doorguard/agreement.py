"""What the door guard's terms say (programs.models.Terms.values), read once and checked. Money in won a month."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from programs.models import Terms
from programs.workflow import UnableToPerform

PROGRAM = "door-guard"
_AMOUNTS = ("market_price", "agreement_price", "subsidy", "self_pay", "subsidy_months", "agreement_months")
_FEES = ("relocation_fee", "termination_penalty")


@dataclass(frozen=True)
class Agreement:
    """The agreed prices. The fees are None where the source names none (“별도비용”): the household's contract says."""

    market_price: int
    agreement_price: int
    subsidy: int
    self_pay: int
    subsidy_months: int
    agreement_months: int
    relocation_fee: int | None = None
    termination_penalty: int | None = None

    @classmethod
    def of(cls, terms: Terms) -> Agreement:
        """Raises KeyError or ValueError for terms that do not say what a payment needs."""
        values = terms.values
        fees = {name: int(values[name]) for name in _FEES if values.get(name) is not None}
        return cls(**{name: int(values[name]) for name in _AMOUNTS}, **fees)


def terms_on(day: dt.date, district_code: str) -> Terms:
    """The terms under which a household of this district is handed over that day. Raises UnableToPerform."""
    try:
        return Terms.on(PROGRAM, day, district_code)
    except Terms.DoesNotExist:
        raise UnableToPerform(_("그날의 협약 조건이 등록되어 있지 않습니다. 시 담당자에게 알려 주십시오.")) from None
