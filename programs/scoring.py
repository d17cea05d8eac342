"""Judging the applications of a scored call (마감 후 심사): points by criterion, and the order they make.

The criteria are fixed before the call opens; points are given from then on until the selection is drafted, and the
database keeps it so. The order is that of the totals; where they are equal, of the criteria that break ties, in their
order; and last of receipt.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import DISTRICT_STAFF, Actor
from programs.deadlines import WorkingCalendar
from programs.models import Application, Call, DistrictCall, Score, ScoringCriterion, SelectionBatch
from programs.models.applications import OPEN_STATES, State
from programs.workflow import UnableToPerform


def is_scored(call: Call) -> bool:
    return call.selection == Call.Selection.SCORED


def criteria_of(call: Call) -> list[ScoringCriterion]:
    return list(call.criteria.order_by("sort", "id"))


@dataclass(frozen=True)
class Total:
    """An application judged by every criterion; `ties` are the points that decide between equal totals."""

    points: int
    ties: tuple[int, ...]


def totals(district_call: DistrictCall) -> dict[int, Total]:
    """By application, of those of this share that were judged by every criterion."""
    criteria = criteria_of(district_call.call)
    breakers = sorted((one.tie_break, one.pk) for one in criteria if one.tie_break is not None)
    given: dict[int, dict[int, int]] = defaultdict(dict)
    current = Score.objects.filter(application__district_call=district_call, replaced_at__isnull=True)
    for application, criterion, points in current.values_list("application_id", "criterion_id", "points"):
        given[application][criterion] = points
    return {
        pk: Total(sum(points.values()), tuple(points[criterion] for _at, criterion in breakers))
        for pk, points in given.items()
        if criteria and len(points) == len(criteria)
    }


def in_order(rows: Iterable[Application], judged: Mapping[int, Total]) -> list[Application]:
    """The best first. Whoever is not judged yet, or waits for a place already, may come out ahead of anybody, and so
    stands in front: a place is kept for them."""

    def key(row: Application) -> tuple[Any, ...]:
        total = judged.get(row.pk)
        if total is None or row.state != State.UNDER_REVIEW or row.checked_at is None:
            return (0, row.order_at, row.pk)
        return (1, -total.points, tuple(-points for points in total.ties), row.order_at, row.pk)

    return sorted(rows, key=key)


def why_not(application: Application, actor: Actor) -> str | None:
    """The reason why this person cannot judge this application now, or None."""
    if not is_scored(application.call):
        return _("점수로 심사하는 모집이 아닙니다.")
    if actor.role not in DISTRICT_STAFF or actor.district_id != application.district_id:
        return _("이 자치구의 담당자만 점수를 매깁니다.")
    if application.state not in OPEN_STATES:
        return _("이미 결정된 신청이라 점수를 바꿀 수 없습니다.")
    if SelectionBatch.objects.filter(district_call=application.district_call_id, state="drafted").exists():
        return _("결재를 기다리는 기안이 있어 점수를 바꿀 수 없습니다. 고치려면 기안을 먼저 취소하십시오.")
    return None


@transaction.atomic
def judge(application_id: int, points: Mapping[int, int], *, actor: Actor) -> int:
    """Give points by criterion id; how many changed. Raises Application.DoesNotExist, and UnableToPerform."""
    share = Application.objects.visible_to(actor).values_list("district_call", flat=True).get(pk=application_id)
    DistrictCall.objects.select_for_update(of=("self",)).get(pk=share)  # no draft meanwhile
    application = (
        Application.objects.visible_to(actor)
        .select_related("call")
        .select_for_update(of=("self",))
        .get(pk=application_id)
    )
    if reason := why_not(application, actor):
        raise UnableToPerform(reason)
    if actor.membership is None:
        raise AssertionError("district staff act in a membership")
    current = {row.criterion_id: row for row in application.scores.filter(replaced_at__isnull=True)}
    changed = {pk: given for pk, given in points.items() if pk not in current or current[pk].points != given}
    now = timezone.now()
    application.scores.filter(criterion__in=changed, replaced_at__isnull=True).update(replaced_at=now)
    Score.objects.bulk_create(
        Score(application=application, criterion_id=pk, points=given, entered_by=actor.membership, entered_at=now)
        for pk, given in changed.items()
    )
    return len(changed)


def sheet_of(application: Application) -> dict[str, Any] | None:
    """The points of one application by criterion, None where the call is not scored. `total` is None until each has
    been given."""
    if not is_scored(application.call):
        return None
    current = application.scores.filter(replaced_at__isnull=True).select_related("entered_by__user")
    given = {row.criterion_id: row for row in current}
    criteria = criteria_of(application.call)
    complete = bool(criteria) and all(one.pk in given for one in criteria)
    return {
        "rows": [{"criterion": one, "score": given.get(one.pk)} for one in criteria],
        "total": sum(row.points for row in given.values()) if complete else None,
        "most": sum(one.max_points for one in criteria),
    }


def terms_for_citizens(call: Call, closes_at: dt.datetime) -> dict[str, Any] | None:
    """That a call is scored, by what, and by when the result comes; None for any other."""
    if not is_scored(call):
        return None
    return {
        "criteria": criteria_of(call),
        "closes_at": closes_at,
        "result_by": WorkingCalendar().due_at(closes_at, call.processing_days),
    }
