"""My applications: where each stands, and what I can do about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.masking import has_resident_number
from accounts.models import AccessLog, Organisation
from accounts.models.access import Purpose
from accounts.roles import Role
from accounts.uploads import ACCEPT, UnableToTake
from notifications.models import Message
from programs import objections, registry
from programs.documents import OTHER, add_to_application
from programs.forms.apply import ObjectionForm, SupplementAnswerForm
from programs.models import (
    Application,
    ApplicationDraft,
    ApplicationEvent,
    Document,
    Objection,
    RequiredDocument,
    Supplement,
)
from programs.models.applications import State
from programs.models.drafts import DRAFT_DAYS
from programs.selectors import own
from programs.standard import MOST_EXTENSIONS, supplement_extensions
from programs.views.uploads import citizen_only, document_sections, several
from programs.workflow import UnableToPerform, offered_actions, perform, state_info

PAGE = 10


@citizen_only
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    mine = (
        Application.objects.visible_to(request.actor)
        .select_related("program", "call", "district", "district_call__district")
        .order_by("-received_at", "-pk")
    )
    page = Paginator(mine, PAGE).get_page(request.GET.get("page"))
    drafts = ApplicationDraft.objects.visible_to(request.actor).select_related("call__program").order_by("-updated_at")
    rows = [
        {
            "application": row,
            "info": state_info(row),
            "until": own.until_when(row),
            "contact": own.contact(row.district_call),
        }
        for row in page
    ]
    context = {
        "page": page,
        "rows": rows,
        "drafts": drafts,
        "now": timezone.now(),
        "draft_days": DRAFT_DAYS,
        "services": registry.services(),
    }
    return render(request, "programs/my/index.html", context)


def _mine(request: HttpRequest, receipt_no: str) -> Application:
    return get_object_or_404(
        Application.objects.visible_to(request.actor).select_related(
            "program", "call", "district", "district_call__district"
        ),
        receipt_no=receipt_no,
    )


@citizen_only
@require_safe
def detail(request: HttpRequest, receipt_no: str) -> HttpResponse:
    return _page(request, _mine(request, receipt_no))


def _page(
    request: HttpRequest,
    application: Application,
    *,
    status: int = 200,
    supplement_form: SupplementAnswerForm | None = None,
    objection_form: ObjectionForm | None = None,
    upload_error: dict[str, str] | None = None,
) -> HttpResponse:
    actor, programme = request.actor, registry.get(application.program_id)
    events = (
        ApplicationEvent.objects.visible_to(actor)
        .filter(application=application)
        .select_related("note", "membership__organisation")
        .order_by("id")
    )
    acts = {act.name: why for act, why in offered_actions(application, actor, timezone.now())}
    labels = _labels(request, application)
    held = list(Document.objects.visible_to(actor).filter(application=application).order_by("pk"))
    for document in held:
        document.application = application
    context = {
        "application": application,
        "program": application.program,
        "info": state_info(application),
        "place": own.place_in_queue(application),
        "until": own.until_when(application),
        "scored": own.scored_terms(application),
        "contact": own.contact(application.district_call),
        "timeline": own.timeline(application, list(events)),
        "letters": Message.objects.visible_to(actor).filter(about=f"application:{application.pk}").order_by("pk"),
        "readers": _readers(request, application),
        "documents": [(labels.get(document.kind, _("그 밖의 서류")), document) for document in held],
        "detail": programme.detail_model.objects.visible_to(actor).filter(application=application).first(),
        "detail_template": programme.detail_template,
        "acts": acts,
        "supplement": _supplement(
            request, application, labels=labels, held=held, form=supplement_form, errors=upload_error or {}
        ),
        "objection": _objection(request, application, objection_form),
        "accept": ACCEPT,
    }
    return render(request, "programs/my/detail.html", context, status=status)


def _labels(request: HttpRequest, application: Application) -> dict[str, str]:
    rows = RequiredDocument.objects.visible_to(request.actor).filter(call=application.call_id)
    return {row.kind: str(row) for row in rows}


def _supplement(
    request: HttpRequest,
    application: Application,
    *,
    labels: dict[str, str],
    held: list[Document],
    form: SupplementAnswerForm | None,
    errors: dict[str, str],
) -> dict[str, Any] | None:
    """What the open request asks for, the places to upload it to, and how often it can still be extended."""
    if application.state != State.SUPPLEMENT_REQUESTED:
        return None
    asked = Supplement.objects.visible_to(request.actor).get(application=application, answered_at__isnull=True)
    added = [document for document in held if document.uploaded_at >= asked.requested_at]
    kinds = [(kind, labels.get(kind, kind), "", True) for kind in asked.document_kinds if kind != OTHER]
    sections = document_sections(
        [*kinds, (OTHER, _("그 밖의 서류"), "", False)],
        added,
        lambda kind: reverse("programs:supplement_upload", args=[application.receipt_no, kind]),
        errors,
    )
    return {
        "asked": asked,
        "sections": sections,
        "form": form or SupplementAnswerForm(initial={"text": request.session.get(_words_key(application), "")}),
        "extensions_left": max(MOST_EXTENSIONS - supplement_extensions(application), 0),
    }


def _objection(request: HttpRequest, application: Application, form: ObjectionForm | None) -> dict[str, Any] | None:
    """The objection that was filed, or the form and the day until which one can be."""
    filed = Objection.objects.visible_to(request.actor).filter(application=application).order_by("pk").first()
    until = objections.last_day(application)
    if filed is None and until is None:
        return None
    is_open = filed is None and until is not None and timezone.localdate() <= until
    return {"filed": filed, "until": until, "form": (form or ObjectionForm()) if is_open else None}


def _readers(request: HttpRequest, application: Application) -> list[dict[str, Any]]:
    """Who read this application, in which capacity, and why; never which person."""
    entries = list(
        AccessLog.objects.visible_to(request.actor).filter(about=f"application:{application.pk}").order_by("-at")[:100]
    )
    wanted = {entry.organisation_id for entry in entries if entry.organisation_id}
    names = {row.pk: row.name for row in Organisation.objects.visible_to(request.actor).filter(pk__in=wanted)}
    return [
        {
            "at": entry.at,
            "who": " ".join(filter(None, [names.get(entry.organisation_id, ""), str(Role(entry.role).label)])),
            "action": entry.get_action_display(),
            "why": str(Purpose(entry.purpose).label) if entry.purpose else entry.reason,
        }
        for entry in entries
    ]


@citizen_only
@require_safe
def receipt(request: HttpRequest, receipt_no: str) -> HttpResponse:
    """The slip of paper of an online application: number, time, place in the queue, by when, and whom to call."""
    application = _mine(request, receipt_no)
    context = {
        "application": application,
        "program": application.program,
        "place": own.place_in_queue(application),
        "info": state_info(application),
        "contact": own.contact(application.district_call),
        "scored": own.scored_terms(application),
    }
    return render(request, "programs/my/receipt.html", context)


def _act(
    request: HttpRequest, receipt_no: str, name: str, done: str, data: dict[str, Any] | None = None
) -> HttpResponse:
    """One act on one's own application; where it is not possible the reason is shown."""
    application = _mine(request, receipt_no)
    try:
        perform(application, name, actor=request.actor, data=data)
    except UnableToPerform as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, done)
    return redirect("programs:my_application", application.receipt_no)


@citizen_only
@require_POST
def answer_supplement(request: HttpRequest, receipt_no: str) -> HttpResponse:
    form = SupplementAnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, _mine(request, receipt_no), status=422, supplement_form=form)
    request.session.pop(_words_key(_mine(request, receipt_no)), None)
    answer = {"answer": form.cleaned_data["text"]}
    return _act(request, receipt_no, "answer_supplement", _("보완 내용을 냈습니다. 검토를 이어 갑니다."), answer)


@citizen_only
@require_POST
def extend_supplement(request: HttpRequest, receipt_no: str) -> HttpResponse:
    return _act(request, receipt_no, "extend_supplement", _("보완 기한을 연장하였습니다."))


def _words_key(application: Application) -> str:
    return f"supplement_words_{application.pk}"


def _keep_words(request: HttpRequest, application: Application) -> None:
    """Without script the answer typed so far comes along with a file; it is kept in the session until it is sent."""
    words = request.POST.get("text", "")[:2000]
    if words and not has_resident_number(words):
        request.session[_words_key(application)] = words


@citizen_only
@require_POST
def upload(request: HttpRequest, receipt_no: str, kind: str) -> HttpResponse:
    application = _mine(request, receipt_no)
    _keep_words(request, application)
    take: Callable[[Any], Document] = lambda file: add_to_application(application, kind, file, actor=request.actor)  # noqa: E731
    if errors := several(request, take, UnableToTake, field=f"file-{kind}"):
        return _page(request, application, status=422, upload_error={kind: " ".join(errors)})
    return redirect(f"{reverse('programs:my_application', args=[application.receipt_no])}#documents-{kind}")


@citizen_only
@require_POST
def withdraw(request: HttpRequest, receipt_no: str) -> HttpResponse:
    return _act(request, receipt_no, "withdraw", _("신청을 취하하였습니다."))


@citizen_only
@require_POST
def accept_offer(request: HttpRequest, receipt_no: str) -> HttpResponse:
    return _act(request, receipt_no, "accept_offer", _("수락하였습니다. 지원 대상으로 선정되었습니다."))


@citizen_only
@require_POST
def decline_offer(request: HttpRequest, receipt_no: str) -> HttpResponse:
    """Only while a place is offered: declining must never withdraw a case that has moved on."""
    if _mine(request, receipt_no).state != State.OFFERED:
        messages.error(request, _("지금은 안내받은 자리가 없습니다."))
        return redirect("programs:my_application", receipt_no)
    return _act(request, receipt_no, "withdraw", _("자리를 사양하였습니다. 다음 분께 넘어갑니다."))


@citizen_only
@require_POST
def object_to(request: HttpRequest, receipt_no: str) -> HttpResponse:
    application, form = _mine(request, receipt_no), ObjectionForm(request.POST)
    if not form.is_valid():
        return _page(request, application, status=422, objection_form=form)
    try:
        objections.file_objection(application.pk, actor=request.actor, text=form.cleaned_data["text"])
    except UnableToPerform as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, _("이의신청을 접수하였습니다. 처음 결정한 사람이 아닌 다른 담당자가 결정합니다."))
    return redirect("programs:my_application", application.receipt_no)
