"""Whether a wish for a trip can be met, told at once: every reason why not, the estimate, and what is free on what
proof. Nothing here writes; booking asks the same again under the locks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.clock import SEOUL
from accounts.models import District
from hospital.allowances import Left, in_words, left_of, limits_of
from hospital.escort_terms import EscortTerms, terms_on
from hospital.fees import Price, price_of
from hospital.models import Ban, FreeProof, Hospital, ServiceUser, Trip, UnmetDemand
from hospital.travel_times import travel_under
from programs.deadlines import WorkingCalendar

Reason = UnmetDemand.Reason
Kind = Trip.Kind
_OUTSIDE_SEOUL_MINUTES = 60  # each way, where no district says how far: by agreement anyway


@dataclass(frozen=True)
class Wish:
    """What somebody asks for. `wanted_at` of a reservation is when the manager is to be at the door; a same-day one
    means from now on. The three answers are the person's own statements."""

    kind: str
    wanted_at: dt.datetime
    district: District
    hospital: Hospital
    purpose: str
    lives_alone: bool = True
    sits_and_toilets: bool = True
    has_other_service: bool = False
    birth_date: dt.date | None = None
    guardian_comes: bool = False
    extra_minutes: int = 0  # what the person expects beyond the usual


@dataclass(frozen=True)
class Refusal:
    reason: str
    text: str


@dataclass(frozen=True)
class Answer:
    """`refusals` is empty where the trip is possible. `minutes` is the estimate door to door; `latest` when the
    manager is there at the latest; `proof` what makes it free; `free_by` which proofs would."""

    wish: Wish
    terms: EscortTerms
    earliest: dt.datetime
    latest: dt.datetime
    minutes: int
    price: Price
    proof: FreeProof | None
    left: list[Left] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def possible(self) -> bool:
        return not self.refusals

    @property
    def day(self) -> dt.date:
        return self.latest.astimezone(SEOUL).date()

    @property
    def free_by(self) -> list[str]:
        """The proofs that would make it free, in words."""
        if self.terms.free is None:
            return []
        return [str(FreeProof.Kind(kind).label) for kind in self.terms.free.kinds]

    @property
    def by_agreement(self) -> bool:
        """Outside Seoul, in the capital area: the operator agrees to each one (report, page 24)."""
        return self.wish.hospital.region != Hospital.Region.SEOUL


def estimate_minutes(wish: Wish, terms: EscortTerms) -> int:
    """From the door back to the door: both ways, and the usual time of such a visit, on five minutes."""
    if wish.hospital.district_id:
        way = travel_under(terms).minutes(wish.district.pk, wish.hospital.district_id)
    else:
        way = _OUTSIDE_SEOUL_MINUTES
    total = terms.estimate[wish.purpose] + 2 * way + wish.extra_minutes
    return min(-(-total // 5) * 5, 720)


def ask(
    wish: Wish, service_user: ServiceUser | None, now: dt.datetime, calendar: WorkingCalendar | None = None
) -> Answer:
    """Whether and how. Raises UnableToPerform where no terms are in force."""
    calendar = calendar or WorkingCalendar()
    day = wish.wanted_at.astimezone(SEOUL).date()
    terms = terms_on(day, wish.district.pk)
    if wish.kind == Kind.NOW:
        earliest, latest = now, now + dt.timedelta(hours=terms.response_hours)
    else:
        earliest = latest = wish.wanted_at
    minutes = estimate_minutes(wish, terms)
    proof = proof_on(service_user, terms, day)
    left = left_of(service_user and service_user.pk, limits_of(terms, free=proof is not None), day)
    if proof and any(one.limit == (terms.free and terms.free.limit) and one.left == 0 for one in left):
        proof, left = None, left_of(service_user and service_user.pk, terms.limits, day)
    refusals = [
        *_of_the_time(wish, terms, earliest, minutes, now, calendar),
        *_of_the_place(wish, terms),
        *_of_the_person(wish, terms, day),
        *_of_the_past(service_user, day),
        *(Refusal(Reason.LIMIT, in_words(one.limit)) for one in left if one.left < _needed(one, minutes)),
    ]
    price = price_of(minutes, terms, exempt_by=proof.kind if proof else "")
    return Answer(wish, terms, earliest, latest, minutes, price, proof, left, refusals)


def _needed(one: Left, minutes: int) -> int:
    return minutes if one.limit.measure == "minutes" else 1


def proof_on(service_user: ServiceUser | None, terms: EscortTerms, day: dt.date) -> FreeProof | None:
    """The proof that makes trips of this day free under these terms."""
    if service_user is None or terms.free is None:
        return None
    return FreeProof.objects.filter(
        service_user=service_user, valid__contains=day, kind__in=terms.free.kinds,
        income_percent__lte=terms.free.income_percent,
    ).first()  # fmt: skip


def _of_the_time(  # noqa: PLR0917 - what the question is made of
    wish: Wish, terms: EscortTerms, earliest: dt.datetime, minutes: int, now: dt.datetime, calendar: WorkingCalendar
) -> list[Refusal]:
    start = earliest.astimezone(SEOUL)
    day = start.date()
    if wish.kind == Kind.RESERVED:
        if start <= now + dt.timedelta(hours=terms.response_hours):
            return [
                Refusal(
                    Reason.TOO_EARLY,
                    _("%(n)d시간 안에 가셔야 하면 예약 대신 당일 신청을 하십시오.") % {"n": terms.response_hours},
                )
            ]
        if day > now.astimezone(SEOUL).date() + dt.timedelta(days=terms.reserve_days):
            return [
                Refusal(
                    Reason.TOO_EARLY,
                    _("이용일 %(n)d일 전부터 예약할 수 있습니다. 그때 다시 신청하십시오.") % {"n": terms.reserve_days},
                )
            ]
    hours = terms.hours_on(day, calendar)
    if hours is None:
        return [
            Refusal(Reason.HOURS, _("평일(공휴일 제외) %(hours)s에 이용할 수 있습니다.") % {"hours": terms.weekday})
        ]
    if hours.reserved_only and wish.kind == Kind.NOW:
        return [Refusal(Reason.HOURS, _("주말과 공휴일에는 예약한 분만 이용할 수 있습니다."))]
    ends = start + dt.timedelta(minutes=minutes)
    closes = dt.datetime.combine(day, hours.closes, SEOUL)
    if start.time() < hours.opens or ends > closes:
        last = closes - dt.timedelta(minutes=minutes)
        return [
            Refusal(
                Reason.HOURS,
                _("이용 시간은 %(hours)s입니다. 귀가까지 약 %(n)d분이 걸리므로 %(last)s 전에 만나야 합니다.")
                % {"hours": hours, "n": minutes, "last": date_format(last, "H:i")},
            )
        ]
    return []


def _of_the_place(wish: Wish, terms: EscortTerms) -> list[Refusal]:
    if wish.hospital.region == Hospital.Region.SEOUL or terms.capital_area:
        return []
    return [Refusal(Reason.REGION, _("서울에 있는 병원만 동행합니다."))]


def _of_the_person(wish: Wish, terms: EscortTerms, day: dt.date) -> list[Refusal]:
    found = []
    if terms.living_alone and not wish.lives_alone:
        found.append(Refusal(Reason.ELIGIBILITY, _("실제로 혼자 생활하는 분이 이용할 수 있습니다.")))
    if wish.has_other_service:
        found.append(
            Refusal(
                Reason.ELIGIBILITY,
                _("장기요양·가사간병·장애인활동지원·노인맞춤돌봄을 받고 있으면 그 서비스로 병원에 동행합니다."),
            )
        )
    if not wish.sits_and_toilets:
        found.append(
            Refusal(
                Reason.MOBILITY,
                _("휠체어에 앉고 화장실을 스스로 쓸 수 있어야 동행할 수 있습니다. 응급 상황이면 119에 전화하십시오."),
            )
        )
    if wish.birth_date and not wish.guardian_comes and _age(wish.birth_date, day) <= terms.guardian_until_age:
        found.append(
            Refusal(
                Reason.ELIGIBILITY,
                _("만 %(n)d세 이하는 보호자가 함께 가야 합니다.") % {"n": terms.guardian_until_age},
            )
        )
    return found


def _age(born: dt.date, day: dt.date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _of_the_past(service_user: ServiceUser | None, day: dt.date) -> list[Refusal]:
    if service_user is None:
        return []
    ban = Ban.objects.filter(Q(service_user=service_user, days__contains=day, lifted_at__isnull=True)).first()
    if ban is None:
        return []
    until = ban.days.upper - dt.timedelta(days=1)
    return [
        Refusal(
            Reason.BAN,
            _("%(why)s 때문에 %(until)s까지 이용이 제한됩니다. 사정이 있었으면 콜센터에 알려 주십시오.")
            % {"why": ban.get_reason_display(), "until": date_format(until, "Y. n. j.")},
        )
    ]
