"""The city's calls: all 25 districts of each, moving places, closing early, next year's, and their dated rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import roles_required
from accounts.roles import Role
from programs import calls, quota, selection
from programs.eligibility import KINDS
from programs.forms.calls import CallForm, CopyForm, DistrictCallForm, DocumentForm, MoveForm, RuleForm
from programs.forms.reason import ReasonForm
from programs.history import because, history_of
from programs.models import Call, DistrictCall, EligibilityRule, QuotaMove, RequiredDocument
from programs.workflow import UnableToPerform

CITY = (Role.CITY_OFFICER,)


def _call(request: HttpRequest, code: str) -> Call:
    return get_object_or_404(Call.objects.visible_to(request.actor).select_related("program"), code=code)


def _shares(request: HttpRequest, call: Call) -> Any:
    return (
        DistrictCall.objects.visible_to(request.actor)
        .filter(call=call)
        .select_related("district", "call")
        .order_by("district__name_ko")
    )


def _status(call: Call) -> tuple[str, str]:
    now = timezone.now()
    if not call.published:
        return _("비공개"), "neutral"
    if call.closed_at:
        return _("조기 마감"), "danger"
    if call.opens_at > now:
        return _("접수 전"), "info"
    return (_("마감"), "neutral") if call.closes_at <= now else (_("접수 중"), "success")


def total(standings: list[selection.Standing]) -> dict[str, int]:
    return {
        "quota": sum(row.district_call.quota for row in standings),
        "used": sum(row.selected + row.held for row in standings),
        "open": sum(row.ready + row.not_ready for row in standings),
        "waiting": sum(row.waiting for row in standings),
        "districts": len(standings),
    }


def try_to(request: HttpRequest, act: Callable[[], Any], done: str) -> bool:
    """Do it and say so, or say why not."""
    try:
        act()
    except UnableToPerform as refused:
        messages.error(request, str(refused))
        return False
    messages.success(request, done)
    return True


def edit_page(
    request: HttpRequest, form: Any, *, title: str, back: str, intro: str = "", status: int | None = None
) -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "intro": intro}
    return render(request, "programs/calls/edit.html", context, status=status or (422 if form.errors else 200))


# --- Reading ----------------------------------------------------------------------------------
@require_GET
@roles_required(*CITY)
def index(request: HttpRequest) -> HttpResponse:
    found = Call.objects.visible_to(request.actor).select_related("program").order_by("-opens_at", "-id")
    page = Paginator(found, 10).get_page(request.GET.get("page"))
    shares = DistrictCall.objects.visible_to(request.actor).filter(call__in=page.object_list).order_by("id")
    by_call: dict[int, list[selection.Standing]] = {}
    for row in selection.standings(shares):
        by_call.setdefault(row.district_call.call_id, []).append(row)
    rows = [{"call": call, "status": _status(call), **total(by_call.get(call.pk, []))} for call in page]
    return render(request, "programs/calls/index.html", {"page": page, "rows": rows})


@require_GET
@roles_required(*CITY)
def call(request: HttpRequest, code: str) -> HttpResponse:
    """One call with all its districts."""
    return _show(request, _call(request, code))


def _show(request: HttpRequest, found: Call, form: MoveForm | None = None) -> HttpResponse:
    shares = _shares(request, found)
    standings = selection.standings(shares)
    now = timezone.now()
    return render(
        request,
        "programs/calls/call.html",
        {
            "call": found,
            "status": _status(found),
            "rows": [{"standing": row, "receiving": row.district_call.is_receiving(now)} for row in standings],
            "total": total(standings),
            "form": form or MoveForm(shares=shares),
            "moves": QuotaMove.objects.visible_to(request.actor)
            .filter(source__call=found)
            .select_related("source__district", "target__district", "moved_by")
            .order_by("-id")[:20],
            "history": history_of(Call, pgh_obj=found.pk),
        },
        status=422 if form else 200,
    )


# --- Acts -------------------------------------------------------------------------------------
@require_POST
@roles_required(*CITY)
def move(request: HttpRequest, code: str) -> HttpResponse:
    """Move places; the quotas that were on the screen come along as `seen-<id>`."""
    found = _call(request, code)
    form = MoveForm(request.POST, shares=_shares(request, found))
    if not form.is_valid():
        return _show(request, found, form)
    source, target = form.cleaned_data["source"], form.cleaned_data["target"]
    seen = [request.POST.get(f"seen-{row.pk}", "") for row in (source, target)]
    expected = (int(seen[0]), int(seen[1])) if all(text.isdigit() for text in seen) else (-1, -1)
    try_to(
        request,
        lambda: quota.move(
            source.pk,
            target.pk,
            actor=request.actor,
            places=form.cleaned_data["places"],
            reason=form.cleaned_data["reason"],
            expected=expected,
        ),
        _("인원을 옮겼습니다. 늘어난 자리는 대기자에게 순번대로 안내합니다."),
    )
    return redirect("programs:call", found.code)


@require_POST
@roles_required(*CITY)
def set_closed(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """Close the call, or one district's share (`share`), early; or open it again."""
    found = _call(request, code)
    form = ReasonForm(request.POST)
    model, pk = (Call, found.pk)
    if share := request.POST.get("share", ""):
        row = get_object_or_404(_shares(request, found), pk=share if share.isdigit() else 0)
        model, pk = (DistrictCall, row.pk)
    if not form.is_valid():
        messages.error(request, form.first_error)
        return redirect("programs:call", found.code)
    closing = act == "close"
    try_to(
        request,
        lambda: calls.set_closed(
            model, pk, actor=request.actor, closed=closing, reason=form.cleaned_data["reason"][:300]
        ),
        _("접수를 마감하였습니다.") if closing else _("접수를 다시 열었습니다."),
    )
    return redirect("programs:call", found.code)


@require_http_methods(["GET", "POST"])
@roles_required(*CITY)
def copy(request: HttpRequest, code: str) -> HttpResponse:
    source = _call(request, code)
    back = reverse("programs:call", args=[source.code])
    form = CopyForm(request.POST or None, initial=_next_year(source))
    intro = _("자치구, 모집인원, 조건, 서류, 동의를 그대로 베낍니다. 비공개로 만들어지니 확인한 뒤 공개하십시오.")
    if request.method == "GET" or not form.is_valid():
        return edit_page(request, form, title=_("다음 모집 만들기"), back=back, intro=intro)
    data = form.cleaned_data
    try:
        made = calls.copy_call(
            source, actor=request.actor, year=data["year"], round_=data["round"], title=data["title"],
            title_en=data["title_en"], opens_at=data["opens_at"], closes_at=data["closes_at"],
        )  # fmt: skip
    except UnableToPerform as refused:
        form.add_error("year", str(refused))
        return edit_page(request, form, title=_("다음 모집 만들기"), back=back, intro=intro, status=409)
    messages.success(request, _("모집을 만들었습니다. 날짜와 인원을 확인하고 공개하십시오."))
    return redirect("programs:call", made.code)


def _next_year(source: Call) -> dict[str, Any]:
    years = timezone.localdate().year + 1 - source.year
    year = source.year + years
    return {
        "year": year,
        "round": 1,
        "title": source.title.replace(str(source.year), str(year)),
        "title_en": source.title_en.replace(str(source.year), str(year)),
    }


# --- Edits ------------------------------------------------------------------------------------
def save_because(request: HttpRequest, form: Any) -> None:
    """Save a model form with its reason in the row's history."""
    with transaction.atomic(), because(request.actor, form.cleaned_data["reason"]):
        form.save()
    messages.success(request, _("고쳤습니다. 고친 내용은 이력에 남습니다."))


@require_http_methods(["GET", "POST"])
@roles_required(*CITY)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    found = _call(request, code)
    form = CallForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        save_because(request, form)
        return redirect("programs:call", found.code)
    return edit_page(request, form, title=_("모집 고치기"), back=reverse("programs:call", args=[code]))


@require_http_methods(["GET", "POST"])
@roles_required(*CITY, Role.DISTRICT_MANAGER)
def edit_share(request: HttpRequest, district_call_id: int) -> HttpResponse:
    """A district's own conditions, unit, phone and dates: by the city, or by the district's manager."""
    own = Q() if request.actor.role == Role.CITY_OFFICER else Q(district=request.actor.district_id)
    found = get_object_or_404(
        DistrictCall.objects.visible_to(request.actor).filter(own).select_related("call", "district"),
        pk=district_call_id,
    )
    if request.actor.role == Role.CITY_OFFICER:
        back = reverse("programs:call", args=[found.call.code])
    else:
        back = reverse("programs:selection_plan", args=[found.pk])
    form = DistrictCallForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        save_because(request, form)
        return redirect(back)
    title = _("%(district)s 안내 고치기") % {"district": found.district}
    return edit_page(request, form, title=title, back=back, intro=str(found.call))


@require_http_methods(["GET", "POST"])
@roles_required(*CITY)
def rules(request: HttpRequest, code: str) -> HttpResponse:
    """The call's dated conditions; POST adds one."""
    found = _call(request, code)
    form = RuleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if try_to(
            request,
            lambda: calls.add_rule(
                found, actor=request.actor, district=data["district"], kind=data["kind"], params=form.params,
                first=data["first"], basis=data["basis"],
            ),
            _("조건을 더했습니다."),
        ):  # fmt: skip
            return redirect("programs:call_rules", found.code)
    today = timezone.localdate()
    rows = (
        EligibilityRule.objects.visible_to(request.actor)
        .filter(call=found)
        .select_related("district")
        .order_by("sort", "kind", "valid", "id")
    )
    return render(
        request,
        "programs/calls/rules.html",
        {
            "call": found,
            "rows": [
                {
                    "rule": row,
                    "text": _rule_in_words(row),
                    "ended": row.valid.upper is not None and row.valid.upper <= today,
                }
                for row in rows
            ],
            "form": form,
            "history": history_of(EligibilityRule, call=found.pk, titled=_rule_in_words),
            "today": today,
        },
        status=422 if form.errors else 200,
    )


def _rule_in_words(rule: EligibilityRule) -> str:
    return KINDS[rule.kind].describe(rule.params)


@require_POST
@roles_required(*CITY)
def end_rule(request: HttpRequest, code: str, rule_id: int) -> HttpResponse:
    """The rule ends with today: from tomorrow it is not asked."""
    found = _call(request, code)
    rule = get_object_or_404(EligibilityRule.objects.visible_to(request.actor).filter(call=found), pk=rule_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.first_error)
        return redirect("programs:call_rules", found.code)
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    try_to(
        request,
        lambda: calls.end_rule(rule, actor=request.actor, last=tomorrow, reason=form.cleaned_data["reason"][:300]),
        _("내일부터 이 조건을 묻지 않습니다."),
    )
    return redirect("programs:call_rules", found.code)


@require_http_methods(["GET", "POST"])
@roles_required(*CITY)
def documents(request: HttpRequest, code: str, document_id: int | None = None) -> HttpResponse:
    """The documents a call asks for; POST adds one, or changes `document_id`."""
    found = _call(request, code)
    rows = (
        RequiredDocument.objects.visible_to(request.actor)
        .filter(call=found)
        .select_related("district")
        .order_by("sort", "id")
    )
    instance = get_object_or_404(rows, pk=document_id) if document_id else RequiredDocument(call=found)
    form = DocumentForm(request.POST or None, instance=instance)
    if request.method == "POST" and form.is_valid():
        try:
            save_because(request, form)
        except IntegrityError:
            form.add_error(None, _("같은 자치구에 같은 구분의 서류가 이미 있습니다."))
        else:
            return redirect("programs:call_documents", found.code)
    return render(
        request,
        "programs/calls/documents.html",
        {
            "call": found,
            "rows": rows,
            "form": form,
            "editing": instance if document_id else None,
            "history": history_of(RequiredDocument, call=found.pk),
        },
        status=422 if form.errors else 200,
    )
