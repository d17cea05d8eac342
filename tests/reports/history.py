"""Random histories of applications, written straight into the tables: months of life that no test could wait for."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from programs.deadlines import SEOUL
from programs.models import Application, ApplicationEvent, DistrictCall
from programs.models.applications import State
from programs.workflow import deadline_record

START = dt.datetime(2025, 1, 1, 9, tzinfo=SEOUL)
DAYS = 200


def digest(ids: Iterable[int]) -> str:
    """As it is defined (reports.rows.Rows), in other words than the portal's."""
    return f"{sum(int(hashlib.sha256(str(pk).encode()).hexdigest(), 16) for pk in ids) % 2**256:064x}"


@dataclass
class Case:
    """An application and where it is; `moments` only ever goes on."""

    row: Application
    at: dt.datetime
    events: list[ApplicationEvent] = field(default_factory=list)


class History:
    """Deterministic for one seed. Each `live()` adds events; some are recorded days late, some are synthetic. Events
    say which deadline they led to while `keeps_deadlines`."""

    def __init__(self, seed: int, shares: list[DistrictCall]) -> None:
        self.random = random.Random(seed)
        self.shares = shares
        self.cases: list[Case] = []
        self.keeps_deadlines = True

    def receive(self, count: int) -> None:
        for _ in range(count):
            share = self.random.choice(self.shares)
            at = START + dt.timedelta(days=self.random.randrange(DAYS), minutes=self.random.randrange(1440))
            key = uuid.UUID(int=self.random.getrandbits(128))
            row = Application.objects.create(
                receipt_no=f"T-{key.hex[:12]}", submission_key=key, program_id=share.call.program_id, call=share.call,
                district_call=share, district_id=share.district_id, state=State.SUBMITTED, received_at=at,
                order_at=at, due_at=at + dt.timedelta(days=self.random.randrange(1, 40)), destroyed_at=at,
                synthetic=self.random.random() < 0.3,
            )  # fmt: skip
            case = Case(row, at)
            self.cases.append(case)
            self._event(case, "submit", "", State.SUBMITTED)

    def live(self, steps: int) -> None:
        for _ in range(steps):
            self._step(self.random.choice(self.cases))

    def _step(self, case: Case) -> None:
        before = State(case.row.state)
        moves = {
            State.SUBMITTED: [State.UNDER_REVIEW, State.WITHDRAWN, "transfer", "extend"],
            State.UNDER_REVIEW: [
                State.SUPPLEMENT_REQUESTED,
                State.SELECTED,
                State.WAITLISTED,
                State.REJECTED,
                "transfer",
                "extend",
            ],
            State.SUPPLEMENT_REQUESTED: [State.UNDER_REVIEW, State.REJECTED],
            State.WAITLISTED: [State.OFFERED],
            State.OFFERED: [State.SELECTED, State.WITHDRAWN],
            State.SELECTED: [State.SELECTION_CANCELLED],
            State.REJECTED: [State.SELECTED],
        }.get(before, [])
        if not moves:
            return
        to = self.random.choice(moves)
        case.at += dt.timedelta(days=self.random.randrange(15), minutes=self.random.randrange(600))
        if to == "transfer":
            old = case.row.district_id
            share = next(s for s in self.shares if s.district_id != old)
            case.row.district_call, case.row.district_id = share, share.district_id
            self._event(case, "transfer", before, State.SUBMITTED, from_district_id=old)
            to = State.SUBMITTED
        elif to == "extend":
            self._move_deadline(case, "extend", before, before)
            return
        elif before == State.SUPPLEMENT_REQUESTED and to == State.UNDER_REVIEW:
            self._move_deadline(case, "answer_supplement", before, to)
        else:
            action = {State.SUPPLEMENT_REQUESTED: "request_supplement", State.SELECTED: "select"}.get(to, f"to_{to}")
            self._event(case, action[:30], before, to)
        self._enter(case, to)

    def _move_deadline(self, case: Case, action: str, before: State, after: State) -> None:
        was = case.row.due_at
        case.row.due_at += dt.timedelta(days=self.random.randrange(20))
        self._event(case, action, before, after, due_was=was)
        case.row.save()

    def _event(
        self, case: Case, action: str, before: str, after: str, due_was: dt.datetime | None = None, **values: object
    ) -> None:
        if self.keeps_deadlines:
            values["data"] = deadline_record(before, after, due_at=case.row.due_at, due_was=due_was)
        recorded_at = case.at + dt.timedelta(days=self.random.choice([0, 0, 0, 1, 5, 40]), seconds=1)
        if case.events:  # a case's row is locked for each: they are recorded one after the other
            recorded_at = max(recorded_at, case.events[-1].recorded_at)
        case.events.append(
            ApplicationEvent.objects.create(
                application=case.row, program_id=case.row.program_id, call_id=case.row.call_id,
                district_id=case.row.district_id, action=action, from_state=before, to_state=after,
                occurred_at=case.at, recorded_at=recorded_at, role="system",
                synthetic=case.row.synthetic, **values,
            )
        )  # fmt: skip

    def _enter(self, case: Case, state: State) -> None:
        row = case.row
        stopped = state == State.SUPPLEMENT_REQUESTED
        closed = state in (State.REJECTED, State.WITHDRAWN, State.SELECTION_CANCELLED)
        row.state = state
        row.clock_stopped_at = case.at if stopped else None
        row.supplement_until = case.at.date() if stopped else None
        row.waitlist_no = 1 if state == State.WAITLISTED else None
        row.offer_until = case.at if state == State.OFFERED else None
        row.decided_at = row.decided_at or case.at
        row.closed_at = case.at if closed else None
        row.holds_place = state in (State.OFFERED, State.SELECTED)
        row.save()

    def moments(self, count: int) -> list[tuple[dt.date, dt.datetime | None]]:
        """Random pairs of as-of day and known-at moment; month ends and `None` among them."""
        pairs: list[tuple[dt.date, dt.datetime | None]] = []
        for _ in range(count):
            day = (START + dt.timedelta(days=self.random.randrange(-20, DAYS + 120))).date()
            if self.random.random() < 0.3:
                day = day.replace(day=1) - dt.timedelta(days=1)
            known = START + dt.timedelta(days=self.random.randrange(DAYS + 200), minutes=self.random.randrange(1440))
            pairs.append((day, self.random.choice([None, known])))
        return pairs
