"""The roster of a week: everybody's hours beside the most they may work, and the week before copied into it."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import roles_required
from hospital.escort_terms import terms_on
from hospital.forms.managers import CopyForm, week_label
from hospital.models.managers import monday_of
from hospital.rostering import EMPLOYERS, WEEK, copy_week_of_all
from hospital.selectors.managers import managers_of
from hospital.selectors.roster import agencies_of, weeks_of
from hospital.views.managers import READERS

PAGE_SIZE = 30


@require_GET
@roles_required(*READERS)
def roster(request: HttpRequest) -> HttpResponse:
    """One's own people first; whoever sees others' may choose theirs."""
    actor, monday = request.actor, monday_of(_day(request))
    may_edit = actor.role in EMPLOYERS
    agencies = agencies_of(actor)
    chosen = request.GET.get("organisation", f"{actor.organisation_id}" if may_edit else "")
    rows = managers_of(actor).filter(active=True)
    if chosen in {f"{one.pk}" for one in agencies}:
        rows = rows.filter(organisation=chosen)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    values = {
        "page": page,
        "weeks": weeks_of(list(page), monday),
        "monday": monday,
        "days": [monday + dt.timedelta(days=n) for n in range(7)],
        "label": week_label(monday),
        "before": monday - WEEK,
        "after": monday + WEEK,
        "week_minutes": terms_on(monday).week_minutes,
        "agencies": agencies,
        "chosen": chosen,
        "may_copy": may_edit and CopyForm({"week": monday}).is_valid(),
        "today": timezone.localdate(),
    }
    return render(request, "hospital/roster.html", values)


def _day(request: HttpRequest) -> dt.date:
    """The day asked for, or today."""
    try:
        return dt.date.fromisoformat(request.GET.get("week", ""))
    except ValueError:
        return timezone.localdate()


@require_POST
@roles_required(*EMPLOYERS)
def copy(request: HttpRequest) -> HttpResponse:
    """The week before, for everybody of ours who has no shift in this one yet."""
    form = CopyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("앞으로 여섯 주 안의 주를 고르십시오."))
        return redirect("hospital:roster")
    copied = copy_week_of_all(actor=request.actor, **form.cleaned_data)
    if copied.managers:
        text = ngettext(
            "매니저 %(n)d명의 근무를 복사하였습니다.", "매니저 %(n)d명의 근무를 복사하였습니다.", copied.managers
        )
        messages.success(request, text % {"n": copied.managers})
    elif not copied.refused:
        messages.info(request, _("복사할 근무가 없습니다. 전주에 근무가 있고 이 주가 빈 매니저만 복사합니다."))
    for why in copied.refused:
        messages.warning(request, why)
    return redirect(f"{reverse('hospital:roster')}?{urlencode({'week': form.cleaned_data['week']})}")
