"""All that waits for this person's decision, on one page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from accounts.decorators import roles_required
from budget.selectors import waiting as selectors
from budget.views.page import GRANT_TONES, TONES, TRANSFER_TONES, WORKERS, page

MOST = 100  # of each kind on the page; what is decided makes room for the next


@require_GET
@roles_required(*WORKERS)
def waiting(request: HttpRequest) -> HttpResponse:
    actor = request.actor

    def rows(found, tones):
        return [{"row": row, "tone": tones.get(row.state, "neutral")} for row in found[:MOST]]

    context = {
        "vouchers": rows(selectors.vouchers_to_approve(actor), TONES),
        "drafts": rows(selectors.my_drafts(actor), TONES),
        "transfers": rows(selectors.transfers_to_decide(actor), TRANSFER_TONES),
        "grants": rows(selectors.grants_to_take_on(actor), GRANT_TONES),
        "reports": rows(selectors.my_transfers_to_report(actor), TRANSFER_TONES),
    }
    return page(request, "budget/waiting.html", context, current="waiting")
