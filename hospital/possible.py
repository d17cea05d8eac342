"""Whether a wish for a trip can be met, told at once: every reason why not, the estimate, and what is free on what
proof. Nothing here writes; booking asks the same again under the locks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.clock import SEOUL
from accounts.models import District
from hospital.allowances import Left, in_words, left_of, limits_of
from hospital.escort_terms import EscortTerms, Hours, terms_of
from hospital.fees import Price, price_of
from hospital.models import Ban, FreeProof, Hospital, Measure, Trip, UnmetDemand
from hospital.standing import BanInForce, OtherTrip, Proof, Standing, standing_of
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
    standing: Standing
    earliest: dt.datetime
    latest: dt.datetime
    minutes: int
    price: Price
    proof: Proof | None
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


def ask(wish: Wish, service_user_id: int | None, now: dt.datetime, standing: Standing | None = None) -> Answer:
    """Whether and how. `standing` where it was read already. Raises UnableToPerform where no terms are in force."""
    day = wish.wanted_at.astimezone(SEOUL).date()
    standing = standing or standing_of(service_user_id, day, wish.district.pk, now.astimezone(SEOUL).date())
    terms = terms_of(standing.terms, day)
    minutes = estimate_minutes(wish, terms)
    earliest, latest = _window(wish, terms, minutes, now)
    proof, left = _proof_and_left(standing, terms, day)
    refusals = [
        *_of_the_time(wish, terms, earliest, minutes, now),
        *_of_the_place(wish, terms),
        *_of_the_person(wish, terms, day),
        *_of_a_ban(standing.ban),
        *(Refusal(Reason.LIMIT, in_words(one.limit)) for one in left if one.left < _needed(one, minutes)),
        *_of_other_trips(standing.others, earliest, latest + dt.timedelta(minutes=minutes)),
    ]
    price = price_of(minutes, terms, exempt_by=proof.kind if proof else "")
    return Answer(wish, terms, standing, earliest, latest, minutes, price, proof, left, refusals)


def _proof_and_left(standing: Standing, terms: EscortTerms, day: dt.date) -> tuple[Proof | None, list[Left]]:
    """The proof that makes it free, while free uses are left; and what is left of the limits it counts for."""
    proof = free_proof(standing, terms)
    if proof is not None:
        left = left_of(standing.used, limits_of(terms, free=True), day)
        if all(one.left > 0 for one in left if one.limit.measure == Measure.FREE_USES):
            return proof, left
    return None, left_of(standing.used, terms.limits, day)


def free_proof(standing: Standing, terms: EscortTerms) -> Proof | None:
    free = terms.free
    if free is None:
        return None
    valid = (one for one in standing.proofs if one.kind in free.kinds and one.income_percent <= free.income_percent)
    return next(valid, None)


def _needed(one: Left, minutes: int) -> int:
    return minutes if one.limit.measure == "minutes" else 1


def _of_the_time(
    wish: Wish, terms: EscortTerms, earliest: dt.datetime, minutes: int, now: dt.datetime
) -> list[Refusal]:
    start = earliest.astimezone(SEOUL)
    hours = terms.hours_on(start.date(), WorkingCalendar())
    if hours is None:
        text = _("평일(공휴일 제외) %(hours)s에 이용할 수 있습니다.") % {"hours": terms.weekday}
        return [Refusal(Reason.HOURS, text)]
    if refused := _of_the_kind(wish, terms, hours, start, now):
        return [refused]
    last = _last_meeting(hours, start.date(), minutes)
    if start.time() < hours.opens or start > last:
        text = _("이용 시간은 %(hours)s입니다. 귀가까지 약 %(n)d분이 걸리므로 %(last)s 전에 만나야 합니다.")
        return [Refusal(Reason.HOURS, text % {"hours": hours, "n": minutes, "last": date_format(last, "H:i")})]
    return []


def _of_the_kind(wish: Wish, terms: EscortTerms, hours: Hours, start: dt.datetime, now: dt.datetime) -> Refusal | None:
    """Whether it is time for a same-day request, or for a reservation."""
    if wish.kind == Kind.NOW:
        if hours.reserved_only:
            return Refusal(Reason.HOURS, _("주말과 공휴일에는 예약한 분만 이용할 수 있습니다."))
        return None
    if start <= now + dt.timedelta(hours=terms.response_hours):
        if hours.reserved_only:
            text = _("주말과 공휴일에는 %(n)d시간 앞까지 예약하셔야 합니다. 더 늦은 시각이나 다른 날을 고르십시오.")
        else:
            text = _("%(n)d시간 안에 가셔야 하면 예약 대신 당일 신청을 하십시오.")
        return Refusal(Reason.TOO_EARLY, text % {"n": terms.response_hours})
    if start.date() > now.astimezone(SEOUL).date() + dt.timedelta(days=terms.reserve_days):
        text = _("이용일 %(n)d일 전부터 예약할 수 있습니다. 그때 다시 신청하십시오.")
        return Refusal(Reason.TOO_EARLY, text % {"n": terms.reserve_days})
    return None


def _last_meeting(hours: Hours, day: dt.date, minutes: int) -> dt.datetime:
    """By when somebody must be met to be home by closing."""
    return dt.datetime.combine(day, hours.closes, SEOUL) - dt.timedelta(minutes=minutes)


def _window(wish: Wish, terms: EscortTerms, minutes: int, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """When the manager may be there: of a same-day request from now to the end of the response time, or as long as
    everybody is home by closing."""
    if wish.kind == Kind.RESERVED:
        return wish.wanted_at, wish.wanted_at
    latest = now + dt.timedelta(hours=terms.response_hours)
    day = now.astimezone(SEOUL).date()
    if hours := terms.hours_on(day, WorkingCalendar()):
        last = _last_meeting(hours, day, minutes)
        latest = min(latest, last) if last >= now else latest  # else it is refused
    return now, latest


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


def _of_a_ban(ban: BanInForce | None) -> list[Refusal]:
    if ban is None:
        return []
    until = ban.days.upper - dt.timedelta(days=1)
    return [
        Refusal(
            Reason.BAN,
            _("%(why)s 때문에 %(until)s까지 이용이 제한됩니다. 사정이 있었으면 콜센터에 알려 주십시오.")
            % {"why": Ban.Reason(ban.reason).label, "until": date_format(until, "Y. n. j.")},
        )
    ]


def _of_other_trips(others: Iterable[OtherTrip], earliest: dt.datetime, ends: dt.datetime) -> list[Refusal]:
    """One person goes to one hospital at a time."""
    return [
        Refusal(
            Reason.ELIGIBILITY,
            _("같은 때에 이미 예약이 있습니다(%(number)s). 그 예약을 취소하거나 다른 때로 신청하십시오.")
            % {"number": other.number},
        )
        for other in others
        if other.earliest < ends and earliest < other.ends
    ]
