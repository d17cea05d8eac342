"""Execution by month, with what will probably lie idle at the end of the year."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.decorators import roles_required
from budget.forms.filters import HolderForm
from budget.selectors.choices import held_lines
from budget.selectors.months import NEXT_YEAR, ItemMonths, by_month, total_of
from budget.views.page import WORKERS, page

THOUSAND, MILLION = 1_000, 1_000_000
_MOST_THOUSANDS = 99_999  # digits the chart has room for


@require_GET
@roles_required(*WORKERS)
def months(request: HttpRequest) -> HttpResponse:
    """All items together, or the one asked for; each item in the table."""
    form, today = HolderForm(request.GET, actor=request.actor), timezone.localdate()
    items = by_month(held_lines(request.actor, form.holder_asked), form.year_asked, today)
    total = total_of(items)
    shown = next((one for one in items if one.item and one.item.code == request.GET.get("item")), total)
    context = {
        "form": form,
        "year": form.year_asked,
        "holder": form.holder_name,
        "items": items,
        "total": total,
        "shown": shown,
        "is_this_year": form.year_asked == today.year,
        **_chart(shown),
    }
    return page(request, "budget/months.html", context, current="months")


def _chart(shown: ItemMonths) -> dict[str, Any]:
    """Commitment and expenditure of each month in thousand won, as the budget book counts; large ones in million."""
    numbers = list(range(1, 13))
    labels = [_("%(month)s월") % {"month": n} for n in numbers]
    if NEXT_YEAR in shown.spent:
        numbers.append(NEXT_YEAR)
        labels.append(_("이듬해"))
    highest = max((*shown.committed.values(), *shown.spent.values()), default=0)
    scale, unit = (THOUSAND, _("천원")) if highest <= _MOST_THOUSANDS * THOUSAND else (MILLION, _("백만원"))
    series = [
        {"name": name, "values": [round(sums.get(n, 0) / scale) for n in numbers]}
        for name, sums in ((_("원인행위액"), shown.committed), (_("지출액"), shown.spent))
    ]
    return {"labels": labels, "series": series, "unit": unit}
