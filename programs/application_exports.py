"""Applications as a download: what the queue shows under the same filter, one row an application."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.masking import format_phone, mask_name, mask_phone
from accounts.models import District
from accounts.models.people import Tenure
from accounts.roles import DISTRICT_STAFF, Actor, Role
from accounts.workbooks import Column
from programs import registry
from programs.exports import Exportable, register
from programs.forms.queue import filter_of
from programs.models import Application, Call, Program
from programs.models.applications import Channel
from programs.selectors.queue import TABS, QueueFilter, cases

# What an address of the queue may carry over; what is searched for stands in it as a blind index.
FILTER_KEYS = (
    "tab", "sort", "program", "call", "state", "district", "assignee", "received_from", "received_to", "find",
)  # fmt: skip


def _wanted(actor: Actor, chosen: dict[str, str]) -> QueueFilter:
    query = QueryDict(mutable=True)
    query.update(chosen)
    return filter_of(query, actor)[0]


def select(actor: Actor, chosen: dict[str, str]) -> QuerySet[Application]:
    wanted = _wanted(actor, chosen)
    sign = "-" if wanted.newest_first else ""
    return cases(actor, wanted, timezone.now()).order_by(f"{sign}{wanted.key}", f"{sign}id")


def _state_labels() -> dict[str, str]:
    return {
        code: str(info.label)
        for programme in registry.programmes()
        for code, info in programme.workflow.states.items()
    }


def _labels(choices: Any) -> Any:
    found = {value: str(label) for value, label in choices}
    return lambda value: found.get(value, value)


def _yes(value: Any) -> str:
    return "O"


def _yes_or_no(value: bool) -> str:
    return "O" if value else "X"


def columns(unmasked: bool, chosen: dict[str, str]) -> tuple[Column, ...]:
    """The case, the person (masked unless `unmasked`), and what the programmes of this filter asked."""
    person = _whole_person() if unmasked else _masked_person()
    return (*_case(), *person, *_answers(chosen, unmasked=unmasked))


def _case() -> tuple[Column, ...]:
    states = _state_labels()
    return (
        Column(_("접수번호"), "receipt_no", width=18),
        Column(_("사업"), "program__name", width=20),
        Column(_("모집공고"), "call__title", width=30),
        Column(_("자치구"), "district__name_ko", width=10),
        Column(_("접수 경로"), "channel", _labels(Channel.choices), width=10),
        Column(_("상태"), "state", lambda code: states.get(code, code), width=12),
        Column(_("접수일시"), "received_at", width=17),
        Column(_("처리기한"), "due_at", width=17),
        Column(_("적격 확인"), "checked_at", _yes, width=10),
        Column(_("결정일시"), "decided_at", width=17),
        Column(_("대기 순번"), "waitlist_no", width=10),
    )


def _masked_person() -> tuple[Column, ...]:
    return (
        Column(_("이름"), "name", mask_name, width=10),
        Column(_("휴대전화"), "phone", mask_phone, width=16),
    )


def _whole_person() -> tuple[Column, ...]:
    return (
        Column(_("이름"), "name", width=10),
        Column(_("생년월일"), "birth_date", width=12),
        Column(_("휴대전화"), "phone", format_phone, width=16),
        Column(_("주소"), "address", width=40),
        Column(_("행정동"), "dong__name", width=12),
        Column(_("세대원 수"), "household_size", width=10),
        Column(_("주택 점유형태"), "tenure", _labels(Tenure.choices), width=18),
        Column(_("대리인"), "proxy_name", width=10),
        Column(_("대리인 전화"), "proxy_phone", format_phone, width=16),
    )


def _answers(chosen: dict[str, str], *, unmasked: bool) -> list[Column]:
    """The answers that the chosen programme declares, or those of all; then each says whose it is."""
    programmes = [programme for programme in registry.programmes() if programme.exported]
    code = chosen.get("program")
    if chosen.get("call", "").isdigit():
        code = Call.objects.filter(pk=chosen["call"]).values_list("program_id", flat=True).first() or code
    if code:
        programmes = [programme for programme in programmes if programme.code == code]
    names = dict(Program.objects.values_list("pk", "name")) if len(programmes) > 1 else {}
    return [
        _answer(programme, column.name, names.get(programme.code, ""))
        for programme in programmes
        for column in programme.exported
        if unmasked or not column.personal
    ]


def _answer(programme: registry.Programme, name: str, programme_name: str) -> Column:
    table = programme.detail_model._meta
    field: Any = table.get_field(name)
    show = _labels(field.choices) if field.choices else _yes_or_no if isinstance(field, models.BooleanField) else None
    label = f"{programme_name}: {field.verbose_name}" if programme_name else field.verbose_name
    return Column(label, f"{table.pk.related_query_name()}__{name}", show, width=16)  # type: ignore[attr-defined]


def describe(chosen: dict[str, str]) -> list[tuple[str, str]]:
    """The filter in words. Codes that name nothing (any more) are shown as they are."""
    states = _state_labels()
    words: dict[str, tuple[Any, Callable[[str], str]]] = {
        "tab": (_("목록"), lambda code: str(TABS[code].label) if code in TABS else code),
        "program": (_("사업"), lambda code: str(Program.objects.filter(pk=code).first() or code)),
        "call": (_("모집"), lambda pk: str(Call.objects.filter(pk=pk).first() or pk) if pk.isdigit() else pk),
        "state": (_("상태"), lambda code: states.get(code, code)),
        "district": (_("자치구"), lambda code: str(District.objects.filter(pk=code).first() or code)),
        "received_from": (_("접수일부터"), str),
        "received_to": (_("접수일까지"), str),
        "assignee": (
            _("담당자"),
            lambda code: {"me": str(_("나")), "none": str(_("미배정"))}.get(code, str(_("지정"))),
        ),
        "find": (_("찾은 것"), lambda code: str(_("이름·전화·접수번호가 같은 신청"))),
    }
    return [(str(label), show(chosen[key])) for key, (label, show) in words.items() if chosen.get(key)]


def page(chosen: dict[str, str]) -> str:
    """Where these rows stand as a list."""
    return f"{reverse('programs:queue')}?{urlencode(chosen)}"


APPLICATIONS = register(
    Exportable(
        name="applications",
        label=_("신청 목록"),
        roles=(*DISTRICT_STAFF, Role.CITY_OFFICER),
        select=select,
        columns=columns,
        describe=describe,
        filter_keys=FILTER_KEYS,
        page=page,
        unmasked_roles=DISTRICT_STAFF,
    )
)
