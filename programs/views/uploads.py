"""A person's own documents: what a page shows of them, download and removal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import roles_required
from accounts.downloads import attachment
from accounts.roles import Role
from programs import documents
from programs.models import Document

citizen_only = roles_required(Role.CITIZEN)


def several(
    request: HttpRequest, take: Callable[[UploadedFile], Any], refused: type[Exception], *, field: str = "file"
) -> list[str]:
    """Take every file of the form's field; what was wrong with those that were not taken, each with its name."""
    files = request.FILES.getlist(field)
    if not files:
        return [_("파일을 고른 뒤 올려 주십시오.")]
    errors = []
    for file in files:
        try:
            take(file)
        except refused as error:
            errors.append(f"{file.name}: {error}")
    return errors


def document_sections(
    kinds: Iterable[tuple[str, str, str, bool]],
    held: list[Document],
    upload_url: Callable[[str], str],
    errors: dict[str, str],
) -> list[dict[str, Any]]:
    """For components/documents.html: one section a kind (kind, title, hint, required) with what was uploaded."""
    return [
        {
            "id": f"documents-{kind}",
            "field_name": f"file-{kind}",
            "title": title,
            "hint": hint,
            "required": required,
            "documents": [_entry(document) for document in held if document.kind == kind],
            "upload_url": upload_url(kind),
            "error": errors.get(kind, ""),
        }
        for kind, title, hint, required in kinds
    ]


def _entry(document: Document) -> dict[str, Any]:
    is_picture = document.content_type.startswith("image/")
    return {
        "name": document.filename,
        "size": document.size,
        "url": reverse("programs:document", args=[document.key]),
        "delete_url": reverse("programs:document_remove", args=[document.key])
        if documents.removable(document)
        else "",
        "status": _("뒷자리 가림 확인") if is_picture else "",
        "tone": "warning",
    }


def _own(request: HttpRequest, key: Any) -> Document:
    return get_object_or_404(
        Document.objects.visible_to(request.actor).select_related("application", "draft__call"), key=key
    )


@citizen_only
@require_safe
def download(request: HttpRequest, key: Any) -> HttpResponse:
    """One's own document, as an attachment and never in the page."""
    document = _own(request, key)
    if document.destroyed_at or not document.file:
        raise Http404
    return attachment(document.file.open(), document.filename, document.content_type)


@citizen_only
@require_POST
def remove(request: HttpRequest, key: Any) -> HttpResponse:
    document = _own(request, key)
    if document.draft:
        back = f"{reverse('programs:apply_conditions', args=[document.draft.call.code])}#documents-{document.kind}"
    else:
        back = reverse("programs:my_application", args=[document.application.receipt_no])
    try:
        documents.remove(document, actor=request.actor)
    except documents.UnableToTake as error:
        messages.error(request, str(error))
    return redirect(back)
