"""The catalogue as citizens read it: which programmes there are, what receives applications now, and where."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Replace
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.roles import Actor
from programs.models import Application, Call, DistrictCall, Program, RequiredDocument

Text = str | Promise


class Reception(models.TextChoices):
    """Whether a programme takes applications now."""

    OPEN = "open", _("모집 중")
    SOON = "soon", _("모집 예정")
    ALWAYS = "always", _("상시·별도 신청")
    CLOSED = "closed", _("모집 마감")


TONES = {
    Reception.OPEN: "success",
    Reception.SOON: "info",
    Reception.ALWAYS: "neutral",
    Reception.CLOSED: "neutral",
}

_SEARCHED = ("name", "summary", "keywords", "benefit", "who", "name_en", "summary_en", "benefit_en")
_PARTICLES = (
    "에서는", "으로는", "에서", "으로", "에게", "부터", "까지", "이나", "은", "는", "이", "가", "을", "를",
    "에", "의", "로", "와", "과", "도", "만", "나",
)  # fmt: skip


def without_particle(word: str) -> str:
    """병원에 → 병원; a word of fewer than three letters is left alone."""
    for particle in _PARTICLES:
        if word.endswith(particle) and len(word) - len(particle) >= 2:
            return word.removesuffix(particle)
    return word


def _own_dates(now: dt.datetime, prefix: str = "") -> Q:
    """The district's own dates, which only narrow the call's."""
    return (
        Q(**{f"{prefix}closed_at": None})
        & (Q(**{f"{prefix}opens_at": None}) | Q(**{f"{prefix}opens_at__lte": now}))
        & (Q(**{f"{prefix}closes_at": None}) | Q(**{f"{prefix}closes_at__gt": now}))
    )


def _reception(now: dt.datetime, district: str | None) -> Case:
    calls = Call.objects.filter(program=OuterRef("pk"), published=True)
    receiving, coming, any_call = Q(opens_at__lte=now), Q(opens_at__gt=now), calls
    if district:
        here = Q(district_calls__district=district)
        receiving &= here & _own_dates(now, "district_calls__")
        coming = here & Q(district_calls__closed_at=None) & (coming | Q(district_calls__opens_at__gt=now))
        any_call = calls.filter(here)
    ahead = calls.filter(closed_at=None, closes_at__gt=now)
    return Case(
        When(Exists(ahead.filter(receiving)), then=Value(Reception.OPEN)),
        When(Exists(ahead.filter(coming)), then=Value(Reception.SOON)),
        When(Exists(any_call), then=Value(Reception.CLOSED)),
        When(ends_on__lt=timezone.localdate(now), then=Value(Reception.CLOSED)),
        default=Value(Reception.ALWAYS),
    )


def programmes(
    actor: Actor, now: dt.datetime, *, area: str = "", district: str | None = None, state: str = "", words: str = ""
) -> QuerySet[Program]:
    """Published programmes with `.reception`, what is open first. With a district: those that it takes part in."""
    found: QuerySet[Any] = Program.objects.visible_to(actor).annotate(reception=_reception(now, district))
    if area:
        found = found.filter(areas__contains=[area])
    if district:
        here = Call.objects.filter(program=OuterRef("pk"), published=True)
        found = found.filter(~Exists(here) | Exists(here.filter(district_calls__district=district)))
    if state:
        found = found.filter(reception=state)
    if words:
        found = _containing(found, words)
    order = Case(*(When(reception=r, then=Value(n)) for n, r in enumerate(Reception)), default=Value(9))
    return found.order_by(order, "sort", "code")


def _containing(found: QuerySet[Program], words: str) -> QuerySet[Program]:
    """Every word must occur; spaces inside the texts do not count, nor does a particle at a word's end."""
    text = models.TextField()
    parts = [part for field in _SEARCHED for part in (Cast(field, text), Value("|", output_field=text))]
    found = found.annotate(text=Replace(Concat(*parts), Value(" "), Value(""), output_field=text))
    for word in words.split()[:8]:
        found = found.filter(Q(text__icontains=word) | Q(text__icontains=without_particle(word)))
    return found


def _nearest(now: dt.datetime, call: Call) -> tuple[int, float]:
    """Sorts a programme's calls: receiving now, then the next to open, then the last that closed."""
    if call.is_receiving(now):
        return 0, call.closes_at.timestamp()
    if call.opens_at > now and call.closed_at is None:
        return 1, call.opens_at.timestamp()
    return 2, -call.closes_at.timestamp()


def current_calls(actor: Actor, program_codes: Iterable[str], now: dt.datetime) -> dict[str, Call]:
    """The call that matters now, by programme, in one query."""
    best: dict[str, Call] = {}
    calls = Call.objects.visible_to(actor).filter(program__in=list(program_codes), published=True)
    for call in calls.order_by("-year", "-round", "id"):
        held = best.get(call.program_id)
        if held is None or _nearest(now, call) < _nearest(now, held):
            best[call.program_id] = call
    return best


def past_calls(actor: Actor, program: Program, now: dt.datetime, *, other_than: Call | None) -> QuerySet[Call]:
    """Earlier calls of a programme, the latest first."""
    ended = Q(closes_at__lte=now) | Q(closed_at__isnull=False)
    calls = Call.objects.visible_to(actor).filter(ended, program=program, published=True)
    if other_than:
        calls = calls.exclude(pk=other_than.pk)
    return calls.order_by("-closes_at", "id")[:5]


def calls_ahead(actor: Actor, now: dt.datetime, limit: int = 6) -> list[Call]:
    """What closes soon, then what opens soon, with their programmes, in one query."""
    calls = (
        Call.objects.visible_to(actor)
        .filter(published=True, closed_at=None, closes_at__gt=now, program__published=True)
        .select_related("program")
        .annotate(turn=Case(When(opens_at__lte=now, then="closes_at"), default="opens_at"))
        .order_by(Case(When(opens_at__lte=now, then=Value(0)), default=Value(1)), "turn", "id")
    )
    return list(calls[:limit])


def area_counts(actor: Actor) -> Counter[str]:
    """How many published programmes each safety area has."""
    return Counter(
        area for areas in Program.objects.visible_to(actor).values_list("areas", flat=True) for area in areas
    )


def _with_places(shares: QuerySet[DistrictCall]) -> QuerySet[DistrictCall]:
    used = (
        Application.objects.filter(district_call=OuterRef("pk"), holds_place=True)
        .order_by()
        .values("district_call")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return shares.annotate(places_left=F("quota") - Coalesce(Subquery(used), 0))


def share_of(actor: Actor, call: Call, district: str | None) -> DistrictCall | None:
    """A district's share of this call with `.places_left` (zero or less: full)."""
    if not district:
        return None
    shares = DistrictCall.objects.visible_to(actor).filter(call=call, district=district)
    share = _with_places(shares).select_related("district").first()
    if share:
        share.call = call
    return share


def shares_of(actor: Actor, call: Call) -> list[DistrictCall]:
    """Every district's share of this call with `.places_left`, in one query."""
    shares = DistrictCall.objects.visible_to(actor).filter(call=call).select_related("district")
    rows = list(_with_places(shares).order_by("district__name_ko"))
    for row in rows:
        row.call = call
    return rows


def shares_in(actor: Actor, call_ids: Iterable[int], district: str | None) -> dict[int, DistrictCall]:
    """A district's shares of these calls with `.places_left`, by call, in one query."""
    if not district:
        return {}
    shares = DistrictCall.objects.visible_to(actor).filter(call__in=list(call_ids), district=district)
    return {share.call_id: share for share in _with_places(shares).select_related("call")}


def receiving_in(actor: Actor, district: str, now: dt.datetime, limit: int = 4) -> list[DistrictCall]:
    """What this district receives now, the soonest to close first, with `.places_left`."""
    shares = DistrictCall.objects.visible_to(actor).filter(
        _own_dates(now), district=district, call__published=True, call__closed_at=None, call__opens_at__lte=now,
        call__closes_at__gt=now, call__program__published=True,
    )  # fmt: skip
    rows = list(_with_places(shares).select_related("call__program", "district").order_by("call__closes_at", "id"))
    return sorted(rows, key=lambda share: share.effective_closes_at)[:limit]


def documents_of(actor: Actor, call: Call, district: str | None) -> list[RequiredDocument]:
    """What a call asks for in this district, or everywhere when none was chosen."""
    documents = RequiredDocument.objects.visible_to(actor).filter(call=call)
    return list(documents.filter(Q(district=None) | Q(district=district)).order_by("sort", "id"))


def every_document(actor: Actor, call: Call) -> list[RequiredDocument]:
    """What a call asks for, in every district."""
    return list(RequiredDocument.objects.visible_to(actor).filter(call=call).order_by("sort", "id"))


@dataclass(frozen=True)
class Standing:
    """Whether one may apply to a call here and now, in one word and one sentence."""

    code: str
    tone: str
    label: Text
    text: Text

    @property
    def receives(self) -> bool:
        return self.code in ("open", "waitlist", "choose")


_STANDINGS = {
    standing.code: standing
    for standing in (
        Standing("open", "success", _("모집 중"), _("지금 신청할 수 있습니다.")),
        Standing("choose", "success", _("모집 중"), _("자치구를 고르면 남은 자리를 볼 수 있습니다.")),
        Standing(
            "waitlist",
            "warning",
            _("대기자 접수 중"),
            _("자리가 모두 찼습니다. 지금 신청하면 대기자가 되며, 자리가 나면 순서대로 알려 드립니다."),
        ),
        Standing("full", "danger", _("정원 마감"), _("자리가 모두 차서 더 접수하지 않습니다.")),
        Standing("soon", "info", _("모집 예정"), _("아직 접수하지 않습니다. 접수가 시작되면 신청하십시오.")),
        Standing("closed", "neutral", _("모집 마감"), _("이 모집은 끝났습니다. 다음 모집을 기다려 주십시오.")),
        Standing("elsewhere", "warning", _("우리 구 미참여"), _("사는 자치구는 이 모집에 참여하지 않습니다.")),
    )
}


def standing(call: Call, share: DistrictCall | None, district: str | None, now: dt.datetime) -> Standing:
    """The call's state in one's district; without a district, the call's own."""
    return _STANDINGS[_standing_code(call, share, district, now)]


def _standing_code(call: Call, share: Any, district: str | None, now: dt.datetime) -> str:
    dates = share or call
    opens = share.effective_opens_at if share else call.opens_at
    closes = share.effective_closes_at if share else call.closes_at
    if call.closed_at or dates.closed_at or closes <= now:
        return "closed"
    if share is None and district:
        return "elsewhere"
    if opens > now:
        return "soon"
    if share is None:
        return "choose"
    if share.places_left > 0:
        return "open"
    return "waitlist" if call.when_full == Call.WhenFull.WAITLIST else "full"
