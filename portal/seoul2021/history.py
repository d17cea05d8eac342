"""The synthetic history of the 2021 call: what happened to each application, day by day, before anything is written.

Only three figures are the report's: the call's dates, 3,000 places, and 1,077 applications received by 2021-10-22.
Everything else is made up by a seeded generator and settled by 2021-12-31; the agreements then ran for three years.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field

from accounts.months import add_months
from programs.deadlines import SEOUL, WorkingCalendar

CUT_OFF = dt.date(2021, 10, 22)
BY_CUT_OFF = 1_077
_FIRST, _LAST = dt.date(2021, 9, 6), dt.date(2021, 12, 3)
_LAST_SELECTION = dt.datetime(2021, 12, 22, 16, tzinfo=SEOUL)
_SETTLED = dt.datetime(2021, 12, 30, 17, tzinfo=SEOUL)
_IMPOSSIBLE = 0.025  # share of households where the device could not be installed
_CROWDED = {"11470": 1.35, "11260": 1.3, "11590": 1.12}  # small quotas that ran out: these get waiting lists
_CALENDAR = WorkingCalendar({})


@dataclass
class Step:
    """One event: by "officer", "manager", "citizen", "company" or "system"."""

    action: str
    source: str
    target: str
    at: dt.datetime
    by: str
    data: dict[str, object] = field(default_factory=dict)


@dataclass
class Case:
    """One application's life; `steps` in order of time."""

    district: str
    received_at: dt.datetime
    steps: list[Step] = field(default_factory=list)
    ready_at: dt.datetime | None = None
    supplement_until: dt.date | None = None
    waitlist_no: int | None = None
    selected_at: dt.datetime | None = None
    visit_at: dt.datetime | None = None
    installed_on: dt.date | None = None
    freed_at: dt.datetime | None = None
    reject_reason: str = ""
    note: str = ""

    @property
    def state(self) -> str:
        return self.steps[-1].target

    @property
    def closed(self) -> dt.datetime | None:
        """When the case was closed before it could be selected."""
        return self.steps[-1].at if self.state in ("rejected", "returned", "withdrawn") else None

    def step(self, action: str, target: str, at: dt.datetime, by: str, **data: object) -> None:
        self.steps.append(Step(action, self.steps[-1].target if self.steps else "", target, at, by, data))


def _spread(total: int, weights: dict[str, float]) -> dict[str, int]:
    """Whole numbers in proportion to weights, summing to `total` (largest remainder)."""
    exact = {code: total * weight / sum(weights.values()) for code, weight in weights.items()}
    counts = {code: int(value) for code, value in exact.items()}
    for code in sorted(exact, key=lambda c: (counts[c] - exact[c], c))[: total - sum(counts.values())]:
        counts[code] += 1
    return counts


def _moment(rng: random.Random, first: dt.date, last: dt.date) -> dt.datetime:
    """A moment between two days, mostly in office hours and mostly early."""
    days = (last - first).days
    day = first + dt.timedelta(days=min(int(rng.betavariate(1.1, 1.6) * (days + 1)), days))
    hour = rng.choice((9, 10, 10, 11, 13, 14, 14, 15, 16, 17, 19, 21, 22))
    return dt.datetime(day.year, day.month, day.day, hour, rng.randrange(60), rng.randrange(60), tzinfo=SEOUL)


def _later(rng: random.Random, at: dt.datetime, least: int, most: int) -> dt.datetime:
    """Some working days later, in office hours."""
    day = _CALENDAR.nth_working_day(at.date() + dt.timedelta(days=1), rng.randint(least, most))
    return dt.datetime(day.year, day.month, day.day, rng.randint(9, 17), rng.randrange(60), tzinfo=SEOUL)


def build(quotas: dict[str, int], *, seed: int = 20_210_906) -> list[Case]:
    """Every case of the call, in order of receipt."""
    rng = random.Random(seed)  # noqa: S311 - made-up data, not a secret
    weights = {code: places * rng.uniform(0.8, 1.2) * _CROWDED.get(code, 1) for code, places in sorted(quotas.items())}
    early = _spread(BY_CUT_OFF, weights)
    cases: list[Case] = []
    for code, places in sorted(quotas.items()):
        total = int(places * _CROWDED[code]) if code in _CROWDED else int(places * rng.uniform(0.72, 0.9))
        late = max(total - early[code], 6)
        moments = [_moment(rng, _FIRST, CUT_OFF) for _ in range(early[code])]
        moments += [_moment(rng, CUT_OFF + dt.timedelta(days=1), _LAST) for _ in range(late)]
        own = [_screened(rng, code, at) for at in sorted(moments)]
        _select_weekly(rng, own, places)
        _end_waiting(own)
        cases += own
    return sorted(cases, key=lambda case: (case.received_at, case.district))


def _screened(rng: random.Random, district: str, received_at: dt.datetime) -> Case:
    """Receipt and screening, up to the moment the case is ready to be selected or is closed."""
    case = Case(district, received_at)
    case.step("submit", "submitted", received_at, "citizen", channel="web")
    at = _later(rng, received_at, 1, 2)
    case.step("start_review", "under_review", at, "officer")
    luck = rng.random()
    if luck < 0.17:
        at = _supplemented(rng, case, at)
        if case.state == "returned":
            return case
    at = _later(rng, at, 1, 2)
    if luck > 0.97:
        case.note = "신청인이 취하를 요청하였습니다."
        case.step("withdraw", "withdrawn", at, "citizen")
    elif luck > 0.90:
        case.reject_reason = rng.choice(("not_single", "not_renting", "not_resident", "lease_ended", "already_helped"))
        case.note = "제출한 서류로 자격을 확인할 수 없습니다(시연용)."
        case.step("reject", "rejected", at, "officer", reasons=[case.reject_reason])
    else:
        case.step("confirm", "under_review", at, "officer")
        case.ready_at = at
    return case


def _supplemented(rng: random.Random, case: Case, at: dt.datetime) -> dt.datetime:
    at = _later(rng, at, 1, 1)
    until = _CALENDAR.nth_working_day(at.date() + dt.timedelta(days=1), 7)
    case.supplement_until = until
    case.note = "임대차계약서의 확정일자가 보이지 않습니다. 다시 내 주십시오(시연용)."
    case.step("request_supplement", "supplement_requested", at, "officer", until=until.isoformat())
    if rng.random() < 0.15:
        overdue = dt.datetime.combine(until + dt.timedelta(days=1), dt.time(9), SEOUL)
        case.step("return", "returned", overdue, "system")
        return overdue
    at = _later(rng, at, 1, 5)
    case.step("answer_supplement", "under_review", at, "citizen")
    return at


def _select_weekly(rng: random.Random, cases: list[Case], places: int) -> None:
    """Every Friday at 16:00, in order of receipt, within the places; whoever is ahead and not ready keeps one free.
    A place that was freed goes to the first on the waiting list."""
    number = 0
    for at in _selection_days():
        used = sum(case.selected_at is not None and (case.freed_at is None or case.freed_at > at) for case in cases)
        for case in sorted((c for c in cases if c.state == "waitlisted"), key=lambda c: c.waitlist_no or 0):
            if used < places:
                _promote(rng, case, at)
                used += 1
        reserved = 0
        for case in cases:
            if case.received_at > at or case.selected_at or case.waitlist_no or (case.closed and case.closed <= at):
                continue
            if case.ready_at is None or case.ready_at > at:
                reserved += 1
            elif used + reserved < places:
                case.step("select", "selected", at, "manager")
                _installed(rng, case, at)
                used += 1
            else:
                number += 1
                case.waitlist_no = number
                case.step("waitlist", "waitlisted", at, "manager", number=number)


def _selection_days() -> list[dt.datetime]:
    first = dt.datetime(2021, 9, 10, 16, tzinfo=SEOUL)
    fridays = [first + dt.timedelta(days=7 * week) for week in range(15)]
    return [day for day in fridays if day < _LAST_SELECTION] + [_LAST_SELECTION]


def _promote(rng: random.Random, case: Case, at: dt.datetime) -> None:
    case.step("offer", "offered", at, "system")
    accepted = at + dt.timedelta(hours=rng.randint(2, 40))
    case.step("accept_offer", "selected", accepted, "citizen")
    _installed(rng, case, accepted)


def _installed(rng: random.Random, case: Case, at: dt.datetime) -> None:
    """What the security company did with a selected household."""
    case.selected_at = at
    handed = _later(rng, at, 1, 1)
    case.step("hand_over", "handed_over", handed, "officer")
    scheduled = _later(rng, handed, 1, 1)
    case.visit_at = _later(rng, scheduled, 1, 2)
    case.step("schedule_install", "install_scheduled", scheduled, "company", visit_at=case.visit_at.isoformat())
    if rng.random() < _IMPOSSIBLE:
        case.freed_at = case.visit_at
        case.note = "현관문 구조 때문에 기기를 붙일 수 없습니다(시연용)."
        case.step("report_impossible", "selection_cancelled", case.visit_at, "company", reason="door")
    else:
        case.step("install", "installed", case.visit_at, "company", installed_on=case.visit_at.date().isoformat())
        case.installed_on = case.visit_at.date()
        for action, state, months in (("end_subsidy", "subsidy_ended", 12), ("expire", "expired", 36)):
            due = dt.datetime.combine(add_months(case.installed_on, months), dt.time(), SEOUL)
            case.step(action, state, due, "system")


def _end_waiting(cases: list[Case]) -> None:
    """The call is over: the waiting list ends with it."""
    for case in cases:
        if case.state == "waitlisted":
            case.note = "2021년 모집이 끝나 대기를 마칩니다. 다음 모집에 다시 신청할 수 있습니다(시연용)."
            case.step("return", "returned", _SETTLED, "system")
