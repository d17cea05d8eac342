"""What an officer may ask of the queue, and what they do to ticked rows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.encryption import blind_index
from accounts.masking import normalise_phone
from accounts.models import District, Membership
from accounts.roles import DISTRICT_STAFF, Actor, Role
from programs import registry
from programs.models import Call, Program
from programs.models.applications import OPEN_STATES
from programs.selectors.queue import SORTS, TABS, QueueFilter

_RECEIPT = re.compile(r"^[A-Z]{1,6}-\d{4}-\d{7}$")
_FIND = re.compile(r"^(name|phone|phone4)-([0-9a-f]{32})$")


def date_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def colleagues(actor: Actor) -> list[Membership]:
    """The district's people a case can be given to, the actor first."""
    found = Membership.objects.visible_to(actor).in_force().filter(
        organisation=actor.organisation_id, role__in=[role.value for role in DISTRICT_STAFF]
    ).select_related("user")  # fmt: skip
    return sorted(found, key=lambda row: (row != actor.membership, row.user.name))


class QueueForm(forms.Form):
    """The queue's filter. What is searched for (`q`) comes by POST only and becomes a blind index in the address, so
    that no name or number ever stands in a URL or a log."""

    tab = forms.ChoiceField(choices=[(code, tab.label) for code, tab in TABS.items()], required=False)
    program = forms.ChoiceField(label=_("사업"), required=False)
    call = forms.TypedChoiceField(label=_("모집"), required=False, coerce=int, empty_value=None)
    state = forms.ChoiceField(label=_("상태"), required=False)
    district = forms.ChoiceField(label=_("자치구"), required=False)
    assignee = forms.ChoiceField(label=_("담당자"), required=False)
    received_from = forms.DateField(label=_("접수일부터"), required=False, widget=date_input())
    received_to = forms.DateField(label=_("접수일까지"), required=False, widget=date_input())
    sort = forms.ChoiceField(
        label=_("정렬"), required=False, choices=[("order", _("접수순")), ("due", _("처리기한 빠른 순"))]
    )
    q = forms.CharField(
        label=_("이름·전화·접수번호"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-queue-search": True}),
    )

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data)
        self.actor = actor
        self.colleagues = colleagues(actor) if actor.role in DISTRICT_STAFF else []
        self.fields["tab"].widget = forms.HiddenInput()
        codes = [programme.code for programme in registry.programmes()]
        programs = Program.objects.visible_to(actor).filter(pk__in=codes).order_by("sort", "code")
        calls = Call.objects.visible_to(actor).order_by("-year", "program", "round")
        self.fields["program"].choices = _all_and(programs.only("code", "name", "name_en"))
        self.fields["call"].choices = _all_and(calls.only("title", "title_en"))
        self.fields["state"].choices = [("", _("전체")), *_state_choices()]
        if actor.role == Role.CITY_OFFICER:
            self.fields["district"].choices = _all_and(District.objects.visible_to(actor).order_by("name_ko"))
            del self.fields["assignee"]
        else:
            del self.fields["district"]
            others = [(str(row.pk), row.user.name) for row in self.colleagues if row != actor.membership]
            self.fields["assignee"].choices = [
                ("", _("전체")), ("me", _("내 담당")), ("none", _("미배정")), *others,
            ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("received_from"), data.get("received_to")
        if first and last and first > last:
            self.add_error("received_to", ValidationError(_("시작일보다 늦은 날을 고르십시오.")))
        return data

    def saved_query(self) -> str:
        """The filter as a query string, without what was searched for."""
        query = QueryDict(mutable=True)
        for name, value in self.cleaned_data.items():
            if value and name not in ("q", "tab"):
                query[name] = str(value)
        query["tab"] = self._tab()
        return query.urlencode()

    def _tab(self) -> str:
        """A state that a tab does not hold opens the tab that does."""
        tab, state = self.cleaned_data.get("tab") or "open", self.cleaned_data.get("state")
        if state and tab != "found":
            return ("open" if tab == "decided" else tab) if state in OPEN_STATES else "decided"
        return tab

    def find(self) -> str:
        """What was typed, as a value for the address: a receipt number, or a kind and its blind index."""
        text = "".join(self.cleaned_data.get("q", "").split())
        if not text:
            return ""
        if _RECEIPT.match(text.upper()):
            return text.upper()
        if len(text) == 4 and text.isdigit():
            return f"phone4-{blind_index('phone4', text).hex()}"
        if phone := normalise_phone(text):
            return f"phone-{blind_index('phone', phone).hex()}"
        return f"name-{blind_index('name', text).hex()}"


def _all_and(rows: Iterable[Model]) -> list[tuple[Any, Any]]:
    """These rows to choose from, read at once: a ModelChoiceField would open a cursor for them and ask for the chosen
    one again."""
    return [("", _("전체")), *((row.pk, str(row)) for row in rows)]


def _state_choices() -> list[tuple[str, Any]]:
    labels: dict[str, Any] = {}
    for programme in registry.programmes():
        for code, info in programme.workflow.states.items():
            labels.setdefault(str(code), info.label)
    return list(labels.items())


def found_by(text: str) -> tuple[str, str] | None:
    """The column and value of a `find` in the address, or None when it is not one."""
    if _RECEIPT.match(text):
        return "receipt_no", text
    if match := _FIND.match(text):
        return f"{match[1]}_index", match[2]
    return None


def filter_of(query: QueryDict, actor: Actor) -> tuple[QueueFilter, QueueForm]:
    """The filter in an address, and the form that shows it; whatever is not valid in it is left out."""
    form = QueueForm(query, actor=actor)
    form.is_valid()
    data = form.cleaned_data
    find = found_by(query.get("find", ""))
    tab = data.get("tab") or "open"
    return (
        QueueFilter(
            tab="open" if tab == "found" and not find else tab,
            sort=data.get("sort") if data.get("sort") in SORTS else "order",
            program=data.get("program") or "",
            call=data.get("call"),
            state=data.get("state") or "",
            district=data.get("district") or "",
            received_from=data.get("received_from"),
            received_to=data.get("received_to"),
            assignee=data.get("assignee") or "",
            find=find,
        ),
        form,
    )
