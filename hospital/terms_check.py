"""New terms of the escort: whether they make sense, from which day they may hold, and how they read."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.templatetags.ui import kdate, won
from hospital.escort_terms import EscortTerms, Hours, Limit, terms_of, terms_on
from hospital.models import FreeProof, Measure, Purpose
from programs.models import Terms
from programs.workflow import UnableToPerform


def check_terms(values: dict[str, Any], first: dt.date) -> None:
    """Raises UnableToPerform for what does not make sense, and for a day that may be booked already: a trip keeps the
    terms of its day, so these must be known when it is booked."""
    terms = terms_of(Terms(values=values), first)
    for is_wrong, why in _nonsense(terms):
        if is_wrong:
            raise UnableToPerform(why)
    today = timezone.localdate()
    bookable = today + dt.timedelta(days=terms_on(today).reserve_days)
    if first <= bookable:
        raise UnableToPerform(
            _("%(day)s까지는 이미 예약을 받고 있습니다. 그 뒤의 날짜를 고르십시오.") % {"day": kdate(bookable)}
        )


def _nonsense(terms: EscortTerms) -> list[tuple[bool, str]]:
    hours = [one for one in (terms.weekday, terms.weekend) if one]
    lacking = [Purpose(code).label for code in Purpose.values if not terms.estimate.get(code)]
    return [
        (not terms.fee_first_minutes or not terms.fee_step_minutes, _("이용료의 시간 단위는 1분 이상이어야 합니다.")),
        (any(one.opens >= one.closes for one in hours), _("마치는 시각은 시작하는 시각보다 뒤여야 합니다.")),
        (
            any(limit.allowed < 1 for limit in terms.limits),
            _("이용 한도는 1 이상이어야 합니다. 한도가 없으면 비우십시오."),
        ),
        (len({(one.measure, one.per) for one in terms.limits}) < len(terms.limits), _("같은 한도가 두 번 있습니다.")),
        (terms.free is not None and not terms.free.kinds, _("무료 이용의 증빙을 하나 이상 고르십시오.")),
        (bool(lacking), _("예상 소요시간을 모두 적으십시오: %(list)s") % {"list": ", ".join(map(str, lacking))}),
        (not terms.travel_speed_kmh, _("이동 속도는 1km/h 이상이어야 합니다.")),
        (not terms.response_hours or not terms.offer_minutes, _("도착 기한과 제안 기한은 1 이상이어야 합니다.")),
        (not terms.remind_every_days, _("미납 알림 간격은 1일 이상이어야 합니다.")),
    ]


def in_rows(values: dict[str, Any]) -> list[tuple[str, str]]:
    """What citizens and staff go by, as (label, text). Terms that cannot be read are shown as they are."""
    try:
        terms = EscortTerms.of(Terms(values=values))
    except (KeyError, TypeError, ValueError):
        return [(name, str(value)) for name, value in values.items()]
    none = _("없음")
    return [
        (
            _("이용료"),
            _("처음 %(first_minutes)d분 %(first)s, 그 뒤 %(minutes)d분마다 %(step)s") % {
                "first_minutes": terms.fee_first_minutes, "first": won(terms.fee_first),
                "minutes": terms.fee_step_minutes, "step": won(terms.fee_step),
            },
        ),
        (_("이용 한도"), ", ".join(map(_limit, terms.limits)) or none),
        (_("무료 이용"), _free(terms) or none),
        (_("평일 이용시간"), str(terms.weekday)),
        (_("주말·공휴일 이용시간"), _weekend(terms.weekend) or none),
        (_("위약금"), _penalty(terms) or none),
        (_("이용 제한"), _ban(terms) or none),
        (_("시간당 운영비"), won(terms.service_price)),
    ]  # fmt: skip


def _limit(limit: Limit) -> str:
    if limit.measure == Measure.MINUTES:
        return _("%(per)s %(n)d시간") % {"per": limit.per.label, "n": limit.allowed // 60}
    return _("%(per)s %(n)d회") % {"per": limit.per.label, "n": limit.allowed}


def _free(terms: EscortTerms) -> str:
    if terms.free is None:
        return ""
    kinds = ", ".join(str(FreeProof.Kind(kind).label) for kind in terms.free.kinds if kind in FreeProof.Kind.values)
    text = _("중위소득 %(percent)d%% 이하(%(kinds)s)") % {"percent": terms.free.income_percent, "kinds": kinds}
    return f"{text} {_limit(terms.free.limit)}" if terms.free.limit else text


def _weekend(hours: Hours | None) -> str:
    if hours is None:
        return ""
    return _("%(hours)s, 예약만") % {"hours": hours} if hours.reserved_only else str(hours)


def _penalty(terms: EscortTerms) -> str:
    if not terms.late_cancel_fee and not terms.no_show_fee:
        return ""
    return _("%(hours)d시간 안의 취소 %(late)s, 현장 취소·부재 %(no_show)s") % {
        "hours": terms.late_cancel_hours, "late": won(terms.late_cancel_fee), "no_show": won(terms.no_show_fee),
    }  # fmt: skip


def _ban(terms: EscortTerms) -> str:
    if terms.ban is None:
        return ""
    return _("현장 취소·부재 %(no_shows)d번 또는 늦은 취소 %(late)d번이면 %(months)d개월") % {
        "no_shows": terms.ban.no_shows, "late": terms.ban.late_cancels, "months": terms.ban.months,
    }  # fmt: skip
