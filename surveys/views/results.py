"""Surveys and their results, for the city and whoever a programme lets read."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.downloads import attachment
from accounts.models import District
from accounts.roles import Role
from surveys.access import readers_only
from surveys.charts import month_series, tile_map
from surveys.forms.console import ResultsForm
from surveys.models import Comment, Survey
from surveys.results import comments_waiting, first_day, overview, results
from surveys.selectors import comments_of
from surveys.workbook import results_workbook

COMMENTS = 10  # a page


@require_GET
@readers_only
def index(request: HttpRequest) -> HttpResponse:
    page = Paginator(Survey.objects.visible_to(request.actor).order_by("code"), 50).get_page(request.GET.get("page"))
    is_city = request.actor.role == Role.CITY_OFFICER
    lines, waiting = overview(page), comments_waiting(page) if is_city else {}
    rows = [{"survey": one, "line": lines[one.pk], "waiting": waiting.get(one.pk, 0)} for one in page]
    return render(request, "surveys/index.html", {"page": page, "rows": rows, "is_city": is_city})


@require_GET
@never_cache
@readers_only
def survey(request: HttpRequest, code: str) -> HttpResponse:
    """Results by question, district and month, with the comments that were published."""
    found, form = _asked(request, code)
    asked = form.asked_for()
    by_question = results(code, by="question", **asked)
    by_month = results(code, by="month", **asked)
    is_city = request.actor.role == Role.CITY_OFFICER
    comments = comments_of(request.actor, found, Comment.State.PUBLISHED)
    context: dict[str, Any] = {
        "survey": found,
        "form": form,
        "total": by_question.total,
        "questions": by_question.lines,
        "months": by_month.lines,
        "series": month_series(by_month.lines),
        "comments": Paginator(comments, COMMENTS).get_page(request.GET.get("page")),
        "waiting": comments_waiting([found]).get(code, 0) if is_city else 0,
        "is_city": is_city,
        "download": f"{reverse('surveys:download', args=[code])}?{form.data.urlencode()}",
    }
    if asked["district"] is None:
        context |= _districts(request, form, results(code, by="district", **asked).lines)
    return render(request, "surveys/survey.html", context, status=422 if form.errors else 200)


def _districts(request: HttpRequest, form: ResultsForm, lines: list[Any]) -> dict[str, Any]:
    query = form.data.copy()
    query.pop("district", None)
    query.pop("page", None)
    tiles, legend = tile_map(District.objects.visible_to(request.actor), lines, f"?{query.urlencode()}&district=")
    return {"districts": lines, "tiles": tiles, "legend": legend}


def _asked(request: HttpRequest, code: str) -> tuple[Survey, ResultsForm]:
    found = get_object_or_404(Survey.objects.visible_to(request.actor), pk=code)
    today = timezone.localdate()
    return found, ResultsForm(request.GET, actor=request.actor, first=first_day(code) or today, today=today)


@require_GET
@readers_only
def download(request: HttpRequest, code: str) -> HttpResponseBase:
    """The same numbers as a file. They are nobody's personal data, so no reason is asked."""
    found, form = _asked(request, code)
    asked = form.asked_for()
    data = results_workbook(found, taken_by=request.actor.label, **asked)
    return attachment(data, f"survey-{code}-{asked['since']:%Y%m}-{asked['until']:%Y%m}.xlsx")
