"""The figures against a count by hand, on random histories: any day, anything known, any district, from any day on."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import pytest

from accounts.clock import SEOUL
from hospital.models import Fee, Payment, Purpose, ServiceUser, Trip, TripEvent, UnmetDemand
from hospital.selectors.figures import MEASURES, by_month, grouped, months_of
from reports import figures
from reports.questions import Question
from reports.rows import recount, value_and_rows
from tests.factories import cast as c

FIRST = dt.date(2025, 1, 1)
DAYS = 120
DISTRICTS = (c.DONGJAK, c.GWANAK)


@dataclass
class Happened:
    """One row of any of the tables, as it is counted."""

    what: str
    at: dt.datetime
    known: dt.datetime
    district: str
    purpose: str
    kind: str = ""
    person: int = 0
    free: bool = False
    in_time: bool | None = None
    amount: int = 0
    trip: int = 0


@dataclass
class Past:
    """Made-up trips, written into the tables and kept beside them."""

    escort: object
    rng: random.Random
    rows: list[Happened]

    def make(self, trips: int) -> None:
        people = [self._person(n) for n in range(4)]
        model = self.escort.booked()
        for _n in range(trips):
            self._trip(model, self.rng.choice(people))
        for _n in range(trips // 3):
            self._unmet()

    def _person(self, number: int) -> ServiceUser:
        return ServiceUser.objects.create(
            name=f"이용자{number}", phone=f"0109999{number:04}", phone_index=bytes([number]) * 16,
            person_index=uuid.uuid4().bytes, birth_date=dt.date(1950, 1, 1), district_id=c.DONGJAK,
        )  # fmt: skip

    def _moment(self) -> dt.datetime:
        """Now and then exactly at midnight in Seoul, where the days meet."""
        day = FIRST + dt.timedelta(days=self.rng.randrange(DAYS))
        clock = dt.time() if self.rng.random() < 0.2 else dt.time(self.rng.randrange(24), self.rng.randrange(60))
        return dt.datetime.combine(day, clock, SEOUL)

    def _recorded(self, at: dt.datetime) -> tuple[dt.datetime, bool]:
        synthetic = self.rng.random() < 0.3
        return at + dt.timedelta(hours=self.rng.choice((0, 1, 30, 24 * 20))), synthetic

    def _trip(self, model: Trip, person: ServiceUser) -> None:
        rng, booked = self.rng, self._moment()
        free = rng.choice(("", "basic_livelihood"))
        fields = {f.attname: getattr(model, f.attname) for f in Trip._meta.concrete_fields if f.name != "id"}
        fields |= {
            "number": f"T-{uuid.uuid4().hex[:10]}", "booking_key": uuid.uuid4(), "service_user_id": person.pk,
            "district_id": rng.choice(DISTRICTS), "purpose": rng.choice(Purpose.values), "kind": "now",
            "free_kind": free, "requested_at": booked, "synthetic": True,
        }  # fmt: skip
        trip = Trip.objects.create(**fields)
        kind = rng.choice(("now", "reserved"))
        self._event(trip, kind, "book", booked)
        at = booked + dt.timedelta(minutes=rng.randrange(1, 400))
        match rng.choice(("served", "served", "cancelled", "late", "nobody", "open")):
            case "served":
                self._event(trip, kind, "assign", at)
                self._event(trip, kind, "arrive", at, in_time=rng.random() < 0.7)
                if rng.random() < 0.3:
                    put_right = at + dt.timedelta(hours=rng.choice((1, 40)))
                    self._event(trip, kind, "correct", put_right, in_time=rng.random() < 0.5)
                self._event(trip, kind, "finish", at + dt.timedelta(minutes=rng.randrange(30, 300)))
                if not free:
                    self._paid(trip, at + dt.timedelta(hours=6))
            case "cancelled":
                self._event(trip, kind, "cancel", at)
            case "late":
                self._event(trip, kind, "late_cancel", at)
            case "nobody":
                self._event(trip, kind, "no_show", at)

    def _event(self, trip: Trip, kind: str, action: str, at: dt.datetime, in_time: bool | None = None) -> None:
        known, synthetic = self._recorded(at)
        TripEvent.objects.create(
            trip=trip, action=action, occurred_at=at, recorded_at=known, synthetic=synthetic, kind=kind,
            purpose=trip.purpose, district_id=trip.district_id, role="system", in_time=in_time,
        )  # fmt: skip
        free = bool(trip.free_kind)
        self._note(action, at, _as_counted(known, synthetic), trip, kind=kind, free=free, in_time=in_time)

    def _paid(self, trip: Trip, at: dt.datetime) -> None:
        Fee.objects.create(trip=trip, kind="service", minutes=60, amount=5_000, state="paid", due_on=at.date())
        for amount in self.rng.choice(((5_000,), (5_000, -2_000), (3_000, 2_000))):
            known, synthetic = self._recorded(at)
            Payment.objects.create(
                fee_id=trip.pk, key=uuid.uuid4(), amount=amount, method="card", paid_at=at, recorded_at=known,
                synthetic=synthetic,
            )  # fmt: skip
            self._note("pay", at, _as_counted(known, synthetic), trip, amount=amount)

    def _unmet(self) -> None:
        at, district, purpose = self._moment(), self.rng.choice(DISTRICTS), self.rng.choice(Purpose.values)
        known, synthetic = self._recorded(at)
        UnmetDemand.objects.create(
            operator=self.escort.operator, reason="limit", kind="now", purpose=purpose, district_id=district,
            wanted_at=at, occurred_at=at, recorded_at=known, synthetic=synthetic,
        )  # fmt: skip
        self.rows.append(Happened("unmet", at, _as_counted(known, synthetic), district, purpose))

    def _note(self, what: str, at: dt.datetime, known: dt.datetime, trip: Trip, **more) -> None:
        self.rows.append(
            Happened(
                what, at, known, trip.district_id, trip.purpose, person=trip.service_user_id, trip=trip.pk, **more
            )
        )

    def question(self, *, known: bool | None = None) -> Question:
        rng = self.rng
        last = FIRST + dt.timedelta(days=rng.randrange(DAYS))
        moment = dt.datetime.combine(last, dt.time(rng.randrange(24)), SEOUL) + dt.timedelta(
            days=rng.randrange(-5, 30)
        )
        return Question(
            as_of=last,
            since=rng.choice((None, last - dt.timedelta(days=rng.randrange(60)))),
            known_at=moment if (rng.random() < 0.5 if known is None else known) else None,
            district=rng.choice((None, *DISTRICTS)),
        )

    def counted(self, asked: Question, purpose: str | None = None) -> dict[str, int | Decimal | None]:
        """By hand, row by row."""
        by_then = [
            row
            for row in self.rows
            if row.at.astimezone(SEOUL).date() <= asked.as_of
            and (asked.known_at is None or row.known <= asked.known_at)
            and asked.district in (None, row.district)
            and purpose in (None, row.purpose)
        ]
        rows = [
            row for row in by_then if asked.since is None or row.at.astimezone(SEOUL).date() >= asked.since
        ]  # fmt: skip
        n = Counter(row.what for row in rows)
        served = Counter(row.person for row in rows if row.what == "finish")
        dropped = {row.trip for row in by_then if row.what in ("cancel", "late_cancel", "no_show")}
        in_time = {row.trip: row.in_time for row in by_then if row.in_time is not None}  # the last one counts
        wanted = [
            row.trip for row in rows if row.what == "book" and row.kind == "now" and row.trip not in dropped
        ]  # fmt: skip
        met = sum(bool(in_time.get(trip)) for trip in wanted)
        share = (Decimal(met) * 100 / len(wanted)).quantize(Decimal("0.1"), ROUND_HALF_UP) if wanted else None
        return {
            "requests": n["book"], "served": n["finish"], "within_3h_rate": share, "unmet": n["unmet"],
            "cancelled": n["cancel"] + n["late_cancel"], "no_shows": n["no_show"], "users": len(served),
            "repeat_users": sum(times >= 2 for times in served.values()),
            "exempt": sum(row.what == "finish" and row.free for row in rows),
            "fee_income": sum(row.amount for row in rows),
        }  # fmt: skip


def _as_counted(known: dt.datetime, synthetic: bool) -> dt.datetime:
    """Since when it counts as known: what was made up, from the start."""
    return dt.datetime.min.replace(tzinfo=dt.UTC) if synthetic else known


def value(name: str, asked: Question):
    return figures.value_of(figures.get(f"hospital_escort.{name}"), asked)


@pytest.fixture(params=(1, 2, 3))
def past(escort, request):
    made = Past(escort, random.Random(request.param), [])
    made.make(40)
    return made


def test_every_figure_is_what_one_counts_by_hand(past):
    for _n in range(15):
        asked = past.question()
        wanted = past.counted(asked)
        assert {name: value(name, asked) for name in wanted} == wanted, asked
        purpose = past.rng.choice(Purpose.values)
        of_purpose = past.counted(asked, purpose)
        assert {name: value(f"{name}.{purpose}", asked) for name in MEASURES} == {
            name: of_purpose[name] for name in MEASURES
        }, (asked, purpose)


def test_the_rows_and_their_digest_are_what_one_counts_row_by_row(past):
    names = [*past.counted(past.question()), "requests.dialysis", "unmet.test"]
    for name in names:
        figure, asked = figures.get(f"hospital_escort.{name}"), past.question()
        assert recount(figure, asked) == value_and_rows(figure, asked)[1], (name, asked)


def test_the_tables_of_the_page_are_the_figures(past):
    for _n in range(5):
        asked = past.question()
        counts = grouped(asked)
        assert counts.values() == {name: value(name, asked) for name in MEASURES}
        for district in DISTRICTS:
            here = Question(as_of=asked.as_of, since=asked.since, known_at=asked.known_at, district=district)
            if asked.district in (None, district):
                assert counts.values(district=district) == {name: value(name, here) for name in MEASURES}
        for purpose in Purpose:
            assert counts.values(purpose=purpose) == {name: value(f"{name}.{purpose}", asked) for name in MEASURES}
        months = months_of(asked)
        for name in ("requests", "served"):
            assert by_month(name, months) == [value(name, month) for month in months]


def test_what_happens_later_leaves_every_earlier_answer_as_it_was(past):
    """What is recorded after a moment changes nothing of what was known then, whenever it says that it happened."""
    asked = [past.question(known=True) for _n in range(10)]
    before = [{name: value(name, one) for name in past.counted(one)} for one in asked]
    latest = max(one.known_at for one in asked)
    trip = Trip.objects.exclude(free_kind="").first()
    for action in ("book", "arrive", "finish", "cancel", "no_show"):
        TripEvent.objects.create(
            trip=trip, action=action, occurred_at=latest - dt.timedelta(days=40), purpose=trip.purpose, kind="now",
            district_id=trip.district_id, role="system", in_time=True,
        )  # fmt: skip
    UnmetDemand.objects.create(
        operator=past.escort.operator, reason="ban", kind="now", wanted_at=latest,
        occurred_at=latest - dt.timedelta(days=40),
    )  # fmt: skip
    assert [{name: value(name, one) for name in past.counted(one)} for one in asked] == before
