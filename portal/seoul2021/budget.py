"""The budget of 2021, so that the report's execution and transfer tables come out exactly; and what the districts
made of their grants in 2021 and, carried over, in 2022.

Sums by item as of 31 October 2021 are the report's; documents, days, deciders and the split into object codes are made
up (budget.toml). Everything is synthetic: known from the start."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from accounts.bulk import insert_many, update_many
from accounts.models import Organisation
from accounts.offices import CITY
from budget.history import Decided, post_history
from budget.models import (
    Advance,
    BudgetLine,
    Closing,
    EntryKind,
    Grant,
    Project,
    Revenue,
    Transfer,
    TransferMove,
    Voucher,
)
from budget.posting import document_number
from budget.refusals import Posting
from budget.transfers import report_due
from portal.seoul2021 import reference
from portal.seoul2021.budget_book import DISTRICT_CODE, GRANT_CODE, SOURCE, Book, Staff, load_object_codes, shares
from programs.deadlines import SEOUL
from safety.doorguard.execution import PROGRAMME, lines_to_pay, owed, reference_of, title_of
from safety.doorguard.models import Claim

YEAR = 2021
GRANTED = 370_000_000  # won, to the districts (report, Ⅲ-2-1)
SUPPLEMENTARY = dt.date(YEAR, 7, 12)
TRANSFERRED = dt.date(YEAR, 10, 22)
DISBURSED = dt.date(YEAR, 9, 1)
CARRIED_OVER = dt.date(YEAR + 1, 1, 10)
_TRANSFER = "transfer:2021-night-watch"
_MOVES = {"101-04": 345_000_000, "201-02": 4_800_000}  # from 201-01 (report, Ⅳ)


def load_budget_2021(staff: Staff) -> None:
    """Once: what is there is left as it is."""
    if Project.objects.filter(fiscal_year=YEAR).exists():
        return
    load_object_codes()
    city = Organisation.objects.get(code=CITY)
    book = Book(YEAR, city, staff, supplementary_on=SUPPLEMENTARY, allotted_on=SUPPLEMENTARY + dt.timedelta(days=2))
    book.load()
    held = district_lines(YEAR)
    grants = grant_to_districts(book, held, DISBURSED)
    post_history([*_of_the_city(book), *disbursements(book, grants, DISBURSED), *_claims(staff, held, YEAR)])
    _record_advances(book)
    _record_transfer(book)
    _carry_over(book, held, grants)
    _close_the_books(staff)


def _of_the_city(book: Book) -> Iterator[Decided]:
    yield from book.budgets()
    yield from book.allotments()
    yield from book.executions("execution", dt.date.max, skip=FILLED_BY_TRANSFER)
    yield book.decided("transfer", "안심마을 보안관 예산 전용", TRANSFERRED, *_moved(book), reference=_TRANSFER)
    yield book.decided(
        "allotment", "안심마을보안관 운영 예산 배정(전용분)", TRANSFERRED,
        *(Posting(book.lines["night-watch", code], EntryKind.ALLOTMENT, won) for code, won in _MOVES.items()),
    )  # fmt: skip
    yield from book.executions("execution", dt.date.max, only=FILLED_BY_TRANSFER)
    yield from (voucher for _line, voucher, _purpose in book.advances(dt.date.max))
    yield from book.executions("later", dt.date.max)


FILLED_BY_TRANSFER = tuple(("night-watch", code) for code in _MOVES)  # lines that have budget only by the transfer


def _moved(book: Book) -> list[Posting]:
    source, total = book.lines["night-watch", "201-01"], sum(_MOVES.values())
    return [
        Posting(source, EntryKind.TRANSFER, -total),
        *(Posting(book.lines["night-watch", code], EntryKind.TRANSFER, won) for code, won in _MOVES.items()),
    ]


def _record_transfer(book: Book) -> None:
    """The document of chapter Ⅳ behind the voucher: a transfer and a change of code in one (domain notes §3.5)."""
    staff, voucher = book.staff, Voucher.objects.get(reference=_TRANSFER)
    at = dt.datetime.combine(TRANSFERRED, dt.time(16), SEOUL)
    transfer = Transfer.objects.create(
        organisation=book.city, fiscal_year=YEAR, document_no=voucher.document_no, title="안심마을 보안관 예산 전용",
        background="안심마을보안관 인력운영방법의 변경을 통해 성공적 시범사업을 추진하기 위함",
        reason=(
            "당초 민간 전문경비업체 용역을 통한 인력을 활용하고자 하였으나, 경비업법상 시설경비 업무에 "
            "범죄예방을 위한 순찰이 포함되지 않는다는 의견(서울경찰청)으로 곤란하여, 자치구 채용(기간제근로자)과 "
            "준비용역을 병행하는 데 드는 인건비, 초소운영 및 상해보험료만큼 전용함"
        ),
        drafted_by=staff[CITY, "city-officer"].user, drafted_as=staff[CITY, "city-officer"], drafted_at=at,
    )  # fmt: skip
    for code, won in _MOVES.items():
        TransferMove.objects.create(
            transfer=transfer, source=book.lines["night-watch", "201-01"], target=book.lines["night-watch", code],
            amount=won, kind="object_code_change" if code.startswith("201") else "budget_transfer",
        )  # fmt: skip
    transfer.reviewed_by, transfer.reviewed_at = staff[CITY, "city-reviewer"].user, at
    transfer.approved_as = staff[CITY, "finance-officer"]
    transfer.approved_by, transfer.approved_at = transfer.approved_as.user, at
    transfer.voucher, transfer.posted_on, transfer.report_due_on = voucher, TRANSFERRED, report_due(TRANSFERRED)
    transfer.state, transfer.reported_on, transfer.reported_in = Transfer.State.REPORTED, dt.date(2021, 11, 2), SOURCE
    transfer.save()


def _record_advances(book: Book) -> None:
    """Paid before the service began, and settled at the end of the year at just what was paid."""
    for line, voucher, purpose in book.advances(dt.date.max):
        paid_by = Voucher.objects.get(organisation=book.city, title=voucher.title, fiscal_year=YEAR)
        Advance.objects.create(
            line=line, payee="병원 안심동행 수행기관(시연용)", purpose=purpose, amount=voucher.postings[0].amount,
            paid_by=paid_by, due_on=dt.date(YEAR, 12, 31), actual_cost=voucher.postings[0].amount,
            settled_on=dt.date(YEAR, 12, 31),
        )  # fmt: skip


def district_lines(year: int) -> dict[str, BudgetLine]:
    """Each district's line for the door guard in that year, by district code."""
    item = Project.objects.get(fiscal_year=year, code=PROGRAMME)
    offices = list(Organisation.objects.filter(kind="district").order_by("district"))
    lines = insert_many(
        BudgetLine(organisation=office, item=item, object_code_id=DISTRICT_CODE, generated=True) for office in offices
    )
    return {str(office.district_id): line for office, line in zip(offices, lines, strict=True)}


def grant_to_districts(book: Book, held: dict[str, BudgetLine], disbursed_on: dt.date) -> list[Grant]:
    """The city's grant to the 25 districts by their places, to the thousand won."""
    return insert_many(
        Grant(
            city_line=book.lines[PROGRAMME, GRANT_CODE], district_line=held[code], state=Grant.State.DISBURSED,
            applied_amount=won, applied_on=disbursed_on, applied_as=book.staff[code, "officer"],
            plan="도어지킴이 이용료 보조", decided_amount=won, decided_on=disbursed_on,
            decided_as=book.staff[CITY, "city-officer"], conditions="이용료 보조 목적으로만 집행할 것",
            disbursed_amount=won, disbursements=1,
        )
        for code, won in shares(GRANTED, reference.quotas()).items()
    )  # fmt: skip


def disbursements(book: Book, grants: list[Grant], day: dt.date) -> Iterator[Decided]:
    """As budget.grants posts them: the city's commitment and expenditure, the district's budget and allotment."""
    for grant in grants:
        won, office = grant.disbursed_amount, grant.district_line.organisation
        title = f"보조금 교부 — {office} 도어지킴이"
        spent = [Posting(grant.city_line, kind, won) for kind in (EntryKind.COMMITMENT, EntryKind.EXPENDITURE)]
        received = [Posting(grant.district_line, kind, won) for kind in (EntryKind.GRANT, EntryKind.ALLOTMENT)]
        yield book.decided("grant", title, day, *spent, reference=f"grant:{grant.pk}:1:city")
        theirs = book.decided("grant", title, day, *received, reference=f"grant:{grant.pk}:1:district")
        yield replace(theirs, organisation=office)


def _claims(staff: Staff, held: dict[str, BudgetLine], year: int) -> Iterator[Decided]:
    """The closed claims' service months that ended in that year, as safety.doorguard.execution posts them."""
    claims = list(
        Claim.objects.filter(synthetic=True, state=Claim.State.CLOSED, month__year=year)
        .select_related("company", "district")
        .order_by("month", "district")
    )
    lines = lines_to_pay([claim.pk for claim in claims])
    for claim in claims:
        line, closed_at = held[claim.district_id], claim.closed_at
        if closed_at is None:
            continue
        won = sum(amount for (ended_in, _fund), amount in owed(lines[claim.pk]).items() if ended_in == year)
        officer, manager = staff[claim.district_id, "officer"], staff[claim.district_id, "manager"]
        yield Decided(
            kind="execution", fiscal_year=year, title=title_of(claim), occurred_on=closed_at.astimezone(SEOUL).date(),
            postings=tuple(Posting(line, kind, won) for kind in (EntryKind.COMMITMENT, EntryKind.EXPENDITURE)),
            organisation=manager.organisation, drafted_as=officer, approved_as=manager, approved_at=closed_at,
            reference=reference_of(claim, year), payee=claim.company.name,
        )  # fmt: skip


def _carry_over(book: Book, held: dict[str, BudgetLine], grants: list[Grant]) -> None:
    """What the districts had left pays the service months of 2022; then the grants are settled."""
    Book(YEAR + 1, book.city, book.staff, SUPPLEMENTARY, SUPPLEMENTARY).load_item(PROGRAMME)
    lines = district_lines(YEAR + 1)
    left = dict(_unspent(held))
    at = dt.datetime.combine(CARRIED_OVER, dt.time(17), SEOUL)
    carried = [
        Decided(
            kind="budget", fiscal_year=YEAR + 1, title="전년도 이월(도어지킴이)", occurred_on=CARRIED_OVER,
            postings=tuple(Posting(line, kind, left[code]) for kind in (EntryKind.CARRY_OVER, EntryKind.ALLOTMENT)),
            organisation=line.organisation, drafted_as=book.staff[code, "officer"],
            approved_as=book.staff[code, "manager"], approved_at=at,
        )
        for code, line in lines.items()
    ]  # fmt: skip
    post_history([*carried, *_claims(book.staff, lines, YEAR + 1)])
    _settle(book, grants, dict(_unspent(lines)))


def _unspent(lines: dict[str, BudgetLine]) -> Iterator[tuple[str, int]]:
    """(district code, won) as the lines now stand."""
    now = BudgetLine.objects.in_bulk([line.pk for line in lines.values()])
    return ((code, now[line.pk].unspent) for code, line in lines.items())


def _settle(book: Book, grants: list[Grant], left: dict[str, int]) -> None:
    """Reported, fixed and returned in early 2023; by then a return is the city's revenue."""
    finance, officer = book.staff[CITY, "finance-officer"], book.staff[CITY, "city-officer"]
    returned_on = dt.date(YEAR + 2, 3, 3)
    revenues = []
    for grant in grants:
        code = str(grant.district_line.organisation.district_id)
        spent = grant.disbursed_amount - left[code]
        grant.state = Grant.State.SETTLED
        grant.reported_amount, grant.reported_on = spent, dt.date(YEAR + 2, 1, 20)
        grant.reported_as, grant.report = book.staff[code, "officer"], "선정가구 이용료 보조(시연용)"
        grant.fixed_amount, grant.fixed_on, grant.fixed_as = spent, dt.date(YEAR + 2, 2, 10), officer
        grant.returned_amount, grant.returned_on = left[code], returned_on
        if left[code]:
            revenues.append(
                Revenue(
                    organisation=book.city, item=grant.city_line.item, kind=Revenue.Kind.GRANT_RETURN,
                    amount=left[code], occurred_on=returned_on, document_no=document_number(returned_on.year),
                    drafted_by=officer.user, approved_by=finance.user, reference=f"grant:{grant.pk}:return",
                    synthetic=True,
                )
            )  # fmt: skip
    names = "state reported_amount reported_on reported_as report fixed_amount fixed_on fixed_as returned_amount"
    update_many(grants, [*names.split(), "returned_on"])
    insert_many(revenues)


def _close_the_books(staff: Staff) -> None:
    """2021 of the city and the districts, and what the districts carried into 2022."""
    by = staff[CITY, "finance-officer"].user
    offices = Organisation.objects.filter(kind__in=["city", "district"]).order_by("code")
    insert_many(
        Closing(organisation=office, fiscal_year=year, closed_by=by)
        for office in offices
        for year in (YEAR, YEAR + 1)
        if year == YEAR or office.kind == Organisation.Kind.DISTRICT
    )
