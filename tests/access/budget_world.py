"""The budget's part of the world: of each district one line, voucher, transfer, grant, advance and file of e-호조."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.roles import Actor, Role
from budget import grants, transfers
from budget.attachments import attach_file
from budget.models import BudgetLine, EntryKind, ExecutionFile
from budget.payments import pay_advance
from budget.posting import approve_voucher, draft_voucher, submit_voucher
from budget.refusals import Posting
from budget.transfer_rules import LINE_WITH_TREE, Move
from tests.budget.conftest import DAY, YEAR, Book
from tests.factories import cast as c
from tests.programs import files

if TYPE_CHECKING:
    from tests.access.world import Side


def fill_budget(side: Side, book: Book, finance: Actor, disbursing: Actor, *, payee: str) -> None:
    holder = c.organisation("district", side.district)
    first, second = (
        BudgetLine.objects.get_or_create(
            organisation=holder, item=book.lines["watch-office"].item, object_code_id=code
        )[0]
        for code in ("201-01", "201-02")
    )

    def posted(kind: str, *postings: Posting, approver: Actor = finance) -> None:
        voucher = draft_voucher(
            actor=side.officer, kind=kind, fiscal_year=YEAR, title=side.secret(f"예산 {kind}"), occurred_on=DAY,
            postings=postings,
        )  # fmt: skip
        submit_voucher(voucher.pk, actor=side.officer)
        approve_voucher(voucher.pk, actor=approver)

    posted("budget", Posting(first, EntryKind.ORIGINAL, 1_000))
    posted("allotment", Posting(first, EntryKind.ALLOTMENT, 700))
    posted("commitment", Posting(first, EntryKind.COMMITMENT, 500))
    voucher = draft_voucher(
        actor=side.officer, kind="expenditure", fiscal_year=YEAR, title=side.secret("지출 문서"), occurred_on=DAY,
        postings=[Posting(first, EntryKind.EXPENDITURE, 100)], payee=payee,
    )  # fmt: skip
    file = attach_file(
        voucher.pk, SimpleUploadedFile(f"{side.secret('청구서')}.pdf", files.pdf()), actor=side.officer
    )  # fmt: skip
    lines = BudgetLine.objects.select_related(*LINE_WITH_TREE).in_bulk([first.pk, second.pk])
    transfer = transfers.draft_transfer(
        actor=side.officer, fiscal_year=YEAR, title=side.secret("전용"), reason=side.secret("전용사유"),
        moves=[Move(lines[first.pk], lines[second.pk], 10)],
    )  # fmt: skip
    grant = grants.apply_for_grant(
        city_line=book.lines["guard-grant"], district_line=first, amount=100, applied_on=DAY,
        plan=side.secret("사업계획"), actor=side.officer,
    )  # fmt: skip
    advance = pay_advance(
        line=first, amount=50, payee=payee, purpose=side.secret("선금 내용"), paid_on=DAY,
        due_on=timezone.localdate() + dt.timedelta(days=3), reference=f"matrix:{side.district}",
        drafted_as=side.officer.membership, approved_as=disbursing.membership,
    )  # fmt: skip
    rows = [
        {"row": 2, "document_no": side.secret("이호조"), "on": f"{DAY}", "line": first.pk, "committed": 10, "spent": 5,
         "was_committed": 0, "was_spent": 0}
    ]  # fmt: skip
    imported = ExecutionFile.objects.create(
        organisation=holder, fiscal_year=YEAR, filename=side.secret("집행자료"), sha256="0" * 64, rows=rows,
        uploaded_as=side.officer.membership,
    )  # fmt: skip
    side.args |= {
        "budget_line": [first.pk],
        "voucher": [voucher.pk],
        "voucher_file": [voucher.pk, file.key],
        "transfer": [transfer.pk],
        "grant": [grant.pk],
        "advance": [advance.pk],
        "execution_file": [imported.key],
    }


def money_handlers(district: str) -> tuple[Actor, Actor]:
    """The finance officer and the disbursing officer of a district."""
    return Actor.of(c.member(Role.FINANCE_OFFICER, district)), Actor.of(c.member(Role.DISBURSING_OFFICER, district))
