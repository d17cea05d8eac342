"""Two hundred clients apply to twenty-five districts while their officers confirm and select: no receipt is lost, no
district goes over its quota, and every selection keeps the order of receipt."""

from __future__ import annotations

import itertools
import random
from collections import defaultdict

import pytest
from django.db import connection, connections, transaction
from django.db.models import Count

from accounts.models import District
from accounts.roles import Actor, Role
from notifications.models import Message
from programs import intake, selection
from programs.models import Application, ApplicationEvent, DistrictCall, SelectionBatch, SelectionLine
from programs.workflow import UnableToPerform, perform_many
from tests.factories import cast as c
from tests.faults.attack import deadlocks
from tests.scratch import in_threads

APPLICATIONS, CLIENTS, CONNECTIONS, TEAMS = 6000, 200, 24, 5

pytestmark = pytest.mark.slow


@pytest.fixture
def pooled(scratch_database):
    """As in the web server, many clients share some connections."""
    settings = connections.settings["default"]
    before = dict(settings)
    connections.close_all()
    pool = {"min_size": 1, "max_size": CONNECTIONS, "timeout": 120}
    settings.update(CONN_MAX_AGE=0, CONN_HEALTH_CHECKS=False, OPTIONS=settings["OPTIONS"] | {"pool": pool})
    yield
    connections.close_all()
    connection.close_pool()
    settings.update({name: before[name] for name in ("CONN_MAX_AGE", "CONN_HEALTH_CHECKS", "OPTIONS")})


@pytest.fixture
def shares(pooled):
    """One share of the call in each district: between 20 and 140 places for about 240 applications."""
    cast = c.make_cast()
    for n, district in enumerate(District.objects.order_by("pk")):
        DistrictCall.objects.update_or_create(call=cast.call, district=district, defaults={"quota": 20 + 5 * n})
    rows = list(DistrictCall.objects.select_related("call__program", "district").order_by("pk"))
    assert len(rows) == 25
    return cast, rows


class Team:
    """The officer and the manager of one district, at work while applications come in."""

    def __init__(self, share: DistrictCall, seed: int) -> None:
        self.share = share
        self.officer = Actor.of(c.member(Role.DISTRICT_OFFICER, share.district_id))
        self.manager = Actor.of(c.member(Role.DISTRICT_MANAGER, share.district_id))
        self.chance = random.Random(seed)

    def work(self) -> bool:
        """Confirm some, not always the first, and select some; whether anything was done."""
        waiting = list(
            Application.objects.filter(district_call=self.share, state="submitted")
            .order_by("order_at", "id")
            .values_list("pk", flat=True)[:30]
        )
        if waiting:
            ready = [pk for pk in waiting if self.chance.random() < 0.8] or waiting
            perform_many(ready, "confirm", actor=self.officer)
        return self._select() or bool(waiting)

    def _select(self) -> bool:
        first = selection.plan(self.share, places=1).select
        skipped = {first[0].pk: "연락이 되지 않음"} if first and self.chance.random() < 0.2 else {}
        try:
            batch = selection.draft(self.share, actor=self.officer, places=20, pass_over=skipped)
        except UnableToPerform:
            return False
        seal = ""
        while True:
            try:
                selection.approve(batch.pk, actor=self.manager, accept_changes=seal)
            except selection.ChangedSinceDrafted as changed:
                seal = changed.seal
            else:
                return True


def apply_many(cast, shares, count):
    """One client: applications of as many people in random districts; their receipt numbers."""
    receipts = []
    for _ in range(count):
        share = random.choice(shares)
        person = c.person(share.district_id)
        wanted = intake.Intake(
            person=person, district_call=share, detail=c.DETAIL, consents={item.pk: True for item in cast.consents}
        )
        try:
            with transaction.atomic():
                receipts.append(intake.receive(wanted, actor=Actor.system()).receipt_no)
        finally:
            connection.close()  # back to the pool
    return receipts


def test_no_receipt_is_lost_no_quota_exceeded_and_order_is_kept(shares):
    cast, rows = shares
    teams = [Team(row, n) for n, row in enumerate(rows)]
    receiving = [True]

    def staff(own):
        """Districts in turn, until nothing comes in any more and nothing is left to do."""
        while sum(team.work() for team in own) or receiving[0]:
            connection.close()

    left = itertools.count(CLIENTS - 1, -1)

    def client(_):
        receipts = apply_many(cast, rows, APPLICATIONS // CLIENTS)
        if next(left) == 0:
            receiving[0] = False
        return receipts

    jobs = [(staff, teams[n::TEAMS]) for n in range(TEAMS)] + [(client, n) for n in range(CLIENTS)]
    try:
        results = in_threads(lambda job: job[0](job[1]), jobs)
    finally:
        receiving[0] = False
    assert [one for one in results if isinstance(one, Exception)] == []
    assert deadlocks() == 0

    receipts = list(itertools.chain.from_iterable(one for one in results if one))
    assert len(receipts) == len(set(receipts)) == APPLICATIONS
    assert set(Application.objects.values_list("receipt_no", flat=True)) == set(receipts)
    assert ApplicationEvent.objects.filter(action="submit").count() == APPLICATIONS
    assert Message.objects.filter(template="application.received").count() == APPLICATIONS
    used = dict(Application.objects.filter(holds_place=True).values_list("district_call").annotate(places=Count("pk")))
    assert used == {row.pk: row.quota for row in rows}  # not one over; and every place given
    for row in rows:
        assert_order_was_kept(row)


def assert_order_was_kept(share):
    """Go through the district's selections as they happened. Ahead of the last one selected, everyone was selected,
    passed over with a written reason, or not yet ready — and then a place was kept for them."""
    line = list(
        Application.objects.filter(district_call=share).order_by("order_at", "id").values_list("pk", flat=True)
    )
    confirmed_by = dict(
        ApplicationEvent.objects.filter(application__in=line, action="confirm").values_list("application", "pk")
    )
    selections = defaultdict(list)
    for xid, event, pk in (
        ApplicationEvent.objects.filter(application__in=line, action="select")
        .order_by("pk")
        .values_list("xid", "pk", "application")
    ):
        selections[xid].append((event, pk))
    batches = SelectionBatch.objects.filter(district_call=share, state="approved").order_by("decided_at")
    assert len(batches) == len(selections) > 0
    selected: set[int] = set()
    for batch, acts in zip(batches, selections.values(), strict=True):
        passed = set(
            SelectionLine.objects.filter(batch=batch, outcome="pass_over").values_list("application", flat=True)
        )
        began, chosen = acts[0][0], {pk for _event, pk in acts}
        last = max(line.index(pk) for pk in chosen)
        ahead = set(line[: last + 1]) - chosen - selected - passed
        assert [pk for pk in ahead if confirmed_by.get(pk, began) < began] == []
        selected |= chosen
        assert len(selected) + len(ahead) <= share.quota
