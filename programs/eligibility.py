"""Eligibility as dated rows: each rule is a kind (here) with parameters (a row), a date range and its basis.

The finder, the programme page, the application and the officer's case all ask the same rules.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import age_on
from accounts.models import District
from accounts.models.people import Tenure
from programs import money
from programs.models import EligibilityRule

Facts = dict[str, Any]


@dataclass(frozen=True)
class Verdict:
    """What one rule says: `met` is True, False, or None when a fact it needs is not known."""

    rule: EligibilityRule
    met: bool | None

    @property
    def text(self) -> str:
        return KINDS[self.rule.kind].describe(self.rule.params)

    @property
    def since(self) -> dt.date | None:
        return self.rule.valid.lower


@dataclass(frozen=True)
class Kind:
    """`test` gets the facts it `needs`, the parameters and the day; `describe` says the rule in words."""

    needs: tuple[str, ...]
    test: Callable[[Facts, dict[str, Any], dt.date], bool]
    describe: Callable[[dict[str, Any]], str]


def _converted_deposit(facts: Facts, params: dict[str, Any]) -> int:
    """환산보증금 = deposit + monthly rent × multiplier, in won."""
    return (facts["deposit"] or 0) + (facts["monthly_rent"] or 0) * params.get("rent_multiplier", 100)


KINDS: dict[str, Kind] = {
    "lives_in": Kind(
        ("district",),
        lambda f, p, d: not p.get("districts") or f["district"] in p["districts"],
        lambda p: (
            _("%(names)s에 살아야 합니다.")
            % {"names": ", ".join(str(x) for x in District.objects.filter(pk__in=p["districts"]).order_by("name_ko"))}
            if p.get("districts")
            else _("서울시에 살아야 합니다.")
        ),
    ),
    "min_age": Kind(
        ("birth_date",),
        lambda f, p, d: age_on(f["birth_date"], d) >= p["age"],
        lambda p: _("만 %(age)s세 이상이어야 합니다.") % p,
    ),
    "max_age": Kind(
        ("birth_date",),
        lambda f, p, d: age_on(f["birth_date"], d) <= p["age"],
        lambda p: _("만 %(age)s세 이하여야 합니다.") % p,
    ),
    "household_size": Kind(
        ("household_size",),
        lambda f, p, d: f["household_size"] <= p["max"],
        lambda p: (
            _("혼자 사는 1인가구여야 합니다.") if p["max"] == 1 else _("세대원이 %(max)s명 이하여야 합니다.") % p
        ),
    ),
    "tenure": Kind(
        ("tenure",),
        lambda f, p, d: f["tenure"] in p["any_of"],
        lambda p: (
            _("주택 점유형태가 다음 중 하나여야 합니다: %(list)s")
            % {"list": ", ".join(str(Tenure(code).label) for code in p["any_of"])}
        ),
    ),
    "max_converted_deposit": Kind(
        ("deposit", "monthly_rent"),
        lambda f, p, d: _converted_deposit(f, p) <= p["won"],
        lambda p: (
            _("보증금에 월세의 %(times)s배를 더한 금액(환산보증금)이 %(amount)s 이하여야 합니다.")
            % {"times": p.get("rent_multiplier", 100), "amount": money.in_words(p["won"])}
        ),
    ),
    "has_wifi": Kind(
        ("has_wifi",),
        lambda f, p, d: bool(f["has_wifi"]),
        lambda p: _("집에 무선인터넷(Wi-Fi) 공유기가 있어야 합니다."),
    ),
    "hard_to_move": Kind(
        ("hard_to_move",),
        lambda f, p, d: bool(f["hard_to_move"]),
        lambda p: _("거동이 불편하여 혼자 병원에 가기 어려워야 합니다."),
    ),
}

QUESTION: dict[str, Any] = {
    "district": gettext_lazy("사는 자치구"),
    "birth_date": gettext_lazy("태어난 해"),
    "household_size": gettext_lazy("세대원 수"),
    "tenure": gettext_lazy("주택 점유형태"),
    "deposit": gettext_lazy("보증금"),
    "monthly_rent": gettext_lazy("월세"),
    "has_wifi": gettext_lazy("무선인터넷"),
    "hard_to_move": gettext_lazy("거동 불편"),
}


def rules_of(call_ids: Iterable[int], day: dt.date) -> dict[int, list[EligibilityRule]]:
    """The rules in force that day, by call, in one query."""
    grouped: dict[int, list[EligibilityRule]] = {call_id: [] for call_id in call_ids}
    for rule in EligibilityRule.objects.filter(call__in=grouped, valid__contains=day).order_by("sort", "id"):
        grouped[rule.call_id].append(rule)
    return grouped


def evaluate(rules: Iterable[EligibilityRule], facts: Facts, day: dt.date) -> list[Verdict]:
    """Every rule's verdict on these facts; rules of another district do not apply."""
    verdicts = []
    for rule in rules:
        if rule.district_id and rule.district_id != facts.get("district"):
            continue
        kind = KINDS[rule.kind]
        known = all(facts.get(name) not in (None, "") for name in kind.needs)
        met = kind.test(facts, rule.params, day) if known else None
        verdicts.append(Verdict(rule, met))
    return verdicts


def refusals(verdicts: Iterable[Verdict]) -> list[Verdict]:
    return [verdict for verdict in verdicts if verdict.met is False]
