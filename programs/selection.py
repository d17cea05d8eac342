"""Selecting the next N in order of receipt: drafted by an officer, approved by a manager (기안·결재).

Places are given in order of (order_at, id), in a scored call in that of the points (programs.scoring). Whoever is
ahead and not yet checked — just received, under review, or inside a supplement period — keeps a place free, and so
does whoever is ahead on the waiting list; that is not passing over; a place so kept goes to the waiting list as soon
as it is not needed. Passing over someone who is ready needs a written reason. A draft reserves nothing: approval takes
the district call's exclusive lock and works it out again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import Actor, Role
from programs import scoring
from programs.intake import places_left
from programs.models import Application, DistrictCall, SelectionBatch, SelectionLine
from programs.models.applications import State
from programs.standard import next_waitlist_no
from programs.workflow import UnableToPerform, lock_district_call, perform_many

Outcome = SelectionLine.Outcome
WAITING_STATES = (State.SUBMITTED, State.UNDER_REVIEW, State.SUPPLEMENT_REQUESTED)
MAX_LINES = 300  # a page one can read before signing it; what is left over is the next draft's


@dataclass(frozen=True)
class Place:
    """One step of a plan, in order: an application and what becomes of it, or `kept` places for those not ready."""

    application: Application | None = None
    outcome: Outcome | None = None
    kept: int = 0


@dataclass
class Plan:
    """Who is next: `select` and `waitlist` in order, `pass_over` with reasons, and how many places stay reserved for
    those ahead who are not ready. `places` is all of it in order of receipt; `cut_short`: MAX_LINES ended it."""

    select: list[Application] = field(default_factory=list)
    waitlist: list[Application] = field(default_factory=list)
    pass_over: dict[int, str] = field(default_factory=dict)
    reserved: int = 0
    free: int = 0
    places: list[Place] = field(default_factory=list)
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    points: dict[int, int] = field(default_factory=dict)  # of a scored call
    cut_short: bool = False

    @property
    def is_full(self) -> bool:
        """Whether every free place is given or kept."""
        return len(self.select) + self.reserved >= self.free

    def put(self, application: Application, outcome: Outcome) -> None:
        self.outcomes[application.pk] = outcome
        self.places.append(Place(application, outcome))

    def keep_a_place(self) -> None:
        """For someone ahead who is not ready; nobody is kept a place behind a full quota."""
        if self.is_full:
            return
        self.reserved += 1
        if self.places and self.places[-1].kept:
            self.places[-1] = Place(kept=self.places[-1].kept + 1)
        else:
            self.places.append(Place(kept=1))


def queue_in_order(district_call: DistrictCall, judged: Mapping[int, scoring.Total] | None) -> Iterable[Application]:
    """All that wait, in order of receipt; where they are `judged`, the best first."""
    rows = (
        Application.objects.filter(district_call=district_call, state__in=(*WAITING_STATES, State.WAITLISTED))
        .only("id", "state", "checked_at", "order_at", "receipt_no", "district_call_id", "name", "channel")
        .order_by("order_at", "id")
        .iterator(chunk_size=500)
    )
    return rows if judged is None else scoring.in_order(rows, judged)


@dataclass(frozen=True)
class Standing:
    """Where a district's share of a call stands: its places, and the applications that wait for something."""

    district_call: DistrictCall
    selected: int = 0
    held: int = 0  # offered to the waiting list, and the programme's own states that hold a place
    ready: int = 0
    not_ready: int = 0
    waiting: int = 0
    draft_id: int | None = None

    @property
    def free(self) -> int:
        return max(self.district_call.quota - self.selected - self.held, 0)


def standings(district_calls: Iterable[DistrictCall]) -> list[Standing]:
    """The standing of each, in two queries however many they are."""
    district_calls = list(district_calls)
    ready = Q(state=State.UNDER_REVIEW, checked_at__isnull=False)
    live = Q(holds_place=True) | Q(state__in=WAITING_STATES) | Q(state=State.WAITLISTED)
    counts: dict[int, dict[str, int]] = {
        row["district_call"]: {name: row[name] for name in ("selected", "held", "ready", "not_ready", "waiting")}
        for row in Application.objects.filter(live, district_call__in=district_calls)
        .values("district_call")
        .annotate(
            selected=Count("id", filter=Q(state=State.SELECTED)),
            held=Count("id", filter=Q(holds_place=True) & ~Q(state=State.SELECTED)),
            ready=Count("id", filter=ready),
            not_ready=Count("id", filter=Q(state__in=WAITING_STATES) & ~ready),
            waiting=Count("id", filter=Q(state=State.WAITLISTED)),
        )
    }
    drafts = dict(
        SelectionBatch.objects.filter(
            district_call__in=district_calls, state=SelectionBatch.State.DRAFTED
        ).values_list("district_call_id", "pk")
    )
    return [Standing(dc, draft_id=drafts.get(dc.pk), **counts.get(dc.pk, {})) for dc in district_calls]


def plan(
    district_call: DistrictCall,
    *,
    places: int,
    pass_over: Mapping[int, str] | None = None,
    waitlist_rest: bool = False,
) -> Plan:
    """Work out the next `places` in order, within what is free. Reads only."""
    made = Plan(free=max(places_left(district_call), 0))
    reasons = pass_over or {}
    judged = scoring.totals(district_call) if scoring.is_scored(district_call.call) else None
    for row in queue_in_order(district_call, judged):
        enough = made.is_full or len(made.select) >= places
        if enough and not waitlist_rest:
            break
        ready = row.state == State.UNDER_REVIEW and row.checked_at is not None
        if judged is not None:
            ready = ready and row.pk in judged
            made.points |= {row.pk: judged[row.pk].points} if ready else {}
        if ready and len(made.outcomes) >= MAX_LINES:
            made.cut_short = True
            break
        if not ready:
            made.keep_a_place()
        elif row.pk in reasons:
            made.pass_over[row.pk] = reasons[row.pk]
            made.put(row, Outcome.PASS_OVER)
        elif not enough:
            made.select.append(row)
            made.put(row, Outcome.SELECT)
        elif made.is_full:
            made.waitlist.append(row)
            made.put(row, Outcome.WAITLIST)
    return made


def too_early(district_call: DistrictCall) -> str | None:
    """Why nobody can be selected yet: a call that selects after its deadline is still receiving."""
    if not scoring.is_scored(district_call.call):
        return None
    if district_call.is_receiving(timezone.now()):
        return _("마감 후 심사하는 모집입니다. 접수가 끝난 뒤에 선정할 수 있습니다.")
    return None if district_call.call.criteria.exists() else _("심사 기준이 정해지지 않은 모집입니다.")


def draft(
    district_call: DistrictCall,
    *,
    actor: Actor,
    places: int,
    pass_over: Mapping[int, str] | None = None,
    waitlist_rest: bool = False,
) -> SelectionBatch:
    """Draft a selection for approval. Raises UnableToPerform when nobody would be selected or a reason is missing."""
    if actor.membership is None or actor.district_id != district_call.district_id:
        raise UnableToPerform(_("이 자치구의 담당자만 기안할 수 있습니다."))
    if reason := too_early(district_call):
        raise UnableToPerform(reason)
    if any(not reason.strip() for reason in (pass_over or {}).values()):
        raise UnableToPerform(_("순서를 건너뛰는 사람마다 사유를 적으십시오."))
    with transaction.atomic():
        DistrictCall.objects.select_for_update(of=("self",)).get(pk=district_call.pk)
        if SelectionBatch.objects.filter(district_call=district_call, state=SelectionBatch.State.DRAFTED).exists():
            raise UnableToPerform(_("결재를 기다리는 기안이 이미 있습니다. 먼저 결재하거나 취소하십시오."))
        made = plan(district_call, places=places, pass_over=pass_over, waitlist_rest=waitlist_rest)
        if not made.select and not made.waitlist:
            raise UnableToPerform(
                _("지금 선정할 수 있는 사람이 없습니다. 적격을 확인한 신청과 빈자리를 살펴보십시오.")
            )
        batch = SelectionBatch.objects.create(
            district_call=district_call, places=places, waitlist_rest=waitlist_rest, drafted_by=actor.membership
        )
        SelectionLine.objects.bulk_create(
            SelectionLine(
                batch=batch,
                application_id=pk,
                position=n,
                outcome=outcome,
                points=made.points.get(pk),
                reason=made.pass_over.get(pk) or None,
            )
            for n, (pk, outcome) in enumerate(made.outcomes.items(), 1)
        )
    return batch


def _decidable(batch_id: int, actor: Actor) -> SelectionBatch:
    """The batch, locked, if this manager may decide on it."""
    batch = (
        SelectionBatch.objects.visible_to(actor)
        .select_related("district_call", "drafted_by")
        .select_for_update(of=("self",))
        .get(pk=batch_id)
    )
    if batch.state != SelectionBatch.State.DRAFTED:
        raise UnableToPerform(_("이미 처리된 기안입니다: %(state)s") % {"state": batch.get_state_display()})
    return batch


@transaction.atomic
def approve(batch_id: int, *, actor: Actor, accept_changes: str = "") -> SelectionBatch:
    """Approve: order and places are worked out again under the lock. Where that differs from the draft, nothing is
    done and ChangedSinceDrafted shows how, unless `accept_changes` is the seal of exactly these differences."""
    if actor.role != Role.DISTRICT_MANAGER or actor.membership is None:
        raise UnableToPerform(_("결재는 팀장이 합니다."))
    district_call_id = (
        SelectionBatch.objects.visible_to(actor).values_list("district_call_id", flat=True).get(pk=batch_id)
    )
    now = lock_district_call(district_call_id, "exclusive")
    batch = _decidable(batch_id, actor)
    if batch.drafted_by.user_id == actor.user_id:
        raise UnableToPerform(_("기안한 사람은 결재할 수 없습니다."))
    lines = list(batch.lines.all())
    made = plan(
        batch.district_call,
        places=batch.places,
        pass_over={line.application_id: line.reason or "" for line in lines if line.outcome == Outcome.PASS_OVER},
        waitlist_rest=batch.waitlist_rest,
    )
    changes = _differences({line.application_id: line.outcome for line in lines}, made)
    if changes and accept_changes != seal_of(changes):
        raise ChangedSinceDrafted(changes)
    first = next_waitlist_no(batch.district_call_id)
    perform_many([row.pk for row in made.select], "select", actor=actor)
    perform_many(
        [row.pk for row in made.waitlist],
        "waitlist",
        actor=actor,
        data={row.pk: {"number": first + n} for n, row in enumerate(made.waitlist)},
    )
    batch.state, batch.decided_by, batch.decided_at, batch.changes = "approved", actor.membership, now, changes
    batch.save(update_fields=["state", "decided_by", "decided_at", "changes"])
    return batch


class ChangedSinceDrafted(UnableToPerform):
    """Order or places changed between draft and approval; `changes` lists them, `seal` names exactly these."""

    def __init__(self, changes: list[dict[str, str]]) -> None:
        super().__init__(_("기안한 뒤에 순서나 빈자리가 바뀌었습니다. 바뀐 내용을 확인하고 다시 결재하십시오."))
        self.changes = changes
        self.seal = seal_of(changes)


def seal_of(changes: list[dict[str, str]]) -> str:
    """A short name for these differences, so that what is accepted is what was on the screen."""
    return hashlib.sha256(json.dumps(changes, sort_keys=True).encode()).hexdigest()[:16]


def _differences(drafted: dict[int, str], made: Plan) -> list[dict[str, str]]:
    now = made.outcomes
    numbers = dict(Application.objects.filter(pk__in={*drafted, *now}).values_list("pk", "receipt_no"))
    return [
        {"receipt_no": numbers[pk], "drafted": str(drafted.get(pk, "")), "now": str(now.get(pk, ""))}
        for pk in sorted({*drafted, *now})
        if drafted.get(pk, "") != now.get(pk, "")
    ]


@transaction.atomic
def send_back(batch_id: int, *, actor: Actor, comment: str) -> SelectionBatch:
    """Return the draft to its author (반송), or cancel it when its author does so."""
    batch = _decidable(batch_id, actor)
    is_author = actor.membership == batch.drafted_by
    if not is_author and actor.role != Role.DISTRICT_MANAGER:
        raise UnableToPerform(_("기안한 사람이나 팀장만 할 수 있습니다."))
    if not is_author and not comment.strip():
        raise UnableToPerform(_("반송 사유를 적으십시오."))
    batch.state = SelectionBatch.State.CANCELLED if is_author else SelectionBatch.State.SENT_BACK
    batch.comment, batch.decided_at = comment or None, timezone.now()
    batch.decided_by = actor.membership
    batch.save(update_fields=["state", "comment", "decided_by", "decided_at"])
    return batch
