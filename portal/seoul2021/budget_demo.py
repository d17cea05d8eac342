"""A budget of the current year beside that of 2021, marked as a demo by its documents: the same book, executed up to
today, with drafts, a transfer, grants and an advance waiting for somebody, so that every page works today."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.models import Membership, Organisation
from accounts.offices import CITY
from accounts.roles import Actor, Role
from budget import grants as granting
from budget import transfers
from budget.history import post_history
from budget.models import Advance, BudgetLine, EntryKind, Project, Voucher
from budget.posting import draft_voucher, submit_voucher
from budget.refusals import Posting
from budget.transfer_rules import LINE_WITH_TREE, Move
from portal.seoul2021.budget import FILLED_BY_TRANSFER, disbursements, district_lines, grant_to_districts
from portal.seoul2021.budget_book import GRANT_CODE, Book, Staff, load_object_codes

_DEMO_CALL_DAYS = 100  # the demo call opened so long ago: its first service months may have ended last year
_CENTERS = "district-centers"


def load_demo_budget(today: dt.date, staff: Staff) -> None:
    """Once for each year that the demo call's service months end in."""
    for year in range((today - dt.timedelta(days=_DEMO_CALL_DAYS)).year, today.year + 1):
        if not Project.objects.filter(fiscal_year=year).exists():
            _load(year, min(today, dt.date(year, 12, 31)), staff)
            if year == today.year:
                _leave_work(year, today)


def _load(year: int, until: dt.date, staff: Staff) -> None:
    load_object_codes()
    first = dt.date(year, 1, 1)
    book = Book(year, Organisation.objects.get(code=CITY), staff, supplementary_on=first, allotted_on=first)
    book.load()
    grants = grant_to_districts(book, district_lines(year), first)
    advances = list(book.advances(until))
    post_history(
        [
            *book.budgets(),
            *book.allotments(),
            *disbursements(book, grants, first),
            *book.executions("execution", until, skip=FILLED_BY_TRANSFER),
            *(voucher for _line, voucher, _purpose in advances),
            *book.executions("later", until, skip=(*FILLED_BY_TRANSFER, ("hospital-escort", "307-05"))),
        ]
    )
    for line, voucher, purpose in advances:
        paid_by = Voucher.objects.get(organisation=book.city, title=voucher.title, fiscal_year=year)
        Advance.objects.create(
            line=line, payee="병원 안심동행 수행기관(시연용)", purpose=purpose, amount=voucher.postings[0].amount,
            paid_by=paid_by, due_on=dt.date(year, 12, 31),
        )  # fmt: skip


def _leave_work(year: int, today: dt.date) -> None:
    """What waits for a decision of the demo's people."""
    officer, reviewer, finance = (_actor(f"{name}@demo.invalid") for name in ("city", "city2", "finance"))
    for kind, item, code, entry, title in (
        ("commitment", "publicity", "201-01", EntryKind.COMMITMENT, "홍보물 추가 제작 계약(시연용)"),
        ("expenditure", "advisory", "201-01", EntryKind.EXPENDITURE, "자문회의 참석수당(시연용)"),
    ):
        line = _line(year, item, code)
        room = (line.allotted - line.committed) if entry == EntryKind.COMMITMENT else (line.committed - line.spent)
        won = min(2_400_000, room) or 1_000
        voucher = draft_voucher(
            actor=officer, kind=kind, fiscal_year=year, title=title, occurred_on=today,
            postings=[Posting(line, entry, won)],
        )  # fmt: skip
        submit_voucher(voucher.pk, actor=officer)
    _transfers(year, today, officer, reviewer, finance)
    _grants(year, today, officer)


def _transfers(year: int, today: dt.date, officer: Actor, reviewer: Actor, finance: Actor) -> None:
    """One posted that the council has still to be told of; one that waits for its review."""
    source = _line(year, "night-watch", "201-01")
    told = transfers.draft_transfer(
        actor=officer, fiscal_year=year, title="안심마을보안관 초소 운영비 변경사용(시연용)",
        reason="초소 전기요금과 상해보험료를 공공운영비로 집행하기 위함",
        moves=[Move(source, _line(year, "night-watch", "201-02"), 4_800_000)],
    )  # fmt: skip
    transfers.submit_transfer(told.pk, actor=officer)
    transfers.review_transfer(told.pk, actor=reviewer)
    transfers.approve_transfer(told.pk, actor=finance)
    transfers.post_transfer(told.pk, posted_on=today, actor=finance)
    waiting = transfers.draft_transfer(
        actor=officer, fiscal_year=year, title="안심마을보안관 인건비 전용(시연용)",
        reason="보안관을 자치구가 기간제근로자로 채용하여 운영하기 위함",
        moves=[Move(source, _line(year, "night-watch", "101-04"), 120_000_000)],
    )  # fmt: skip
    transfers.submit_transfer(waiting.pk, actor=officer)


def _grants(year: int, today: dt.date, city: Actor) -> None:
    """동작구 has asked for money for its centre; 관악구's is decided and waits to be paid."""
    city_line = _line(year, _CENTERS, GRANT_CODE)
    for code, decided in (("11590", False), ("11620", True)):
        office = Organisation.objects.get(kind="district", district=code)
        line = BudgetLine.objects.create(
            organisation=office, item=city_line.item, object_code_id="307-05", generated=True
        )
        asker = Actor.of(
            Membership.objects.select_related("user", "organisation").get(
                organisation=office, role=Role.DISTRICT_OFFICER, user__email=f"officer-{code}@history.invalid"
            )
        )
        grant = granting.apply_for_grant(
            city_line=city_line, district_line=line, amount=9_000_000, applied_on=today,
            plan="1인가구지원센터 특화 프로그램 운영(시연용)", actor=asker,
        )  # fmt: skip
        if decided:
            granting.decide_grant(
                grant.pk, amount=8_000_000, decided_on=today, conditions="목적 외 사용 금지", actor=city
            )


def _line(year: int, item: str, code: str) -> BudgetLine:
    lines = BudgetLine.objects.select_related(*LINE_WITH_TREE)
    return lines.get(organisation__code=CITY, item__fiscal_year=year, item__code=item, object_code=code)


def _actor(email: str) -> Actor:
    rows: Any = Membership.objects.select_related("user", "organisation")
    return Actor.of(rows.get(user__email=email))
