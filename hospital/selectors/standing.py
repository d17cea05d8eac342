"""What a person may use today, and today's terms in words for people."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import District
from accounts.templatetags.ui import won
from hospital.allowances import Left, left_of, limits_of
from hospital.escort_terms import EscortTerms, terms_of, terms_on
from hospital.models import Ban, FreeProof
from hospital.possible import free_proof
from hospital.standing import standing_of
from programs.workflow import UnableToPerform


@dataclass(frozen=True)
class Allowance:
    """What is left of each limit of today, what makes trips free, and a ban in force with its last day."""

    terms: EscortTerms
    left: list[Left]
    free: str
    ban: str


def allowance_of(service_user_id: int | None, district: District) -> Allowance:
    """Of nobody known yet: everything. Raises UnableToPerform where no terms are in force."""
    today = timezone.localdate()
    standing = standing_of(service_user_id, today, district.pk, today)
    terms = terms_of(standing.terms, today)
    proof = free_proof(standing, terms)
    left = left_of(standing.used, limits_of(terms, free=proof is not None), today)
    free = str(FreeProof.Kind(proof.kind).label) if proof else ""
    ban = ""
    if standing.ban:
        until = standing.ban.days.upper - dt.timedelta(days=1)
        ban = _("%(why)s 때문에 %(until)s까지 이용이 제한됩니다. 사정이 있었으면 콜센터에 알려 주십시오.") % {
            "why": Ban.Reason(standing.ban.reason).label,
            "until": date_format(until, "Y. n. j."),
        }
    return Allowance(terms, left, free, ban)


def terms_today() -> list[dict[str, Any]]:
    """Nothing where no terms are in force."""
    try:
        return in_words(terms_on(timezone.localdate()))
    except UnableToPerform:
        return []


def in_words(terms: EscortTerms) -> list[dict[str, Any]]:
    """For components/definitions.html."""
    rows = [(_("이용 시간"), _hours(terms)), (_("이용료"), _fee(terms)), (_("무료"), _free(terms))]
    limits = ", ".join(_limit(limit) for limit in terms.limits)
    rows += [(_("이용 한도"), limits), (_("예약"), _reserving(terms)), (_("취소"), _cancelling(terms))]
    return [{"term": term, "text": text} for term, text in rows if text]


def _hours(terms: EscortTerms) -> str:
    text = _("평일 %(hours)s") % {"hours": terms.weekday}
    if terms.weekend is None:
        return text + "\n" + _("주말과 공휴일에는 쉽니다.")
    kind = _("(예약한 분만)") if terms.weekend.reserved_only else ""
    return text + "\n" + _("주말·공휴일 %(hours)s %(kind)s") % {"hours": terms.weekend, "kind": kind}


def _fee(terms: EscortTerms) -> str:
    return _("처음 %(first)d분 %(fee)s, 그 뒤 %(step)d분마다 %(more)s") % {
        "first": terms.fee_first_minutes,
        "fee": won(terms.fee_first),
        "step": terms.fee_step_minutes,
        "more": won(terms.fee_step),
    }


def _free(terms: EscortTerms) -> str:
    if terms.free is None:
        return ""
    kinds = ", ".join(str(FreeProof.Kind(kind).label) for kind in terms.free.kinds)
    text = _("기준중위소득 %(percent)d%% 이하: %(kinds)s 가운데 하나를 콜센터에 보여 주시면 무료입니다.") % {
        "percent": terms.free.income_percent,
        "kinds": kinds,
    }
    if terms.free.limit:
        text += " " + _("%(per)s %(n)d회까지입니다.") % {
            "per": terms.free.limit.per.label,
            "n": terms.free.limit.allowed,
        }
    return text


def _limit(limit: Any) -> str:
    if limit.measure == "minutes":
        return _("%(per)s %(hours)d시간") % {"per": limit.per.label, "hours": limit.allowed // 60}
    return _("%(per)s %(n)d회") % {"per": limit.per.label, "n": limit.allowed}


def _reserving(terms: EscortTerms) -> str:
    return _("당일 신청은 %(hours)d시간 안에 매니저가 갑니다. 예약은 이용일 %(days)d일 전부터 받습니다.") % {
        "hours": terms.response_hours,
        "days": terms.reserve_days,
    }


def _cancelling(terms: EscortTerms) -> str:
    if not terms.late_cancel_hours:
        return _("매니저를 만나기 전까지 위약금 없이 취소할 수 있습니다.")
    text = _("예약은 만나기 %(n)d시간 전까지 위약금 없이 취소합니다. 그 뒤에는 %(fee)s입니다.") % {
        "n": terms.late_cancel_hours,
        "fee": won(terms.late_cancel_fee),
    }
    if terms.ban:
        text += " " + _("현장 취소·부재 %(no_shows)d번이나 늦은 취소 %(late)d번이면 %(months)d개월 쉽니다.") % {
            "no_shows": terms.ban.no_shows,
            "late": terms.ban.late_cancels,
            "months": terms.ban.months,
        }
    return text
