"""Receiving many applications at once: a district's paper applications, all of them or none.

The same checks as one application gets (programs.intake), with the rules, the forms and the statements shared. Each
keeps its stated time of receipt, by which it takes its place in the queue.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _

from accounts.bulk import insert_many
from accounts.roles import Actor
from programs import letters, registry
from programs.deadlines import SEOUL, WorkingCalendar
from programs.eligibility import KINDS, rules_of
from programs.intake import (
    Intake,
    UnableToReceive,
    build,
    missing_consents,
    places_left,
    receipt_event,
    receipt_numbers,
)
from programs.models import Application, Call, DistrictCall, EligibilityRule
from programs.workflow import lock_district_call

BATCH = 1_000
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Refusal:
    """Why the `index`-th of the applications cannot be received. `field` names what is wrong, where one thing is;
    `twin` is the index of an earlier one of the same person."""

    index: int
    text: str
    field: str = ""
    twin: int | None = None


class UnableToReceiveMany(UnableToReceive):
    """At least one cannot be received, so none is; `refusals` names each."""

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__("invalid", *(refusal.text for refusal in refusals))
        self.refusals = refusals


@dataclass
class Checked:
    """What the checks found, and the details they made on the way."""

    refusals: list[Refusal] = field(default_factory=list)
    details: list[models.Model | None] = field(default_factory=list)


def check_many(
    intakes: Sequence[Intake], district_call: DistrictCall, *, now: dt.datetime, progress: Progress | None = None
) -> Checked:
    """Every reason why one of these cannot be received. All are of `district_call`."""
    checked = Checked()
    if district_call.call.when_full == Call.WhenFull.CLOSE and places_left(district_call) <= 0:
        checked.refusals.append(Refusal(0, _("정원이 찼습니다.")))
    rules = _Rules(district_call.call)
    needed = missing_consents(district_call.call, {})
    form_class = registry.get(district_call.call.program_id).detail_form
    for index, intake in enumerate(intakes):
        if progress and index % 500 == 0:
            progress(index)
        refuse = _collector(checked, index)
        _check_time(intake, district_call, now, refuse)
        for item in needed:
            if not intake.consents.get(item.pk):
                refuse(_("동의가 필요합니다: %(x)s") % {"x": item}, f"consent:{item.pk}")
        form = form_class(intake.detail)
        if form.is_valid():
            checked.details.append(form.save(commit=False))
            for text in rules.unmet(intake):
                refuse(text)
        else:
            checked.details.append(None)
            for name, errors in form.errors.items():
                refuse(" ".join(map(str, errors)), f"detail:{name}")
    checked.refusals += _duplicates(intakes, district_call.call)
    checked.refusals.sort(key=lambda refusal: refusal.index)
    return checked


def _collector(checked: Checked, index: int) -> Callable[..., None]:
    def refuse(text: str, name: str = "") -> None:
        checked.refusals.append(Refusal(index, text, name))

    return refuse


def _check_time(intake: Intake, district_call: DistrictCall, now: dt.datetime, refuse: Callable[..., None]) -> None:
    """The stamp on the paper: not in the future, and within the time this district receives applications."""
    stated = intake.stated_received_at or now
    closes = min(
        moment
        for moment in (district_call.effective_closes_at, district_call.closed_at, district_call.call.closed_at)
        if moment
    )
    if stated > now:
        refuse(_("접수일시가 아직 오지 않은 때입니다."), "received_at")
    elif not district_call.effective_opens_at <= stated < closes:
        refuse(
            _("접수 기간(%(first)s ~ %(last)s)이 아닙니다.")
            % {
                "first": f"{district_call.effective_opens_at.astimezone(SEOUL):%Y-%m-%d %H:%M}",
                "last": f"{closes.astimezone(SEOUL):%Y-%m-%d %H:%M}",
            },
            "received_at",
        )


class _Rules:
    """The eligibility rules by day of receipt, and their words, each looked up once."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.facts = registry.get(call.program_id).facts
        self.of_day = lru_cache(maxsize=None)(self._of_day)
        self.words = lru_cache(maxsize=None)(self._words)

    def _of_day(self, day: dt.date) -> list[EligibilityRule]:
        return rules_of([self.call.pk], day)[self.call.pk]

    def _words(self, rule: EligibilityRule) -> str:
        return KINDS[rule.kind].describe(rule.params)

    def unmet(self, intake: Intake) -> list[str]:
        day = (intake.stated_received_at or dt.datetime.now(SEOUL)).astimezone(SEOUL).date()
        facts = intake.person.facts() | self.facts(intake.detail)
        return [self.words(rule) for rule in self.of_day(day) if self._fails(rule, facts, day)]

    @staticmethod
    def _fails(rule: EligibilityRule, facts: dict[str, Any], day: dt.date) -> bool:
        if rule.district_id and rule.district_id != facts["district"]:
            return False
        kind = KINDS[rule.kind]
        known = all(facts.get(name) not in (None, "") for name in kind.needs)
        return known and not kind.test(facts, rule.params, day)


def _duplicates(intakes: Sequence[Intake], call: Call) -> list[Refusal]:
    """The same person twice among these, or once more than in the portal already."""
    refusals, first_of = [], {}
    indexes = [intake.person.index for intake in intakes]
    for at, index in enumerate(indexes):
        if index in first_of:
            refusals.append(Refusal(at, _("같은 사람이 앞에 이미 있습니다."), twin=first_of[index]))
        else:
            first_of[index] = at
    live = Application.objects.filter(call=call, closed_at__isnull=True)
    for start in range(0, len(indexes), BATCH):
        found = live.filter(person_index__in=indexes[start : start + BATCH])
        for index, receipt_no in found.values_list("person_index", "receipt_no"):
            refusals.append(
                Refusal(
                    first_of[bytes(index)], _("이미 접수된 신청이 있습니다(접수번호 %(no)s).") % {"no": receipt_no}
                )
            )
    return refusals


def receive_many(
    intakes: Sequence[Intake], district_call: DistrictCall, *, actor: Actor, progress: Progress | None = None
) -> list[Application]:
    """Receive all of these in the order of their stated times, in one transaction with a constant number of statements
    a thousand. `progress` gets how many of twice as many steps are done: each is checked, and each is written.

    Raises UnableToReceiveMany when any of them cannot be received."""
    try:
        with transaction.atomic():
            return _receive_many(intakes, district_call, actor, progress or (lambda done: None))
    except IntegrityError as error:
        if "one_live_application_a_person" not in str(error):
            raise
        raise UnableToReceiveMany(
            [Refusal(0, _("등록하는 사이에 같은 분의 신청이 접수되었습니다. 다시 확인하십시오."))]
        ) from error


def _receive_many(
    intakes: Sequence[Intake], district_call: DistrictCall, actor: Actor, progress: Progress
) -> list[Application]:
    now = lock_district_call(district_call.pk, "shared")
    checked = check_many(intakes, district_call, now=now, progress=progress)
    if checked.refusals:
        raise UnableToReceiveMany(checked.refusals)
    order = sorted(range(len(intakes)), key=lambda at: (intakes[at].stated_received_at or now, at))
    numbers, calendar = receipt_numbers(len(intakes)), WorkingCalendar()
    applications: list[Application] = []
    for start in range(0, len(order), BATCH):
        progress(len(order) + start)
        part = order[start : start + BATCH]
        rows = [
            build(intakes[at], intakes[at].stated_received_at or now, number=number, calendar=calendar)
            for at, number in zip(part, numbers[start:], strict=False)
        ]
        _write(rows, [intakes[at] for at in part], [checked.details[at] for at in part], actor)
        applications += rows
    return applications


def _write(rows: list[Application], intakes: list[Intake], details: list[models.Model | None], actor: Actor) -> None:
    """Insert applications with what belongs to each, and queue their letters."""
    insert_many(rows)
    insert_many(_attached(detail, row) for detail, row in zip(details, rows, strict=True))
    _keep_consents([(row, intake.consents) for row, intake in zip(rows, intakes, strict=True)])
    insert_many(receipt_event(row, actor, intake) for row, intake in zip(rows, intakes, strict=True))
    letters.queue((row, "received", {}) for row in rows)


def _keep_consents(given: list[tuple[Application, dict[int, bool]]]) -> None:
    """One statement for all: they are half of all the rows, and as models would cost a third of the time."""
    rows = [(row.pk, item, yes, row.received_at) for row, consents in given for item, yes in consents.items()]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO programs_consent (application_id, item_id, given, given_at) "
            "SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::boolean[], %s::timestamptz[])",
            [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []],
        )


def _attached(detail: models.Model | None, application: Application) -> models.Model:
    if detail is None:
        raise AssertionError("a detail that was not valid is a refusal")
    detail.application = application  # type: ignore[attr-defined]
    return detail
