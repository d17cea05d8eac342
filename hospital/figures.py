"""The escort's figures, from what only grows: events of trips, payments, unmet demand. Never from a trip's state, so a
day as it was known at a moment gives the same for ever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any

from django.db import connection
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.access_log import Action as Logged
from accounts.access_log import record_access
from accounts.models.access import Purpose as Why
from accounts.roles import Actor, Role
from accounts.templatetags.ui import kmoment, won
from hospital.listed import ABOUT
from hospital.models import Payment, Purpose, TripEvent, UnmetDemand
from hospital.surveying import SURVEY
from programs.own_figures import Asked, OwnFigure, RowTable, Statement

Action = TripEvent.Action
CANCELLED = (Action.CANCEL, Action.LATE_CANCEL)
# Their rows as files (hospital.figure_exports). What is logged about trips begins so (hospital.listed).
EVENT_ROWS, PAYMENT_ROWS, UNMET_ROWS = "trips-of-figure", "trips-paid-of-figure", "unmet-of-figure"


# --- What is counted -----------------------------------------------------------------------
def _moment(asked: Asked, alias: str, column: str, district: str) -> tuple[list[str], dict[str, Any]]:
    """Conditions every statement has: by the end of the day, from the first on, as known, of the district."""
    conditions = [f"{alias}.{column} < %(until)s"]
    parameters: dict[str, Any] = {"until": asked.until}
    if asked.begins:
        conditions.append(f"{alias}.{column} >= %(begins)s")
        parameters["begins"] = asked.begins
    if asked.known_at:
        conditions.append(f"({alias}.synthetic OR {alias}.recorded_at <= %(known_at)s)")
        parameters["known_at"] = asked.known_at
    if asked.district:
        conditions.append(f"{district} = %(district)s")
        parameters["district"] = asked.district
    return conditions, parameters


def events(*actions: str, also: str = "TRUE") -> Callable[[Asked], Statement]:
    """Events of these actions; `also` is one more condition on an event `e`, of our own words."""

    def statement(asked: Asked) -> Statement:
        conditions, parameters = _moment(asked, "e", "occurred_at", "e.district_id")
        where = " AND ".join((*conditions, f"e.action IN ({_quoted(*actions)})", f"({also})"))
        return (
            "SELECT e.id, e.occurred_at AS at, e.trip_id, e.purpose, e.district_id AS district "  # noqa: S608 - our own words
            f"FROM hospital_tripevent e WHERE {where}"
        ), parameters

    return statement


def _quoted(*actions: str) -> str:
    return ", ".join(f"'{action}'" for action in actions)


def payments(asked: Asked) -> Statement:
    conditions, parameters = _moment(asked, "p", "paid_at", "t.district_id")
    return (
        "SELECT p.id, p.paid_at AS at, p.amount FROM hospital_payment p "  # noqa: S608 - our own words
        f"JOIN hospital_trip t ON t.id = p.fee_id WHERE {' AND '.join(conditions)}"
    ), parameters


def unmet(also: str = "TRUE") -> Callable[[Asked], Statement]:
    """Demand that was not met; `also` is one more condition on a row `u`, of our own words. A refused booking that was
    changed and then made (its key is the trip's) was met after all."""

    def statement(asked: Asked) -> Statement:
        conditions, parameters = _moment(asked, "u", "occurred_at", "u.district_id")
        booked = "SELECT FROM hospital_trip b WHERE b.booking_key = u.key AND b.requested_at < %(until)s"
        known = " AND (b.synthetic OR b.requested_at <= %(known_at)s)" if asked.known_at else ""
        conditions.append(f"NOT EXISTS ({booked}{known})")
        return (
            "SELECT u.id, u.occurred_at AS at, u.purpose, u.district_id AS district "  # noqa: S608 - our own words
            f"FROM hospital_unmetdemand u WHERE {' AND '.join((*conditions, f'({also})'))}"
        ), parameters

    return statement


REQUESTS, SERVED, UNMET_DEMAND = events(Action.BOOK), events(Action.FINISH), unmet()
EXEMPT = events(
    Action.FINISH, also="EXISTS (SELECT FROM hospital_trip x WHERE x.id = e.trip_id AND x.free_kind <> '')"
)


@dataclass(frozen=True)
class SameDay:
    """Same-day requests: those that wanted to be met (neither cancelled by their person, nor with nobody at the door),
    and those of them that were met in time. Counted trip by trip: a time that was put right counts as it is now."""

    also: str = "TRUE"

    def wanted(self, asked: Asked) -> Statement:
        dropped = _since(asked, f"x.action IN ({_quoted(*CANCELLED, Action.NO_SHOW)})")
        return events(Action.BOOK, also=f"e.kind = 'now' AND {self.also} AND NOT EXISTS ({dropped})")(asked)

    def in_time(self, asked: Asked) -> Statement:
        sql, parameters = self.wanted(asked)
        last = _since(asked, "x.in_time IS NOT NULL").replace("SELECT FROM", "SELECT x.in_time FROM")
        return f"{sql} AND ({last} ORDER BY x.id DESC LIMIT 1)", parameters

    def rate(self, asked: Asked) -> Decimal | None:
        """Of those that wanted to be met, the share met in time."""
        return rate(counting(self.in_time)(asked), counting(self.wanted)(asked))


def _since(asked: Asked, condition: str) -> str:
    """Further events `x` of the trip of an event `e`, as far as they are known."""
    known = " AND (x.synthetic OR x.recorded_at <= %(known_at)s)" if asked.known_at else ""
    return (
        "SELECT FROM hospital_tripevent x WHERE x.trip_id = e.trip_id "
        f"AND x.occurred_at < %(until)s AND {condition}{known}"
    )


SAME_DAY = SameDay()


# --- Values --------------------------------------------------------------------------------
def _one(select: str, statement: Callable[[Asked], Statement], asked: Asked) -> int:
    sql, parameters = statement(asked)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {select} FROM ({sql}) counted", parameters)  # noqa: S608 - our own words
        return int(cursor.fetchone()[0] or 0)


def counting(statement: Callable[[Asked], Statement]) -> Callable[[Asked], int]:
    return lambda asked: _one("count(*)", statement, asked)


def rate(part: int, whole: int) -> Decimal | None:
    """Percent, to one decimal."""
    return (Decimal(part) * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP) if whole else None


def _people(having: str, asked: Asked) -> int:
    sql, parameters = SERVED(asked)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT t.service_user_id FROM ({sql}) counted "  # noqa: S608 - our own words
            f"JOIN hospital_trip t ON t.id = counted.trip_id GROUP BY t.service_user_id HAVING {having}) people",
            parameters,
        )
        return int(cursor.fetchone()[0])


def answers(asked: Asked) -> Statement:
    """Answers on the escort's survey, by when they were given; an answer never changes."""
    conditions = ["i.survey_id = %(survey)s", "i.answered_at < %(until)s"]
    parameters: dict[str, Any] = {"survey": SURVEY, "until": asked.until}
    if asked.begins:
        conditions.append("i.answered_at >= %(begins)s")
        parameters["begins"] = asked.begins
    if asked.known_at:
        conditions.append("(i.synthetic OR i.answered_at <= %(known_at)s)")
        parameters["known_at"] = asked.known_at
    if asked.district:
        conditions.append("i.district_id = %(district)s")
        parameters["district"] = asked.district
    where = " AND ".join(conditions)
    return f"SELECT i.id, i.answered_at AS at FROM surveys_invitation i WHERE {where}", parameters  # noqa: S608


def satisfaction(asked: Asked) -> Decimal | None:
    """Of all answers on scales the share of 4 and 5; None where too few answered for it to be shown."""
    sql, parameters = answers(asked)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE a.value >= 4), count(*), count(DISTINCT a.invitation_id), "  # noqa: S608
            f"(SELECT min_shown FROM surveys_survey WHERE code = %(survey)s) FROM ({sql}) counted "
            "JOIN surveys_answer a ON a.invitation_id = counted.id "
            "JOIN surveys_question q ON q.id = a.question_id AND q.kind = 'scale'",
            parameters,
        )
        satisfied, given, people, least = cursor.fetchone()
    return rate(satisfied, given) if people >= (least or 0) else None


# --- Rows ----------------------------------------------------------------------------------
def _event_lines(actor: Actor, ids: list[int]) -> dict[int, list[str]]:
    rows = TripEvent.objects.visible_to(actor).filter(pk__in=ids).select_related("trip", "district")
    found = {row.pk: row for row in rows}
    if found:
        trips = sorted({row.trip_id for row in found.values()})
        record_access(actor, Logged.LIST, about=ABOUT, ids=trips, purpose=Why.REPORTING)
    return {
        pk: [row.trip.number, str(row.district), row.get_action_display(), str(row.trip.get_purpose_display()),
             str(row.trip.get_kind_display()), kmoment(row.occurred_at)]
        for pk, row in found.items()
    }  # fmt: skip


def _payment_lines(actor: Actor, ids: list[int]) -> dict[int, list[str]]:
    rows = Payment.objects.visible_to(actor).filter(pk__in=ids).select_related("fee__trip__district")
    found = {row.pk: row for row in rows}
    if found:
        trips = sorted({row.fee_id for row in found.values()})
        record_access(actor, Logged.LIST, about=ABOUT, ids=trips, purpose=Why.REPORTING)
    return {
        pk: [row.fee.trip.number, str(row.fee.trip.district), won(row.amount), row.get_method_display(),
             kmoment(row.paid_at)]
        for pk, row in found.items()
    }  # fmt: skip


def _unmet_lines(actor: Actor, ids: list[int]) -> dict[int, list[str]]:
    rows = UnmetDemand.objects.visible_to(actor).filter(pk__in=ids).select_related("district", "trip")
    return {
        row.pk: [row.trip.number if row.trip else "–", str(row.district or "–"), row.get_reason_display(),
                 row.get_purpose_display() or "–", kmoment(row.occurred_at)]
        for row in rows
    }  # fmt: skip


def _answer_lines(actor: Actor, ids: list[int]) -> dict[int, list[str]]:
    """That they are there, and no more: nobody is told who answered what."""
    return {pk: [str(_("응답자와 답은 밝히지 않습니다"))] for pk in ids}


ANSWERS = RowTable("survey-answers", (_("응답"),), _answer_lines)
EVENTS = RowTable(
    "trip-events",
    (_("예약번호"), _("자치구"), _("처리"), _("목적"), _("구분"), _("일어난 때")),
    _event_lines,
    export=EVENT_ROWS,
)
PAYMENTS = RowTable(
    "trip-payments",
    (_("예약번호"), _("자치구"), _("금액"), _("결제 방법"), _("납부일시")),
    _payment_lines,
    export=PAYMENT_ROWS,
)
UNMET = RowTable(
    "unmet-demand",
    (_("예약번호"), _("자치구"), _("사유"), _("목적"), _("일어난 때")),
    _unmet_lines,
    export=UNMET_ROWS,
)

_CASES, _PEOPLE = _("건"), _("명")
READERS = (Role.DISPATCHER, Role.CITY_OFFICER, Role.COUNCIL_READER)
_figure = partial(OwnFigure, page="hospital:figures", readers=READERS)

WHOLE = (
    _figure("hospital_escort.requests", _("병원동행 신청"), _CASES, _("기준일까지 예약된 동행(거절된 신청 제외)"),
            EVENTS, REQUESTS, counting(REQUESTS), on_dashboard=True),
    _figure("hospital_escort.served", _("병원동행 제공"), _CASES, _("기준일까지 귀가까지 마친 동행"),
            EVENTS, SERVED, counting(SERVED), on_dashboard=True),
    _figure("hospital_escort.within_3h_rate", _("당일 신청 3시간 안 도착률"), "%",
            _("기준일까지의 당일 신청(본인이 취소하거나 현장에 없던 것 제외) 가운데 도착 기한 안에 만난 비율"),
            EVENTS, SAME_DAY.wanted, SAME_DAY.rate, on_dashboard=True),
    _figure("hospital_escort.unmet", _("병원동행 미제공"), _CASES,
            _("기준일까지 사유와 함께 기록된, 제공하지 못한 수요(예약할 때 거절된 것 포함, 고쳐서 예약한 것 제외)"),
            UNMET, UNMET_DEMAND, counting(UNMET_DEMAND), on_dashboard=True),
    _figure("hospital_escort.cancelled", _("병원동행 취소"), _CASES, _("기준일까지 취소된 동행(늦은 취소 포함)"),
            EVENTS, events(*CANCELLED), counting(events(*CANCELLED))),
    _figure("hospital_escort.no_shows", _("병원동행 현장 취소·부재"), _CASES,
            _("기준일까지 현장에서 만나지 못한 동행"),
            EVENTS, events(Action.NO_SHOW), counting(events(Action.NO_SHOW))),
    _figure("hospital_escort.users", _("병원동행 이용자"), _PEOPLE, _("기준일까지 동행을 마친 사람 수"),
            EVENTS, SERVED, lambda asked: _people("count(*) >= 1", asked)),
    _figure("hospital_escort.repeat_users", _("병원동행 재이용자"), _PEOPLE,
            _("기준일까지 두 번 이상 동행을 마친 사람 수"), EVENTS, SERVED,
            lambda asked: _people("count(*) >= 2", asked)),
    _figure("hospital_escort.exempt", _("병원동행 무료 이용"), _CASES, _("기준일까지 증빙으로 이용료가 면제된 동행"),
            EVENTS, EXEMPT, counting(EXEMPT)),
    _figure("hospital_escort.satisfaction", _("병원동행 만족도"), "%",
            _("기준일까지 답한 만족도 조사의 다섯 단계 응답 가운데 4·5점의 비율"), ANSWERS, answers, satisfaction),
    _figure("hospital_escort.fee_income", _("병원동행 이용료 수입"), _("원"),
            _("기준일까지 받은 이용료와 위약금에서 돌려드린 것을 뺀 금액"),
            PAYMENTS, payments, lambda asked: _one("sum(amount)", payments, asked)),
)  # fmt: skip


def of_purpose(name: str, purpose: Purpose) -> str:
    """The name of the figure of one purpose."""
    return f"hospital_escort.{name}.{purpose}"


def _of_purpose(purpose: Purpose) -> list[OwnFigure]:
    """The same for those who go for one purpose, so that each number of a table by purpose has its rows."""
    only = f"e.purpose = '{purpose}'"
    same_day, missed = SameDay(only), unmet(f"u.purpose = '{purpose}'")
    counted = {
        "requests": events(Action.BOOK, also=only),
        "served": events(Action.FINISH, also=only),
        "within_3h_rate": same_day.wanted,
        "unmet": missed,
    }
    whole = {figure.name: figure for figure in WHOLE}
    return [
        replace(
            whole[f"hospital_escort.{name}"],
            name=of_purpose(name, purpose),
            label=format_lazy("{} · {}", whole[f"hospital_escort.{name}"].label, purpose.label),
            query=format_lazy("{} · {}", whole[f"hospital_escort.{name}"].query, purpose.label),
            statement=statement,
            measure=same_day.rate if name == "within_3h_rate" else counting(statement),
            on_dashboard=False,
        )
        for name, statement in counted.items()
    ]


FIGURES = (*WHOLE, *(figure for purpose in Purpose for figure in _of_purpose(purpose)))
