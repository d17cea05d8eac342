"""What a survey found, as numbers of many: nothing about fewer than `min_shown` answers is ever given out."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal, NamedTuple

from django.db.models import CharField, Count, F, Min, Q, Sum, Value
from django.db.models.functions import TruncMonth
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import District
from surveys.models import Answer, Comment, Invitation, Question, Survey
from surveys.models.catalogue import SATISFIED

By = Literal["question", "district", "month"]
_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Measure:
    """Answers to one question, or to all scales together. `mean` (1–5, of scales) and `satisfied` (per cent that
    answered 4 or 5, or yes) are to one decimal, None where too few answered."""

    answers: int
    mean: Decimal | None
    satisfied: Decimal | None


NOTHING = Measure(0, None, None)


@dataclass(frozen=True)
class Line:
    """One question, district or month, or (key None) all of it. `questions` by their key, of districts and months."""

    key: Any
    label: str
    invited: int
    answered: int
    overall: Measure
    questions: dict[int, Measure]

    @property
    def response_rate(self) -> Decimal | None:
        return percent(self.answered, self.invited)

    @property
    def hidden(self) -> bool:
        """Answers came, but too few to show."""
        return self.answered > 0 and self.overall.satisfied is None


@dataclass(frozen=True)
class Results:
    total: Line
    lines: list[Line]


@dataclass(frozen=True)
class Satisfaction:
    """`value`: per cent of all answers on scales that are 4 or 5; None where fewer than `min_shown` answered."""

    value: Decimal | None
    answered: int


def percent(part: int, whole: int) -> Decimal | None:
    return _round(Decimal(part * 100) / whole) if whole else None


def results(survey: str, *, since: dt.date, until: dt.date, district: str | None = None, by: By) -> Results:
    """Results of services from `since` to `until` (both inclusive), in five statements whatever their number.

    Raises Survey.DoesNotExist."""
    asked = Survey.objects.get(pk=survey)
    questions = list(Question.objects.filter(survey=asked).order_by("sort"))
    within = Q(survey=asked, occurred_on__range=(since, until)) & (Q(district=district) if district else Q())
    (total,) = _lines(asked, questions, within, None) or [Line(None, _("전체"), 0, 0, NOTHING, {})]
    if by == "question":
        return Results(total, [_of_question(total, question) for question in questions])
    return Results(total, _lines(asked, questions, within, by))


def satisfaction(survey: str, *, since: dt.date, until: dt.date, district: str | None = None) -> Satisfaction:
    """The overall share of satisfied answers, as a figure. Raises Survey.DoesNotExist."""
    total = results(survey, since=since, until=until, district=district, by="question").total
    return Satisfaction(total.overall.satisfied, total.answered)


def first_day(survey: str) -> dt.date | None:
    """The earliest day of a service that was asked about."""
    return Invitation.objects.filter(survey=survey, unasked=False).aggregate(day=Min("occurred_on"))["day"]


def overview(surveys: Iterable[Survey]) -> dict[str, Line]:
    """Everything each survey ever found, by its code, in three statements."""
    by_code = {survey.pk: survey for survey in surveys}
    questions = list(Question.objects.filter(survey__in=by_code))
    counted = _counted(Q(survey__in=by_code), F("survey_id"))
    measured = _measured(Q(invitation__survey__in=by_code), F("invitation__survey_id"), questions)
    return {
        code: _line(code, str(survey), counted.get(code, (0, 0)), measured.get(code, {}), _Asking(survey, questions))
        for code, survey in by_code.items()
    }


def comments_waiting(surveys: Iterable[Survey]) -> dict[str, int]:
    """How many comments of each survey nobody has read."""
    rows = Comment.objects.filter(invitation__survey__in=surveys, state=Comment.State.PENDING, text__isnull=False)
    return dict(rows.values_list("invitation__survey").annotate(n=Count("pk")))


# --- Counting -----------------------------------------------------------------------------------------------

_Sums = dict[int, tuple[int, int, int]]  # question → answers, sum of their values, how many are satisfied


class _Asking(NamedTuple):
    survey: Survey
    questions: list[Question]  # its own, and perhaps those of others


def _lines(survey: Survey, questions: list[Question], within: Q, by: By | None) -> list[Line]:
    group = _group("", by)
    counted = _counted(within, group)
    measured = _measured(_of_answers(within), _group("invitation__", by), questions)
    names, asking = _names(by), _Asking(survey, questions)
    return [
        _line(key, _label(key, by, names), counted[key], measured.get(key, {}), asking)
        for key in sorted(counted, key=lambda key: (key is None, str(key)))
    ]


def _group(path: str, by: By | None) -> Any:
    if by == "district":
        return F(f"{path}district_id")
    return TruncMonth(f"{path}occurred_on") if by == "month" else Value(None, CharField())


def _of_answers(within: Q) -> Q:
    """The same condition on invitations, asked of answers."""
    return Q(invitation__in=Invitation.objects.filter(within))


def _counted(within: Q, group: Any) -> dict[Any, tuple[int, int]]:
    """How many were invited, and how many of them answered."""
    rows = Invitation.objects.filter(within, unasked=False).annotate(key=group).values("key").order_by("key")
    rows = rows.annotate(invited=Count("pk"), answered=Count("answered_at"))
    return {row["key"]: (row["invited"], row["answered"]) for row in rows}


def _measured(within: Q, group: Any, questions: list[Question]) -> dict[Any, _Sums]:
    kinds = {question.pk: question.kind for question in questions}
    rows = (
        Answer.objects.filter(within, invitation__answered_at__isnull=False)
        .annotate(key=group)
        .values("key", "question")
        .annotate(n=Count("pk"), total=Sum("value"), high=Count("pk", filter=Q(value__gte=SATISFIED)))
        .order_by("key", "question")
    )
    found: dict[Any, _Sums] = defaultdict(dict)
    for row in rows:
        high = row["high"] if kinds[row["question"]] == Question.Kind.SCALE else row["total"]
        found[row["key"]][row["question"]] = (row["n"], row["total"], high)
    return found


def _line(key: Any, label: str, counts: tuple[int, int], sums: _Sums, asking: _Asking) -> Line:
    invited, answered = counts
    shown, questions = answered >= asking.survey.min_shown, asking.questions
    scales = [sums[q.pk] for q in questions if q.kind == Question.Kind.SCALE and q.pk in sums]
    overall = _measure(tuple(map(sum, zip(*scales, strict=True))), shown=shown, scale=True)
    measures = {
        q.pk: _measure(sums[q.pk], shown=shown, scale=q.kind == Question.Kind.SCALE) for q in questions if q.pk in sums
    }
    return Line(key, label, invited, answered, overall, measures)


def _measure(sums: tuple[int, ...], *, shown: bool, scale: bool) -> Measure:
    if not sums:
        return NOTHING
    answers, total, high = sums
    if not shown:
        return Measure(answers, None, None)
    return Measure(answers, _round(Decimal(total) / answers) if scale else None, percent(high, answers))


def _of_question(total: Line, question: Question) -> Line:
    measure = total.questions.get(question.pk, NOTHING)
    return Line(question.pk, str(question), total.invited, total.answered, measure, {})


def _round(value: Decimal) -> Decimal:
    return value.quantize(_TENTH, ROUND_HALF_UP)


def _names(by: By | None) -> dict[str, District]:
    return District.objects.in_bulk() if by == "district" else {}


def _label(key: Any, by: By | None, names: dict[str, District]) -> str:
    if by == "district":
        return str(names[key]) if key else _("자치구 없음")
    return date_format(key, _("Y년 n월")) if by == "month" else _("전체")
