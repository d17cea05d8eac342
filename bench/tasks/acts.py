"""What is timed without the web server: a count, a selection, a batch of messages."""

from __future__ import annotations

import datetime as dt
import random
import time
import uuid

from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Actor, Role
from bench.tasks.calls import DETAIL, bench_call
from notifications.models import Message
from notifications.outbox import deliver_due, prepare
from programs import letters, selection
from programs.bulk_intake import receive_many
from programs.intake import Intake, Person
from programs.models import Application, ConsentItem, DistrictCall
from programs.models.applications import Channel
from programs.workflow import perform_many
from reports import figures, questions
from reports.rows import recount

FIVE_YEARS = 5 * 365


def asof_counts(*, rounds: int) -> list[tuple[float, float]]:
    """(figure, rows one by one) in seconds, after a warm-up; each at a date of its own."""
    figure, rng = figures.get("portal.applications"), random.Random(1)
    pairs = []
    for _ in range(rounds + 1):
        question = questions.Question(timezone.localdate() - dt.timedelta(days=rng.randrange(FIVE_YEARS)))
        started = time.perf_counter()
        value = figures.value_of(figure, question)
        between = time.perf_counter()
        if recount(figure, question).count != value:
            raise RuntimeError(f"{figure.name} as of {question.as_of} says {value}, its rows say otherwise")
        pairs.append((between - started, time.perf_counter() - between))
    return pairs[1:]


def select_next_100(*, rounds: int) -> list[float]:
    """Seconds of draft and approval, in another district each time; the first is the warm-up."""
    call = bench_call("select")
    shares = DistrictCall.objects.select_related("call__program", "district").filter(call=call).order_by("district")
    return [_select(share) for share in shares[: rounds + 1]][1:]


def _select(share: DistrictCall) -> float:
    officer, manager = (_staff(share, role) for role in (Role.DISTRICT_OFFICER, Role.DISTRICT_MANAGER))
    cases = receive_many([_intake(share, n) for n in range(150)], share, actor=officer)
    for act in ("start_review", "confirm"):
        perform_many([case.pk for case in cases], act, actor=officer)
    started = time.perf_counter()
    batch = selection.draft(share, actor=officer, places=100)
    selection.approve(batch.pk, actor=manager)
    elapsed = time.perf_counter() - started
    if Application.objects.filter(district_call=share, holds_place=True).count() != 100:
        raise RuntimeError("not the hundred that were to be selected")
    return elapsed


def _staff(share: DistrictCall, role: Role) -> Actor:
    members = Membership.objects.in_force().select_related("user", "organisation")
    return Actor.of(members.filter(organisation__district=share.district, role=role).order_by("pk")[0])


def _intake(share: DistrictCall, n: int) -> Intake:
    person = Person(
        name=f"김측정{n}", birth_date=dt.date(1990, 1, 15), phone=f"010{share.pk:04d}{n:04d}",
        address=f"측정로 {n}", district=share.district, household_size=1, tenure="monthly",
    )  # fmt: skip
    consents = {item.pk: True for item in ConsentItem.objects.filter(call=share.call)}
    received_at = timezone.now() - dt.timedelta(days=20) + dt.timedelta(minutes=n)
    return Intake(person, share, DETAIL, consents, channel=Channel.COUNTER, stated_received_at=received_at)


def messages_per_second(*, rounds: int, count: int = 1_000) -> list[float]:
    """Letters of a real application, delivered until none is left."""
    deliver_due()  # what the copied database had waiting; the warm-up
    application = Application.objects.select_related("call", "program", "district", "district_call")[:1].get()
    variables, rates = letters.variables(application, {}, "ko"), []
    for _ in range(rounds):
        Message.objects.bulk_create(
            prepare(
                key=f"bench:{uuid.uuid4()}", template="application.received", to="01000000000", variables=variables
            )
            for _ in range(count)
        )
        started = time.perf_counter()
        if deliver_due() != count:
            raise RuntimeError("not every message was due")
        rates.append(count / (time.perf_counter() - started))
    return rates
