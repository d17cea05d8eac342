"""The registry of figures: every number the city states, by name.

A figure takes `as_of` (a day, inclusive until 24:00 in Seoul), `known_at` (what had been recorded by then) and,
optionally, a district and a programme; it gives a number and, on demand, the rows it counted. Numbers are int or
Decimal, never float; None where there is nothing to divide by.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from programs import registry
from programs.models import Objection
from programs.models.applications import State
from programs.models.catalogue import DistrictCall, QuotaMove
from reports import ledger, own_figures, statements, terms_figures
from reports.facts import OPEN, OVERDUE
from reports.questions import Kept, NotAFlow, NotReproducible, Number, Question, Text, UnknownFigure
from reports.selectors import Fact, deadlines_were_recorded, facts_as_of


class Counted:
    """What a figure counts: some facts once, some taken off again."""

    def signed(self, facts: Iterable[Fact], district: str | None) -> Iterator[tuple[int, Fact]]:
        """(1 or -1, fact), of one district or of all."""
        raise NotImplementedError

    def count(self, facts: Iterable[Fact], district: str | None = None) -> int:
        return sum(sign * fact.n for sign, fact in self.signed(facts, district))

    def digest(self, facts: Iterable[Fact], district: str | None = None) -> int:
        """The sum of the hashes of the rows' ids, not yet cut to 256 bits (reports.rows.Rows)."""
        return sum(sign * fact.digest for sign, fact in self.signed(facts, district))


@dataclass(frozen=True)
class Events(Counted):
    """A flow: events that happened. Empty tuples do not restrict."""

    actions: tuple[str, ...] = ()
    from_states: tuple[str, ...] = ()
    not_to_states: tuple[str, ...] = ()

    def signed(self, facts: Iterable[Fact], district: str | None) -> Iterator[tuple[int, Fact]]:
        return ((1, fact) for fact in self.of(facts, district))

    def of(self, facts: Iterable[Fact], district: str | None = None) -> list[Fact]:
        """The facts it counts; an event counts for the district it happened in."""
        return [fact for fact in facts if self._matches(fact) and district in (None, fact.district)]

    def _matches(self, fact: Fact) -> bool:
        return (
            (not self.actions or fact.action in self.actions)
            and (not self.from_states or fact.from_state in self.from_states)
            and fact.to_state not in self.not_to_states
        )


@dataclass(frozen=True)
class Standing(Counted):
    """A stock: cases then standing in one of these states — what came in less what went out, transfers between
    districts included."""

    states: tuple[str, ...]

    def signed(self, facts: Iterable[Fact], district: str | None) -> Iterator[tuple[int, Fact]]:
        for fact in facts:
            if fact.to_state in self.states and district in (None, fact.district):
                yield 1, fact
            if fact.from_state in self.states and district in (None, fact.from_district or fact.district):
                yield -1, fact


@dataclass(frozen=True)
class Figure:
    """`measure` computes the value from the facts of the question; `counted` says which rows stand behind it:
    Events, Standing, the name of a table of its own ("objections", "places"), or what is Kept elsewhere."""

    name: str
    label: Text
    unit: Text
    query: Text  # in words: what is counted, from when on, of which district
    measure: Callable[[list[Fact], Question], Number] = field(repr=False)
    counted: Events | Standing | Kept | str
    program: str | None = None  # a programme's own figure counts that programme alone

    @property
    def is_flow(self) -> bool:
        """Whether it counts what happened over days, and so can be asked `since` a day."""
        return self.counted.is_flow if isinstance(self.counted, Kept) else isinstance(self.counted, Events)


RECEIVED = Events(actions=("submit",))
DECIDED = Events(from_states=OPEN, not_to_states=(*OPEN, State.WITHDRAWN.value))
SUPPLEMENTS = Events(actions=("request_supplement",))
LATE = Standing((OVERDUE,))
UNDECIDED = Standing(OPEN)


def holding_states() -> tuple[str, ...]:
    """The states of all programmes that use one of a district's places."""
    return tuple(sorted({s.code for p in registry.programmes() for s in p.workflow.states.values() if s.holds_place}))


def rate(part: int, whole: int) -> Decimal | None:
    """Percent, to one decimal."""
    return (Decimal(part) * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP) if whole else None


def _counting(counted: Events | Standing) -> Callable[[list[Fact], Question], Number]:
    return lambda facts, question: counted.count(facts, question.district)


def overdue_is_answerable(question: Question) -> bool:
    """Whether the deadline of every case then waiting was recorded: without `known_at`, as it became later will do."""
    return question.known_at is None or deadlines_were_recorded(
        until=question.until, known_at=question.known_at, program=question.program, district=question.district
    )


def check_overdue(question: Question) -> None:
    """Raises NotReproducible where the answer would rest on a deadline nobody recorded."""
    if not overdue_is_answerable(question):
        raise NotReproducible(
            _("처리 중이던 건 가운데 처리기한이 기록되지 않은 것이 있어 셀 수 없습니다. 알려진 때를 비우십시오.")
        )


def _overdue(facts: list[Fact], question: Question) -> int:
    check_overdue(question)
    return LATE.count(facts, question.district)


def on_time_rate(facts: list[Fact], question: Question) -> Number:
    decided = DECIDED.of(facts, question.district)
    return rate(sum(f.on_time for f in decided), sum(f.n for f in decided))


def processing_days(facts: list[Fact], question: Question) -> Number:
    decided = DECIDED.of(facts, question.district)
    cases = sum(f.n for f in decided)
    if not cases:
        return None
    return (Decimal(sum(f.working_days for f in decided)) / cases).quantize(Decimal("0.1"), ROUND_HALF_UP)


def supplement_rate(facts: list[Fact], question: Question) -> Number:
    return rate(SUPPLEMENTS.count(facts, question.district), RECEIVED.count(facts, question.district))


def places_used(facts: list[Fact], question: Question) -> int:
    return Standing(holding_states()).count(facts, question.district)


def _places(facts: list[Fact], question: Question) -> int:
    return sum(places_by_district(question).values())


def _places_rate(facts: list[Fact], question: Question) -> Number:
    return rate(places_used(facts, question), _places(facts, question))


def _objections(facts: list[Fact], question: Question) -> int:
    return objections(question).count()


def district_calls(question: Question) -> Q:
    """The districts' shares of the calls that had opened by the end of the as-of day."""
    asked = Q(call__opens_at__lt=question.until)
    if question.district:
        asked &= Q(district=question.district)
    if question.program:
        asked &= Q(call__program=question.program)
    return asked


def places_by_district(question: Question) -> dict[str, int]:
    """Places (모집인원) as of the day: today's quotas, with the moves made since taken back."""
    moment = min(question.until, question.known_at) if question.known_at else question.until
    shares = DistrictCall.objects.filter(district_calls(question))
    places: dict[int, list] = {
        pk: [district, quota] for pk, district, quota in shares.values_list("pk", "district", "quota")
    }
    later = QuotaMove.objects.filter(moved_at__gte=moment)
    for source, target, moved in later.values_list("source", "target").annotate(moved=Sum("places")):
        if source in places:
            places[source][1] += moved
        if target in places:
            places[target][1] -= moved
    totals: dict[str, int] = {}
    for district, quota in places.values():
        totals[district] = totals.get(district, 0) + quota
    return totals


def objections(question: Question) -> QuerySet[Objection]:
    """Objections filed by the end of the as-of day."""
    rows = Objection.objects.filter(filed_at__lt=question.until)
    if question.known_at:
        rows = rows.filter(filed_at__lte=question.known_at)
    if question.district:
        rows = rows.filter(application__district=question.district)
    if question.program:
        rows = rows.filter(application__program=question.program)
    return rows


def _portal_figures() -> list[Figure]:
    cases, percent = _("건"), "%"
    places = Standing(holding_states())
    return [
        Figure("portal.applications", _("신청 접수"), cases, _("기준일까지 접수된 신청"),
               _counting(RECEIVED), RECEIVED),
        Figure("portal.decided", _("처리 완료"), cases,
               _("기준일까지 선정·대기·미선정·반려로 결정된 신청(취하 제외)"), _counting(DECIDED), DECIDED),
        Figure("portal.open", _("처리 중"), cases, _("기준일에 접수·검토 중·보완 요청 상태인 신청"),
               _counting(UNDECIDED), UNDECIDED),
        Figure("portal.overdue", _("기한 지남"), cases,
               _("기준일에 처리 중이면서 그때의 처리기한이 지난 신청(보완 기간은 기한이 멈춤)"),
               _overdue, LATE),
        Figure("portal.on_time_rate", _("처리기한 준수율"), percent,
               _("기준일까지 결정된 신청 가운데 처리기한 안에 결정된 비율"), on_time_rate, DECIDED),
        Figure("portal.processing_days", _("평균 처리일"), _("근무일"),
               _("기준일까지 결정된 신청의 접수일부터 결정일까지 근무일 평균(보완 기간 포함)"),
               processing_days, DECIDED),
        Figure("portal.supplements", _("보완 요청"), cases, _("기준일까지 보낸 보완 요청"),
               _counting(SUPPLEMENTS), SUPPLEMENTS),
        Figure("portal.supplement_rate", _("보완 요청률"), percent,
               _("기준일까지 접수 100건에 대한 보완 요청 건수"), supplement_rate, SUPPLEMENTS),
        Figure("portal.places", _("모집인원"), _("명"),
               _("기준일까지 접수를 시작한 모집의 자치구 모집인원 합계(이후의 배정 조정은 되돌려 계산)"),
               _places, "places"),
        Figure("portal.places_used", _("선정 인원"), _("명"),
               _("기준일에 모집인원을 쓰고 있는 신청(선정·승계 확인 중 등)"),
               _counting(places), places),
        Figure("portal.places_rate", _("모집인원 대비 선정률"), percent,
               _("기준일의 선정 인원을 모집인원으로 나눈 비율"), _places_rate, places),
        Figure("portal.objections", _("이의신청"), cases, _("기준일까지 제기된 이의신청"), _objections, "objections"),
    ]  # fmt: skip


def state_labels() -> dict[str, Text]:
    """Every state of every programme's workflow, in the order they are declared."""
    return {s.code: s.label for p in registry.programmes() for s in p.workflow.states.values()}


def _state_figures() -> list[Figure]:
    return [
        Figure(
            f"state.{code}",
            label,
            _("건"),
            _("기준일에 이 상태인 신청"),
            _counting(Standing((code,))),
            Standing((code,)),
        )
        for code, label in state_labels().items()
    ]


def _programme_figures() -> list[Figure]:
    made = []
    for programme in registry.programmes():
        for spec in programme.figures:
            counted = Events(actions=spec.actions) if spec.kind == "flow" else Standing(spec.states)
            query = _("기준일까지 일어난 처리") if spec.kind == "flow" else _("기준일에 그 상태인 신청")
            made.append(
                Figure(spec.name, spec.label, spec.unit, query, _counting(counted), counted, program=programme.code)
            )
    return made


def _kept_elsewhere() -> list[Figure]:
    """What programmes count of their own, of the budget, of terms, and what staff state with a source."""
    specs = (*own_figures.specs(), *ledger.SPECS, *terms_figures.specs(), *statements.specs())
    return [_figure_of(spec) for spec in specs]


def _figure_of(spec: ledger.Spec) -> Figure:
    return Figure(spec.name, spec.label, spec.unit, spec.query, _of_itself(spec.kept), spec.kept)


def _of_itself(kept: Kept) -> Callable[[list[Fact], Question], Number]:
    return lambda facts, question: kept.answer(question)[0]


def all_figures() -> list[Figure]:
    """Of the whole portal first, then by state, then of each programme, as registered, then what is kept elsewhere.

    A programme's own figure stands before a statement of the same name."""
    figures: dict[str, Figure] = {}
    for figure in _portal_figures() + _state_figures() + _programme_figures() + _kept_elsewhere():
        figures.setdefault(figure.name, figure)
    return list(figures.values())


def get(name: str) -> Figure:
    """Raises UnknownFigure, with the names there are."""
    declared = (f for f in (*_portal_figures(), *_state_figures(), *_programme_figures()) if f.name == name)
    if figure := next(declared, None) or _kept(name):
        return figure
    names = ", ".join(figure.name for figure in all_figures())
    raise UnknownFigure(_("‘%(name)s’ 지표가 없습니다. 있는 지표: %(names)s") % {"name": name, "names": names})


def _kept(name: str) -> Figure | None:
    """The figure of this name that is not declared here; only where it would be is looked."""
    found = own_figures.spec_of(name)
    if found is not None:
        return _figure_of(found)
    if name.startswith("budget."):
        found = next((spec for spec in ledger.SPECS if spec.name == name), None)
    elif name.startswith(terms_figures.PREFIX):
        found = next((spec for spec in terms_figures.specs() if spec.name == name), None)
    else:
        found = statements.spec_of(name)
    return _figure_of(found) if found else None


def narrowed(figure: Figure, question: Question) -> Question:
    """The question with the programme a programme's own figure counts. Raises NotAFlow."""
    if question.since and not figure.is_flow:
        raise NotAFlow(_("기준일 현재의 상태를 세는 지표라 기간으로 나눌 수 없습니다. 시작일을 비우십시오."))
    return replace(question, program=figure.program) if figure.program else question


def facts_of(question: Question, *, with_digest: bool = False) -> list[Fact]:
    """What a figure is measured from: everything up to the as-of day, less what was before `since`."""
    before = question.since - dt.timedelta(days=1) if question.since else None
    facts = facts_as_of(
        [before, question.as_of] if before else [question.as_of],
        known_at=question.known_at,
        programs=[question.program] if question.program else None,
        district=question.district,
        with_digest=with_digest,
    )
    return [fact.negated() if fact.day == before else fact for fact in facts]


def value_of(figure: Figure, question: Question) -> Number:
    """The figure's number. Raises Unanswerable."""
    question = narrowed(figure, question)
    if isinstance(figure.counted, Kept):
        return figure.counted.answer(question)[0]
    return figure.measure(facts_of(question), question)
