"""The documents of an opened case: pictures of their pages in place, the original only as a logged download."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access_log import Action, record_access
from accounts.decorators import roles_required
from accounts.downloads import attachment
from programs.models import Document, DocumentPage
from programs.views.opening import log_document_once, require_opening
from programs.views.queue import CASE_ROLES


@require_GET
@roles_required(*CASE_ROLES)
def page(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The picture of one page. Never kept by a browser or a proxy."""
    found = get_object_or_404(
        DocumentPage.objects.visible_to(request.actor).select_related("document__application"),
        document__key=key, document__destroyed_at__isnull=True, number=number,
    )  # fmt: skip
    application = found.document.application
    if application is None:
        raise Http404
    opening = require_opening(request, application.pk)
    log_document_once(request, opening, application, found.document_id)
    response = FileResponse(found.image.open("rb"), content_type="image/jpeg")
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@roles_required(*CASE_ROLES)
def original(request: HttpRequest, key: str) -> HttpResponse:
    """The file as it was sent in, as an attachment, with the reason why the pictures did not do."""
    document = get_object_or_404(
        Document.objects.visible_to(request.actor).select_related("application"),
        key=key, destroyed_at__isnull=True, application__isnull=False,
    )  # fmt: skip
    application = document.application
    opening = require_opening(request, application.pk)
    reason = " ".join(request.POST.get("reason", "").split())[:300]
    if not reason:
        messages.error(request, _("원본을 내려받는 사유를 적으십시오."))
        return redirect("programs:case", receipt_no=application.receipt_no)
    record_access(
        request.actor, Action.DOWNLOAD, about=f"document:{document.pk}", ids=[document.pk],
        subject_id=application.applicant_id, purpose=opening.purpose, reason=reason,
    )  # fmt: skip
    return attachment(document.file.open("rb"), document.filename, "application/octet-stream")
