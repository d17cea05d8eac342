"""The officers' queue: which cases, in which order, how many, and who else they may be.

Everything here reads a bounded number of rows through an index: lists by (order_at, id) or (due_at, id) from where the
last page ended, counts up to a ceiling. So a page costs the same at ten thousand rows and at a million.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from itertools import starmap
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.roles import Actor
from programs.models import Application, Supplement
from programs.models.applications import IS_OPEN, State
from programs.workflow import StateInfo, state_info

PAGE = 50
COUNT_CEILING = 1_000
SOON_DAYS = 3
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_RUNNING = Q(state__in=[State.SUBMITTED, State.UNDER_REVIEW])  # the clock stands still during a supplement


@dataclass(frozen=True)
class Tab:
    label: Any
    rule: Callable[[dt.datetime], Q]
    newest_first: bool = False  # what is over is looked back at
    quiet: bool = False  # shown only where it was asked for


def _overdue(now: dt.datetime) -> Q:
    return IS_OPEN & _RUNNING & Q(due_at__lt=now)


def _due_soon(now: dt.datetime) -> Q:
    return IS_OPEN & _RUNNING & Q(due_at__gte=now, due_at__lt=now + dt.timedelta(days=SOON_DAYS))


def _in_state(state: State, **more: Any) -> Callable[[dt.datetime], Q]:
    return lambda now: IS_OPEN & Q(state=state, **more)


def _answered(now: dt.datetime) -> Q:
    """Supplemented, and not looked at since."""
    answered = Supplement.objects.filter(application=OuterRef("pk"), answered_at__isnull=False)
    return IS_OPEN & Q(state=State.UNDER_REVIEW, checked_at__isnull=True) & Q(Exists(answered))


TABS: dict[str, Tab] = {
    "open": Tab(_("전체 열린 건"), lambda now: IS_OPEN),
    "new": Tab(_("새 접수"), _in_state(State.SUBMITTED)),
    "review": Tab(_("검토 중"), _in_state(State.UNDER_REVIEW, checked_at__isnull=True)),
    "checked": Tab(_("적격 확인"), _in_state(State.UNDER_REVIEW, checked_at__isnull=False)),
    "supplement": Tab(_("보완 요청"), _in_state(State.SUPPLEMENT_REQUESTED)),
    "soon": Tab(_("기한 임박(D-3)"), _due_soon),
    "overdue": Tab(_("기한 지남"), _overdue),
    "decided": Tab(_("결정됨"), lambda now: ~IS_OPEN, newest_first=True),
    "answered": Tab(_("보완 완료"), _answered, quiet=True),
    "found": Tab(_("찾은 결과"), lambda now: Q(), newest_first=True, quiet=True),
}
SORTS = {"order": "order_at", "due": "due_at"}


@dataclass(frozen=True)
class QueueFilter:
    """What an officer asked the queue for. `find` is a column and the blind index (or receipt number) looked for."""

    tab: str = "open"
    sort: str = "order"
    program: str = ""
    call: int | None = None
    state: str = ""
    district: str = ""
    received_from: dt.date | None = None
    received_to: dt.date | None = None
    assignee: str = ""  # "me", "none" or a membership's id
    find: tuple[str, str] | None = None

    def for_log(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if value}

    @property
    def newest_first(self) -> bool:
        return TABS[self.tab].newest_first

    @property
    def key(self) -> str:
        """The column the list is ordered by, before id."""
        return "received_at" if self.newest_first else SORTS[self.sort]


@dataclass
class QueueRow:
    application: Application
    state: StateInfo
    flags: list[tuple[Any, str]] = field(default_factory=list)  # (label, tone)


@dataclass
class QueuePage:
    rows: list[QueueRow]
    previous: str | None
    next: str | None


def cases(actor: Actor, wanted: QueueFilter, now: dt.datetime) -> QuerySet[Application]:
    """The applications this officer sees under this filter, in no order yet."""
    return _narrowed(actor, wanted).filter(TABS[wanted.tab].rule(now))


def _narrowed(actor: Actor, wanted: QueueFilter) -> QuerySet[Application]:
    """The same in all tabs."""
    rows = Application.objects.visible_to(actor)
    exact = {"program": wanted.program, "call": wanted.call, "state": wanted.state, "district": wanted.district}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if wanted.received_from:
        rows = rows.filter(received_at__gte=_morning(wanted.received_from))
    if wanted.received_to:
        rows = rows.filter(received_at__lt=_morning(wanted.received_to + dt.timedelta(days=1)))
    if wanted.assignee == "none":
        rows = rows.filter(assignee__isnull=True)
    elif wanted.assignee == "me" and actor.membership:
        rows = rows.filter(assignee__in=_desks(actor.membership))
    elif wanted.assignee:
        rows = rows.filter(assignee=int(wanted.assignee))
    if wanted.find:
        column, value = wanted.find
        rows = rows.filter(**{column: value if column == "receipt_no" else bytes.fromhex(value)})
    return rows


def _desks(membership: Membership) -> list[int]:
    """Whose cases are "mine": a stand-in has those of the absent colleague before their eyes, too."""
    return [pk for pk in (membership.pk, membership.stands_in_for_id) if pk]


def _morning(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def page(actor: Actor, wanted: QueueFilter, now: dt.datetime, *, after: str = "", before: str = "") -> QueuePage:
    """Fifty cases from where another page ended; three statements whatever their number."""
    rows = cases(actor, wanted, now)
    backwards = bool(before)
    if at := _position(before or after):
        rows = rows.filter(_beyond(wanted, at, backwards=backwards))
    rows = _in_order(rows, wanted, backwards=backwards)
    found = list(rows.only(*_SHOWN)[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    if backwards:
        found.reverse()
    has_previous, has_next = (more, True) if backwards else (bool(at), more)
    return QueuePage(
        with_flags(found),
        _name(found[0], wanted) if found and has_previous else None,
        _name(found[-1], wanted) if found and has_next else None,
    )


_SHOWN = (
    "receipt_no", "state", "order_at", "received_at", "due_at", "checked_at", "clock_stopped_at", "closed_at",
    "version", "name", "phone", "program_id", "district_id", "assignee_id", "call_id", "person_index", "phone_index",
    "address_index",
)  # fmt: skip


def _in_order(rows: QuerySet[Application], wanted: QueueFilter, *, backwards: bool) -> QuerySet[Application]:
    sign = "-" if wanted.newest_first != backwards else ""
    return rows.order_by(f"{sign}{wanted.key}", f"{sign}id")


def _beyond(wanted: QueueFilter, at: tuple[dt.datetime, int], *, backwards: bool) -> Q:
    """Strictly after this place (or before it), written so that the index starts there."""
    key, way = wanted.key, "lt" if wanted.newest_first != backwards else "gt"
    moment, pk = at
    return Q(**{f"{key}__{way}e": moment}) & (Q(**{f"{key}__{way}": moment}) | Q(**{f"id__{way}": pk}))


def _name(row: Application, wanted: QueueFilter) -> str:
    return f"{(getattr(row, wanted.key) - _EPOCH) // dt.timedelta(microseconds=1)}-{row.pk}"


def _position(text: str) -> tuple[dt.datetime, int] | None:
    micros, _dash, pk = text.partition("-")
    if not (micros.isdigit() and pk.isdigit() and len(micros) <= 16 and len(pk) <= 18):
        return None
    return _EPOCH + dt.timedelta(microseconds=int(micros)), int(pk)


def following(actor: Actor, wanted: QueueFilter, done: Application, now: dt.datetime) -> Application | None:
    """The next open case after this one in the queue's order, else the first of those left."""
    rows = cases(actor, wanted, now).filter(IS_OPEN).exclude(pk=done.pk).only("receipt_no")
    ahead = rows.filter(_beyond(wanted, (getattr(done, wanted.key), done.pk), backwards=False))
    return _in_order(ahead, wanted, backwards=False).first() or _in_order(rows, wanted, backwards=False).first()


def assignee_names(rows: Iterable[QueueRow], colleagues: Iterable[Membership]) -> dict[int, str]:
    """Whose the cases are, by membership; only who is not among these colleagues (any more) is looked up."""
    names = {row.pk: str(row.user) for row in colleagues}
    assigned = {pk for row in rows if (pk := row.application.assignee_id)}
    if others := assigned - names.keys():
        found = Membership.objects.filter(pk__in=others).select_related("user")
        names |= {row.pk: str(row.user) for row in found}
    return names


def shown_tabs(wanted: QueueFilter) -> list[str]:
    return [name for name, tab in TABS.items() if not tab.quiet or name == wanted.tab]


def tab_counts(actor: Actor, wanted: QueueFilter, now: dt.datetime) -> dict[str, int]:
    """How many cases each tab holds, counted up to the ceiling and one more; in one statement.

    The decided are counted only where nothing narrows them: a rare combination would have to be searched for in all
    of them. What is looked for by blind index is always few."""
    names = shown_tabs(wanted)
    if not wanted.find and wanted != QueueFilter(tab=wanted.tab, sort=wanted.sort, district=wanted.district):
        names.remove("decided")
    rows = _narrowed(actor, wanted)
    return bounded_counts({name: rows.filter(TABS[name].rule(now)) for name in names})


def bounded_counts(querysets: dict[str, QuerySet[Any]]) -> dict[str, int]:
    """Each query's number of rows, or one more than the ceiling; one statement for all."""
    parts: list[str] = []
    params: list[Any] = []
    for rows in querysets.values():
        try:
            sql, values = rows.order_by().values("pk")[: COUNT_CEILING + 1].query.sql_with_params()
        except EmptyResultSet:
            parts.append("0")
            continue
        parts.append(f"(SELECT count(*) FROM ({sql}) AS bounded)")  # noqa: S608 - Django's own SQL
        params.extend(values)
    if not parts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        return dict(zip(querysets, cursor.fetchone(), strict=True))


def shown_count(number: int) -> str:
    return f"{COUNT_CEILING:,}+" if number > COUNT_CEILING else f"{number:,}"


_NOT_HELPED = {
    State.REJECTED, State.RETURNED, State.WITHDRAWN, State.SELECTION_CANCELLED, State.WAITLISTED, State.OFFERED,
}  # fmt: skip
_TWINS_AT_MOST = 500


def with_flags(applications: list[Application]) -> list[QueueRow]:
    """The page's rows with what makes each suspicious: the same person, phone or address elsewhere; helped before.

    One query over the page's blind indexes, in all districts: an officer is told that there is one, not whose."""
    twins = _twins(applications)
    return [QueueRow(application, state_info(application), _flags(application, twins)) for application in applications]


Index = bytes | memoryview | None  # a blind index as the field is typed


class _Twin(NamedTuple):
    """What is asked of an application that shares an index with one of the page."""

    pk: int
    state: str
    closed_at: dt.datetime | None
    decided_at: dt.datetime | None
    person_index: Index
    phone_index: Index
    address_index: Index


@dataclass
class _Twins:
    """Cases that share an index with a case of the page, by that index."""

    persons: dict[Index, list[_Twin]] = field(default_factory=lambda: defaultdict(list))
    phones: dict[Index, list[_Twin]] = field(default_factory=lambda: defaultdict(list))
    addresses: dict[Index, list[_Twin]] = field(default_factory=lambda: defaultdict(list))


def _twins(applications: Iterable[Application]) -> _Twins:
    found = _Twins()
    known = [row for row in applications if row.person_index]
    if not known:
        return found
    persons = {row.person_index for row in known}
    rows = (
        Application.objects.filter(
            Q(person_index__in=persons)
            | Q(phone_index__in={row.phone_index for row in known})
            | Q(address_index__in={row.address_index for row in known})
        )
        # Only the same person's past counts; a phone or an address matters while the other case is alive.
        .filter(Q(closed_at__isnull=True) | Q(decided_at__isnull=False, person_index__in=persons))
        .order_by()
        .values_list("pk", "state", "closed_at", "decided_at", "person_index", "phone_index", "address_index")
    )
    for row in starmap(_Twin, rows[:_TWINS_AT_MOST]):
        found.persons[row.person_index].append(row)
        found.phones[row.phone_index].append(row)
        found.addresses[row.address_index].append(row)
    return found


def was_helped(application: Application | _Twin) -> bool:
    return application.decided_at is not None and application.state not in _NOT_HELPED


def _flags(application: Application, twins: _Twins) -> list[tuple[Any, str]]:
    same = [twin for twin in twins.persons.get(application.person_index, ()) if twin.pk != application.pk]
    flags: list[tuple[Any, str]] = []
    if any(was_helped(twin) for twin in same):
        flags.append((_("이미 지원"), "danger"))
    if any(twin.closed_at is None and not was_helped(twin) for twin in same):
        flags.append((_("같은 사람"), "danger"))
    if _is_shared(application, twins.phones.get(application.phone_index, ())):
        flags.append((_("같은 전화"), "warning"))
    if _is_shared(application, twins.addresses.get(application.address_index, ())):
        flags.append((_("같은 주소"), "warning"))
    return flags


def _is_shared(application: Application, twins: Iterable[_Twin]) -> bool:
    """Whether another person's living case has it, too."""
    return any(twin.closed_at is None and twin.person_index != application.person_index for twin in twins)
