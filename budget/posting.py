"""Vouchers: drafted, submitted, approved — and by that posted, in one transaction — or sent back; and their reversal.

Money is in won. Who may draft and approve follows the spending chain: the finance officer (재무관) decides on budget,
allotment and commitments, the disbursing officer (지출원) on expenditures (지방회계법 §29, §32, §36).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation
from accounts.roles import DISTRICT_STAFF, SPENDING_CHAIN, Actor, Role
from budget.cumulative import expect_as_previewed
from budget.models import BudgetLine, Entry, EntryKind, ExecutionFile, Voucher, VoucherItem
from budget.refusals import ChangedMeanwhile, Posting, UnableToPost, in_order, refused

Kind, State = Voucher.Kind, Voucher.State
DRAFTERS = (Role.CITY_OFFICER, *DISTRICT_STAFF, *SPENDING_CHAIN)
APPROVERS = dict.fromkeys(Kind, Role.FINANCE_OFFICER) | {Kind.EXPENDITURE: Role.DISBURSING_OFFICER}
# What a voucher of each kind, drafted by hand, may post.
MAY_POST: dict[str, tuple[EntryKind, ...]] = {
    Kind.BUDGET: (EntryKind.ORIGINAL, EntryKind.SUPPLEMENTARY, EntryKind.CARRY_OVER, EntryKind.RESERVE),
    Kind.ALLOTMENT: (EntryKind.ALLOTMENT,),
    Kind.RE_ALLOTMENT: (EntryKind.RE_ALLOTMENT,),
    Kind.COMMITMENT: (EntryKind.COMMITMENT,),
    Kind.EXPENDITURE: (EntryKind.EXPENDITURE,),
    Kind.EXECUTION: (EntryKind.COMMITMENT, EntryKind.EXPENDITURE),
    Kind.GRANT: (EntryKind.GRANT, EntryKind.ALLOTMENT, EntryKind.COMMITMENT, EntryKind.EXPENDITURE),
    Kind.TRANSFER: (EntryKind.TRANSFER,),
}


def document_number(fiscal_year: int) -> str:
    """The next number for a document that brings none of its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('budget_document_seq')")
        return f"예산-{fiscal_year}-{cursor.fetchone()[0]:06d}"


@transaction.atomic
def draft_voucher(
    *,
    actor: Actor,
    kind: str,
    fiscal_year: int,
    title: str,
    occurred_on: dt.date,
    postings: Iterable[Posting],
    document_no: str = "",
    payee: str | None = None,
    reverses: Voucher | None = None,
) -> Voucher:
    """A draft of the actor's own organisation. Raises UnableToPost."""
    if actor.role not in DRAFTERS or actor.membership is None:
        raise UnableToPost(_("%(role)s은(는) 예산 문서를 기안할 수 없습니다.") % {"role": actor.role.label})
    postings = list(postings)
    _check(kind, actor.membership.organisation_id, fiscal_year, postings)
    voucher = Voucher(
        organisation=actor.membership.organisation, fiscal_year=fiscal_year, kind=kind, title=title,
        document_no=document_no or document_number(fiscal_year), payee=payee or None, occurred_on=occurred_on,
        drafted_by=actor.user, drafted_as=actor.membership, reverses=reverses,
    )  # fmt: skip
    _save(voucher)
    _write_items(voucher, postings)
    return voucher


@transaction.atomic
def change_voucher(
    voucher_id: int,
    *,
    actor: Actor,
    title: str,
    occurred_on: dt.date,
    postings: Iterable[Posting],
    document_no: str,
    payee: str | None = None,
    expected_version: int | None = None,
) -> Voucher:
    """Change a draft; its drafter alone may. Raises UnableToPost."""
    voucher = _locked(voucher_id, actor, State.DRAFT, expected_version)
    _expect_drafter(voucher, actor)
    if voucher.kind == Kind.CORRECTION:
        raise UnableToPost(_("정정은 원래 문서를 그대로 되돌리므로 고칠 수 없습니다."))
    if ExecutionFile.objects.filter(voucher=voucher).exists():
        raise UnableToPost(_("e-호조 파일에서 만든 문서는 고칠 수 없습니다. 폐기하고 파일을 다시 올리십시오."))
    postings = list(postings)
    _check(voucher.kind, voucher.organisation_id, voucher.fiscal_year, postings)
    voucher.title, voucher.occurred_on, voucher.payee = title, occurred_on, payee or None
    voucher.document_no = document_no or voucher.document_no
    voucher.version += 1
    _save(voucher)
    voucher.items.all().delete()
    _write_items(voucher, postings)
    return voucher


@transaction.atomic
def submit_voucher(voucher_id: int, *, actor: Actor, expected_version: int | None = None) -> Voucher:
    """The drafter asks for approval; nothing is reserved by it."""
    voucher = _locked(voucher_id, actor, State.DRAFT, expected_version)
    _expect_drafter(voucher, actor)
    voucher.state, voucher.sent_back = State.SUBMITTED, ""
    voucher.version += 1
    voucher.save(update_fields=["state", "sent_back", "version"])
    return voucher


@transaction.atomic
def send_back(voucher_id: int, *, reason: str, actor: Actor, expected_version: int | None = None) -> Voucher:
    """The approver returns it to its drafter, with the reason; or the drafter takes it back."""
    voucher = _locked(voucher_id, actor, State.SUBMITTED, expected_version)
    if voucher.drafted_by_id != actor.user_id:
        _expect_approver(voucher, actor)
        if not reason.strip():
            raise UnableToPost(_("반송 사유를 적으십시오."))
    voucher.state, voucher.sent_back = State.DRAFT, reason.strip()
    voucher.version += 1
    voucher.save(update_fields=["state", "sent_back", "version"])
    return voucher


@transaction.atomic
def discard_voucher(voucher_id: int, *, actor: Actor) -> Voucher:
    """The drafter gives a draft up; its number stays used."""
    voucher = _locked(voucher_id, actor, State.DRAFT, None)
    _expect_drafter(voucher, actor)
    voucher.state, voucher.reverses = State.DISCARDED, None
    voucher.version += 1
    voucher.save(update_fields=["state", "reverses", "version"])
    return voucher


def approve_voucher(voucher_id: int, *, actor: Actor, expected_version: int | None = None) -> Voucher:
    """Approve and post: all of its items or none. Raises UnableToPost with the amounts that are missing."""
    voucher: Voucher | None = None
    try:
        with transaction.atomic():
            voucher = _locked(voucher_id, actor, State.SUBMITTED, expected_version)
            _expect_approver(voucher, actor)
            if voucher.drafted_by_id == actor.user_id:
                raise UnableToPost(_("기안한 사람은 결재할 수 없습니다. 다른 사람이 결재하여야 합니다."))
            expect_as_previewed(voucher)
            _post(voucher, approved_as=actor.membership)
    except IntegrityError as error:
        raise refused(error, postings_of(voucher) if voucher else ()) from error
    return voucher


@transaction.atomic
def reverse_voucher(voucher_id: int, *, reason: str, occurred_on: dt.date, actor: Actor) -> Voucher:
    """Draft the correction that takes a posted voucher back whole; it is approved like any other."""
    voucher = Voucher.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=voucher_id)
    if voucher.state != State.POSTED:
        raise UnableToPost(_("기장한 문서만 정정할 수 있습니다."))
    if Voucher.objects.filter(reverses=voucher).exists():
        raise UnableToPost(_("이미 정정한 문서입니다."))
    if voucher.kind in (Kind.TRANSFER, Kind.GRANT):
        raise UnableToPost(_("전용과 교부는 각 화면에서 바로잡으십시오."))
    if not reason.strip():
        raise UnableToPost(_("정정 사유를 적으십시오."))
    correction = Voucher(
        organisation=voucher.organisation, fiscal_year=voucher.fiscal_year, kind=Kind.CORRECTION,
        title=f"[{_('정정')}] {reason.strip()}"[:120], document_no=document_number(voucher.fiscal_year),
        occurred_on=occurred_on, drafted_by=actor.user, drafted_as=actor.membership, reverses=voucher,
    )  # fmt: skip
    if actor.role not in DRAFTERS or actor.organisation_id != voucher.organisation_id:
        raise UnableToPost(_("그 기관의 담당자만 정정을 기안할 수 있습니다."))
    _save(correction)
    VoucherItem.objects.bulk_create(
        VoucherItem(voucher=correction, line_id=e.line_id, kind=e.kind, amount=-e.amount, external_no=e.external_no)
        for e in voucher.entries.order_by("id")
    )
    return correction


def post_by_event(
    *,
    reference: str,
    kind: str,
    fiscal_year: int,
    title: str,
    occurred_on: dt.date,
    postings: Iterable[Posting],
    drafted_as: Membership,
    approved_as: Membership,
    organisation: Organisation,
    document_no: str = "",
    payee: str | None = None,
    synthetic: bool = False,
) -> Voucher:
    """Post what another act has decided (an approved claim, a grant), once for each `reference`: repeated, it returns
    the voucher there is. Its drafter and approver are those who decided there. Raises UnableToPost."""
    postings = list(postings)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7201))", [reference])
            if found := Voucher.objects.filter(reference=reference).first():
                return found
            voucher = Voucher(
                organisation=organisation, fiscal_year=fiscal_year, kind=kind, title=title, payee=payee or None,
                document_no=document_no or document_number(fiscal_year), occurred_on=occurred_on,
                drafted_by_id=drafted_as.user_id, drafted_as=drafted_as, reference=reference, synthetic=synthetic,
            )  # fmt: skip
            _save(voucher)
            _write_items(voucher, postings)
            _post(voucher, approved_as=approved_as)
    except IntegrityError as error:
        raise refused(error, postings) from error
    return voucher


def postings_of(voucher: Voucher) -> list[Posting]:
    items = voucher.items.select_related("line__item", "line__object_code").order_by("id")
    return [Posting(i.line, EntryKind(i.kind), i.amount, i.note, i.external_no, i.occurred_on) for i in items]


_INSERT = """
INSERT INTO budget_entry (voucher_id, line_id, kind, amount, occurred_on, recorded_at, xid, reverses_id, note,
                          external_no, synthetic)
SELECT %(voucher)s, w.line, w.kind, w.amount, coalesce(w.occurred_on, %(occurred_on)s), clock_timestamp(),
       pg_current_xact_id()::text::bigint, w.reverses, w.note, w.external_no, %(synthetic)s
FROM unnest(%(lines)s::bigint[], %(kinds)s::text[], %(amounts)s::bigint[], %(notes)s::text[],
            %(external)s::text[], %(reverses)s::bigint[], %(days)s::date[])
     WITH ORDINALITY w(line, kind, amount, note, external_no, reverses, occurred_on, n)
ORDER BY w.n
"""


def _post(voucher: Voucher, *, approved_as: Membership | None) -> None:
    """Mark it posted and insert its entries, in the order in which lines are locked and balances hold."""
    if approved_as is None:
        raise UnableToPost(_("결재할 수 있는 소속으로 로그인하십시오."))
    voucher.state, voucher.approved_by_id, voucher.approved_as = State.POSTED, approved_as.user_id, approved_as
    voucher.approved_at = timezone.now()
    voucher.version += 1
    voucher.save(update_fields=["state", "approved_by", "approved_as", "approved_at", "version"])
    postings = in_order(postings_of(voucher))
    if not postings:
        raise UnableToPost(_("금액을 적은 줄이 없습니다."))
    taken_back = _entries_taken_back(voucher)
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            {
                "voucher": voucher.pk,
                "occurred_on": voucher.occurred_on,
                "synthetic": voucher.synthetic,
                "lines": [p.line.pk for p in postings],
                "kinds": [p.kind.value for p in postings],
                "amounts": [p.amount for p in postings],
                "notes": [p.note for p in postings],
                "external": [p.external_no for p in postings],
                "reverses": [_pop(taken_back, p) for p in postings],
                "days": [p.occurred_on for p in postings],
            },
        )


def _entries_taken_back(voucher: Voucher) -> dict[tuple[int, str, int], list[int]]:
    """The entries a correction reverses, by line, kind and the amount that takes them back."""
    found: dict[tuple[int, str, int], list[int]] = {}
    if voucher.reverses_id:
        for pk, line, kind, amount in Entry.objects.filter(voucher=voucher.reverses_id).values_list(
            "pk", "line_id", "kind", "amount"
        ):
            found.setdefault((line, kind, -amount), []).append(pk)
    return found


def _pop(found: dict[tuple[int, str, int], list[int]], posting: Posting) -> int | None:
    ids = found.get((posting.line.pk, posting.kind.value, posting.amount))
    return ids.pop() if ids else None


def _check(kind: str, organisation_id: int, fiscal_year: int, postings: list[Posting]) -> None:
    if not postings:
        raise UnableToPost(_("금액을 적은 줄이 없습니다."))
    for posting in postings:
        line = posting.line
        if posting.kind not in MAY_POST[kind]:
            raise UnableToPost(_("이 종류의 문서로는 기장할 수 없는 항목이 있습니다."))
        if line.item.fiscal_year != fiscal_year:
            raise UnableToPost(_("%(line)s: 다른 회계연도의 예산 과목입니다.") % {"line": line})
        if line.organisation_id != organisation_id and posting.kind != EntryKind.RE_ALLOTMENT:
            raise UnableToPost(_("%(line)s: 다른 기관의 예산 과목입니다.") % {"line": line})
        if posting.amount == 0:
            raise UnableToPost(_("%(line)s: 금액이 0원입니다.") % {"line": line})
    if kind == Kind.RE_ALLOTMENT and sum(p.amount for p in postings) != 0:
        raise UnableToPost(_("재배정은 준 금액과 받은 금액의 합이 0원이어야 합니다."))


def _write_items(voucher: Voucher, postings: Iterable[Posting]) -> None:
    VoucherItem.objects.bulk_create(
        VoucherItem(
            voucher=voucher, line=p.line, kind=p.kind, amount=p.amount, note=p.note, external_no=p.external_no,
            occurred_on=p.occurred_on,
        )
        for p in postings
    )  # fmt: skip


def _save(voucher: Voucher) -> None:
    try:
        with transaction.atomic():
            voucher.save()
    except IntegrityError as error:
        raise refused(error) from error


def _locked(voucher_id: int, actor: Actor, state: str, expected_version: int | None) -> Voucher:
    """The voucher, locked. Raises Voucher.DoesNotExist for one the actor may not see, UnableToPost."""
    rows: Any = Voucher.objects.visible_to(actor).filter(organisation=actor.organisation_id)
    voucher = rows.select_for_update(of=("self",)).get(pk=voucher_id)
    if expected_version is not None and voucher.version != expected_version:
        raise ChangedMeanwhile
    if voucher.state != state:
        raise UnableToPost(
            _("이 문서는 ‘%(state)s’ 상태여서 할 수 없습니다. 화면을 새로 열어 확인하십시오.")
            % {"state": voucher.get_state_display()}
        )
    return voucher


def _expect_drafter(voucher: Voucher, actor: Actor) -> None:
    if voucher.drafted_by_id != actor.user_id:
        raise UnableToPost(_("기안한 사람만 할 수 있습니다."))


def _expect_approver(voucher: Voucher, actor: Actor) -> None:
    role = APPROVERS[Kind(voucher.kind)]
    if actor.role != role:
        raise UnableToPost(_("%(role)s만 결재할 수 있습니다.") % {"role": role.label})


def lines_of(organisation_id: int, fiscal_year: int) -> Any:
    """Every line of one holder and year, in the order of the budget book."""
    return (
        BudgetLine.objects.filter(organisation=organisation_id, item__fiscal_year=fiscal_year)
        .select_related("item__parent__parent__parent", "object_code")
        .order_by("item__parent__parent__sort", "item__parent__sort", "item__sort", "object_code", "fund", "id")
    )
