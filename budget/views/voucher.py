"""One voucher: its entries, who decided, its files; opened and printed with the payee; its documents."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access_log import Action, record_access
from accounts.decorators import roles_required
from accounts.downloads import attachment
from accounts.masking import mask_name
from accounts.models.access import Purpose
from accounts.roles import Actor
from accounts.uploads import UnableToTake
from budget import attachments
from budget.forms.vouchers import BY_HAND, FileForm
from budget.models import Voucher, VoucherFile
from budget.posting import APPROVERS, DRAFTERS, postings_of
from budget.refusals import shortfall
from budget.views.page import TONES, WORKERS, back_to, page
from budget.views.vouchers import voucher_or_404

Kind, State = Voucher.Kind, Voucher.State


@require_GET
@never_cache
@roles_required(*WORKERS)
def voucher(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, voucher_or_404(request, pk), FileForm())


def _shown(request: HttpRequest, found: Voucher, form: FileForm, *, opened: bool = False) -> HttpResponse:
    contents = _contents(request.actor, found)
    is_draft = found.state in (State.DRAFT, State.SUBMITTED)
    lacking = shortfall(postings_of(found)) if is_draft else ""
    context = {
        **contents,
        "may": _may(request.actor, found, contents["correction"]),
        "payee": (found.payee if opened else mask_name(found.payee)) if found.payee else "",
        "is_opened": opened,
        "lacking": lacking,
        "approver": APPROVERS[Kind(found.kind)].label,
        "form": form,
        "files": _files(request, found),
    }
    return page(request, "budget/voucher.html", context, current="vouchers", status=422 if form.errors else 200)


def _contents(actor: Actor, found: Voucher) -> dict[str, Any]:
    """What stands in the voucher, and its history."""
    posted = found.state == State.POSTED
    rows = found.entries if posted else found.items
    correction = Voucher.objects.visible_to(actor).filter(reverses=found.pk).first()
    return {
        "voucher": found,
        "tone": TONES.get(found.state, "neutral"),
        "rows": rows.select_related("line__item", "line__object_code", "line__organisation").order_by("id"),
        "correction": correction,
        "history": _history(found, correction),
    }


def _history(found: Voucher, correction: Voucher | None) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = [
        {
            "title": _("기안"),
            "at": found.drafted_at,
            "who": f"{found.drafted_by} ({found.drafted_as})",
            "state": "done",
        }
    ]
    if found.sent_back:
        steps.append({"title": _("반송"), "at": None, "who": "", "text": found.sent_back, "state": "current"})
    if found.state == State.POSTED:
        who = _who(found.approved_by, found.approved_as)
        steps.append({"title": _("결재·기장"), "at": found.approved_at, "who": who, "state": "done"})
    elif found.state == State.DISCARDED:
        steps.append({"title": pgettext("document", "폐기"), "at": None, "who": "", "state": "done"})
    else:
        label = APPROVERS[Kind(found.kind)].label
        steps.append(
            {
                "title": _("%(role)s 결재") % {"role": label},
                "at": None,
                "who": "",
                "state": "current" if found.state == State.SUBMITTED else "next",
            }
        )
    if correction:
        steps.append({"title": _("정정"), "at": correction.drafted_at, "who": correction.document_no, "state": "done"})
    return steps


def _who(user: Any, membership: Any) -> str:
    return f"{user} ({membership})" if membership else str(user)


def _may(actor: Actor, found: Voucher, correction: Voucher | None) -> dict[str, bool]:
    """What this reader can do with the voucher now."""
    own = actor.organisation_id == found.organisation_id and actor.role in DRAFTERS
    drafter, draft = own and found.drafted_by_id == actor.user_id, found.state == State.DRAFT
    waits = own and found.state == State.SUBMITTED
    decides = waits and actor.role == APPROVERS[Kind(found.kind)] and not drafter
    by_itself = found.kind in (Kind.TRANSFER, Kind.GRANT)
    return {
        "edit": drafter and draft and found.kind in BY_HAND,
        "submit": drafter and draft,
        "approve": decides,
        "take_back": waits and drafter,
        "reverse": own and found.state == State.POSTED and not by_itself and correction is None,
        "attach": own and found.state != State.DISCARDED,
        "open": own and bool(found.payee),
    }


def _files(request: HttpRequest, found: Voucher) -> list[dict[str, Any]]:
    removable = found.state == State.DRAFT
    return [
        {
            "file": file,
            "remove_url": reverse("budget:voucher_file_remove", args=[found.pk, file.key])
            if removable and file.uploaded_by_id == request.actor.user_id
            else "",
        }
        for file in VoucherFile.objects.visible_to(request.actor).filter(voucher=found).order_by("uploaded_at", "key")
    ]


@require_POST
@never_cache
@roles_required(*WORKERS)
def voucher_open(request: HttpRequest, pk: int) -> HttpResponse:
    """The same with the payee's whole name, for the voucher's own organisation; logged before it is shown."""
    found = _own_or_404(request, pk)
    record_access(
        request.actor, Action.READ, about=f"voucher:{found.pk}", ids=[found.pk], purpose=Purpose.SETTLEMENT
    )  # fmt: skip
    return _shown(request, found, FileForm(), opened=True)


def _own_or_404(request: HttpRequest, pk: int) -> Voucher:
    found = voucher_or_404(request, pk)
    if found.organisation_id != request.actor.organisation_id:
        raise Http404
    return found


@require_POST
@never_cache
@roles_required(*WORKERS)
def voucher_print(request: HttpRequest, pk: int) -> HttpResponse:
    """On paper, with the payee."""
    found = _own_or_404(request, pk)
    record_access(
        request.actor, Action.PRINT, about=f"voucher:{found.pk}", ids=[found.pk], purpose=Purpose.SETTLEMENT
    )  # fmt: skip
    context = {**_contents(request.actor, found), "files": list(found.files.order_by("uploaded_at", "key"))}
    context |= {"payee": found.payee or "", "printed_at": timezone.now()}
    return page(request, "budget/voucher_print.html", context, current="vouchers")


# --- Files --------------------------------------------------------------------------------
@require_POST
@roles_required(*WORKERS)
def voucher_file_add(request: HttpRequest, pk: int) -> HttpResponse:
    found = _own_or_404(request, pk)
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            attachments.attach_file(pk, form.cleaned_data["file"], actor=request.actor)
        except UnableToTake as refused:
            form.add_error("file", str(refused))
        else:
            messages.success(request, _("파일을 붙였습니다."))
            return back_to("voucher", pk)
    return _shown(request, found, form)


def _file_or_404(request: HttpRequest, pk: int, key: Any) -> VoucherFile:
    return get_object_or_404(VoucherFile.objects.visible_to(request.actor), voucher=pk, key=key)


@require_POST
@never_cache
@roles_required(*WORKERS)
def voucher_file(request: HttpRequest, pk: int, key: Any) -> HttpResponse:
    """The file as it was attached; who took it is logged, because a bill may name a person."""
    file = _file_or_404(request, pk, key)
    with default_storage.open(file.file) as kept:
        data = kept.read()
    record_access(
        request.actor, Action.DOWNLOAD, about=f"voucher:{pk}", ids=[pk], purpose=Purpose.SETTLEMENT,
        filter={"file": str(file.key)},
    )  # fmt: skip
    return attachment(data, file.filename, file.content_type)


@require_POST
@roles_required(*WORKERS)
def voucher_file_remove(request: HttpRequest, pk: int, key: Any) -> HttpResponse:
    _file_or_404(request, pk, key)
    try:
        attachments.remove_file(pk, key, actor=request.actor)
    except Voucher.DoesNotExist as missing:
        raise Http404 from missing
    except UnableToTake as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("파일을 지웠습니다."))
    return back_to("voucher", pk)
