"""What the portal's pages are compared with: the least that Django can do behind the same middleware."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from bench.models import BareLine, BareRow
from programs.models import Application
from programs.models.applications import IS_OPEN


@require_POST
def bare_insert(request: HttpRequest) -> HttpResponse:
    """One INSERT of the ORM, committed, and the redirect a form ends with. The same body as the real submit gets."""
    BareRow.objects.create(key=uuid.UUID(request.POST["key"]), user=request.user)
    return redirect("bare_page")


@require_POST
def bare_post(request: HttpRequest) -> HttpResponse:
    """A conditional UPDATE of a balance and an INSERT, in one transaction, and the redirect a form ends with."""
    with transaction.atomic():
        line = BareLine.objects.filter(pk=request.POST["line"], spent__lte=F("committed") - 1_000)
        if not line.update(spent=F("spent") + 1_000):
            return HttpResponse(status=409)
        BareRow.objects.create(key=uuid.UUID(request.POST["key"]), user=request.user)
    return redirect("bare_page")


@require_GET
def bare_list(request: HttpRequest) -> HttpResponse:
    """Fifty open cases of the officer's district, oldest first, in a plain table."""
    rows = Application.objects.visible_to(request.actor).filter(IS_OPEN).order_by("order_at", "id")[:50]
    return _padded(render(request, "bench/list.html", {"rows": rows}), request)


@require_GET
def bare_page(request: HttpRequest) -> HttpResponse:
    """A template without a query."""
    return _padded(render(request, "bench/page.html"), request)


def _padded(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    """As many bytes as the page it is compared with, which `?bytes=` states."""
    missing = int(request.GET.get("bytes", 0)) - len(response.content)
    response.content += b" " * max(missing, 0)
    return response
