"""The district hands selected households over to the company."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.access_log import Action, record_access
from accounts.decorators import roles_required
from accounts.roles import DISTRICT_STAFF
from programs.models import Application
from programs.workflow import UnableToPerform
from safety.doorguard import services
from safety.doorguard.forms.services import HandOverForm
from safety.doorguard.selectors import awaiting_hand_over

PAGE_SIZE = 100


@require_http_methods(["GET", "POST"])
@roles_required(*DISTRICT_STAFF)
def hand_over(request: HttpRequest) -> HttpResponse:
    """Selected households in the order of their selection; those who did not consent cannot be chosen."""
    form = HandOverForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            done = services.hand_over(
                form.cleaned_data["household"], company=form.cleaned_data["company"], actor=request.actor
            )
        except UnableToPerform as refused:
            form.add_error(None, str(refused))
        except Application.DoesNotExist as missing:
            raise Http404 from missing
        else:
            messages.success(
                request,
                ngettext(
                    "%(n)s가구를 %(company)s에 이관하였습니다.", "%(n)s가구를 %(company)s에 이관하였습니다.", len(done)
                )
                % {"n": len(done), "company": form.cleaned_data["company"]},
            )
            return redirect("doorguard:hand_over")
    page = Paginator(awaiting_hand_over(request.actor), PAGE_SIZE).get_page(request.GET.get("page"))
    record_access(
        request.actor, Action.LIST, about="applications", ids=[row.pk for row in page],
        filter={"awaiting": "hand_over", "page": page.number},
    )  # fmt: skip
    chosen = set(form.data.getlist("household")) if form.is_bound else set()
    rows = [{"application": row, "chosen": str(row.pk) in chosen} for row in page]
    return render(request, "doorguard/hand_over.html", {"form": form, "page": page, "rows": rows})
