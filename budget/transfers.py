"""Transfers: drafted, reviewed, approved by three people, posted as one voucher, and reported to the council."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import Actor, Role
from budget.models import EntryKind, Transfer, TransferMove, Voucher
from budget.posting import document_number, post_by_event
from budget.refusals import ChangedMeanwhile, Posting, UnableToPost, refused
from budget.transfer_rules import LINE_WITH_TREE, Move, refusals

State = Transfer.State
DRAFTERS = (Role.CITY_OFFICER, Role.DISTRICT_OFFICER, Role.DISTRICT_MANAGER, Role.FINANCE_OFFICER)
REVIEWERS = (Role.CITY_OFFICER, Role.DISTRICT_MANAGER)
APPROVERS = (Role.FINANCE_OFFICER,)


def report_due(posted_on: dt.date) -> dt.date:
    """The last day of the month after the quarter in which it was posted (지방재정법 §49③)."""
    month = (posted_on.month - 1) // 3 * 3 + 5  # two months after the quarter's last, whose first day follows
    year, month = posted_on.year + (month - 1) // 12, (month - 1) % 12 + 1
    return dt.date(year, month, 1) - dt.timedelta(days=1)


@transaction.atomic
def draft_transfer(
    *,
    actor: Actor,
    fiscal_year: int,
    title: str,
    reason: str,
    moves: Iterable[Move],
    background: str = "",
    document_no: str = "",
    council_vote_on: dt.date | None = None,
    reorganisation: str = "",
) -> Transfer:
    """A draft of the actor's own organisation. Raises UnableToPost with every rule it breaks."""
    if actor.role not in DRAFTERS or actor.membership is None:
        raise UnableToPost(_("%(role)s은(는) 전용을 기안할 수 없습니다.") % {"role": actor.role.label})
    transfer = Transfer(
        organisation=actor.membership.organisation, fiscal_year=fiscal_year, title=title, reason=reason,
        background=background, document_no=document_no or document_number(fiscal_year),
        council_vote_on=council_vote_on, reorganisation=reorganisation, drafted_by=actor.user,
        drafted_as=actor.membership,
    )  # fmt: skip
    return _write(transfer, moves)


@transaction.atomic
def change_transfer(
    transfer_id: int, *, actor: Actor, moves: Iterable[Move], expected_version: int | None = None, **fields: Any
) -> Transfer:
    """Change a draft (`fields` as of `draft_transfer`); its drafter alone may. Raises UnableToPost."""
    transfer = _locked(transfer_id, actor, State.DRAFTED, expected_version)
    _expect_drafter(transfer, actor)
    if transfer.corrects_id:
        raise UnableToPost(_("바로잡는 전용은 원래 전용을 그대로 되돌리므로 고칠 수 없습니다."))
    for name, value in fields.items():
        setattr(transfer, name, value)
    transfer.version += 1
    transfer.moves.all().delete()
    return _write(transfer, moves)


@transaction.atomic
def correct_transfer(transfer_id: int, *, actor: Actor, reason: str) -> Transfer:
    """Draft the transfer that takes an erroneously posted one back whole, exempt from the rules on sources."""
    wrong = Transfer.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=transfer_id)
    if wrong.state not in (State.POSTED, State.REPORTED) or wrong.corrects_id:
        raise UnableToPost(_("기장한 전용만 바로잡을 수 있습니다."))
    if Transfer.objects.filter(corrects=wrong).exists():
        raise UnableToPost(_("이미 바로잡는 문서가 있습니다."))
    if actor.role not in DRAFTERS or actor.organisation_id != wrong.organisation_id or actor.membership is None:
        raise UnableToPost(_("그 기관의 담당자만 기안할 수 있습니다."))
    transfer = Transfer(
        organisation=wrong.organisation, fiscal_year=wrong.fiscal_year, title=f"[{_('정정')}] {wrong.title}"[:120],
        reason=reason, document_no=document_number(wrong.fiscal_year), council_vote_on=wrong.council_vote_on,
        reorganisation=wrong.reorganisation, corrects=wrong, drafted_by=actor.user, drafted_as=actor.membership,
    )  # fmt: skip
    back = [
        Move(move.target, move.source, move.amount, reorganisation=move.kind == "reorganisation_transfer")
        for move in moves_of(wrong)
    ]
    return _write(transfer, back)


@transaction.atomic
def submit_transfer(transfer_id: int, *, actor: Actor, expected_version: int | None = None) -> Transfer:
    """The drafter sends it to review; what it breaks is said now. Raises UnableToPost."""
    transfer = _locked(transfer_id, actor, State.DRAFTED, expected_version)
    _expect_drafter(transfer, actor)
    if not transfer.reason.strip():
        raise UnableToPost(_("전용사유를 적으십시오."))
    _expect_lawful(transfer)
    return _to(transfer, State.SUBMITTED, sent_back="")


@transaction.atomic
def review_transfer(transfer_id: int, *, actor: Actor, expected_version: int | None = None) -> Transfer:
    transfer = _locked(transfer_id, actor, State.SUBMITTED, expected_version)
    _expect_role(actor, REVIEWERS)
    if transfer.drafted_by_id == actor.user_id:
        raise UnableToPost(_("기안한 사람은 검토할 수 없습니다. 다른 담당자가 검토하여야 합니다."))
    return _to(transfer, State.REVIEWED, reviewed_by=actor.user, reviewed_at=timezone.now())


@transaction.atomic
def approve_transfer(transfer_id: int, *, actor: Actor, expected_version: int | None = None) -> Transfer:
    transfer = _locked(transfer_id, actor, State.REVIEWED, expected_version)
    _expect_role(actor, APPROVERS)
    if actor.user_id in (transfer.drafted_by_id, transfer.reviewed_by_id):
        raise UnableToPost(_("기안, 검토, 승인은 서로 다른 세 사람이 하여야 합니다."))
    _expect_lawful(transfer)
    return _to(
        transfer, State.APPROVED, approved_by=actor.user, approved_as=actor.membership, approved_at=timezone.now()
    )


@transaction.atomic
def send_transfer_back(transfer_id: int, *, reason: str, actor: Actor) -> Transfer:
    """To its drafter, by whoever decides next; the drafter may take it back until it is reviewed."""
    transfer = Transfer.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=transfer_id)
    if transfer.state not in (State.SUBMITTED, State.REVIEWED, State.APPROVED):
        raise UnableToPost(_("이미 처리된 문서입니다. 화면을 새로 열어 확인하십시오."))
    own = transfer.drafted_by_id == actor.user_id and transfer.state == State.SUBMITTED
    if not own:
        _expect_role(actor, REVIEWERS if transfer.state == State.SUBMITTED else APPROVERS)
        if not reason.strip():
            raise UnableToPost(_("반송 사유를 적으십시오."))
    return _to(
        transfer, State.DRAFTED, sent_back=reason.strip(), reviewed_by=None, reviewed_at=None, approved_by=None,
        approved_as=None, approved_at=None,
    )  # fmt: skip


@transaction.atomic
def discard_transfer(transfer_id: int, *, actor: Actor) -> Transfer:
    transfer = _locked(transfer_id, actor, State.DRAFTED, None)
    _expect_drafter(transfer, actor)
    return _to(transfer, State.DISCARDED, corrects=None)


def post_transfer(transfer_id: int, *, posted_on: dt.date, actor: Actor, synthetic: bool = False) -> Transfer:
    """Post an approved transfer as one voucher. Raises UnableToPost: a line without room, a year that is over."""
    try:
        with transaction.atomic():
            transfer = _locked(transfer_id, actor, State.APPROVED, None)
            _expect_role(actor, APPROVERS)
            if posted_on.year != transfer.fiscal_year:
                raise UnableToPost(_("회계연도가 지나면 전용할 수 없습니다(지방재정법 시행령 제55조)."))
            if transfer.council_vote_on and transfer.council_vote_on > posted_on:
                raise UnableToPost(_("의회 의결일보다 먼저 이용할 수 없습니다(지방재정법 제47조의2 제1항)."))
            voucher = _voucher(transfer, posted_on, synthetic=synthetic)
            return _to(
                transfer, State.POSTED, voucher=voucher, posted_on=posted_on, report_due_on=report_due(posted_on)
            )
    except IntegrityError as error:
        raise refused(error) from error


def _voucher(transfer: Transfer, posted_on: dt.date, *, synthetic: bool) -> Voucher:
    postings = []
    for move in transfer.moves.select_related(
        "source__item", "source__object_code", "target__item", "target__object_code"
    ):
        postings.append(Posting(move.source, EntryKind.TRANSFER, -move.amount, note=move.get_kind_display()))
        postings.append(Posting(move.target, EntryKind.TRANSFER, move.amount, note=move.get_kind_display()))
    if transfer.approved_as is None:
        raise UnableToPost(_("승인하지 않은 전용입니다."))
    return post_by_event(
        reference=f"transfer:{transfer.pk}", kind=Voucher.Kind.TRANSFER, fiscal_year=transfer.fiscal_year,
        title=transfer.title, document_no=transfer.document_no, occurred_on=posted_on, postings=postings,
        drafted_as=transfer.drafted_as, approved_as=transfer.approved_as,
        organisation=transfer.organisation, synthetic=synthetic,
    )  # fmt: skip


@transaction.atomic
def report_transfer(transfer_id: int, *, reported_on: dt.date, reported_in: str, actor: Actor) -> Transfer:
    """Record that the council was told, where and when; from then on it stays as it is."""
    transfer = _locked(transfer_id, actor, State.POSTED, None)
    _expect_role(actor, (*DRAFTERS, *REVIEWERS))
    if not reported_in.strip():
        raise UnableToPost(_("어느 문서로 보고하였는지 적으십시오."))
    if transfer.posted_on and reported_on < transfer.posted_on:
        raise UnableToPost(_("보고일이 기장일보다 이릅니다."))
    return _to(transfer, State.REPORTED, reported_on=reported_on, reported_in=reported_in.strip())


def moves_of(transfer: Transfer) -> list[TransferMove]:
    related = [f"{side}__{path}" for side in ("source", "target") for path in LINE_WITH_TREE]
    return list(transfer.moves.select_related(*related).order_by("id"))


def _expect_lawful(transfer: Transfer) -> None:
    moves = [
        Move(m.source, m.target, m.amount, reorganisation=m.kind == "reorganisation_transfer")
        for m in moves_of(transfer)
    ]
    if broken := refusals(transfer, moves):
        raise UnableToPost(" ".join(broken))


def _write(transfer: Transfer, moves: Iterable[Move]) -> Transfer:
    moves = list(moves)
    if broken := refusals(transfer, moves):
        raise UnableToPost(" ".join(broken))
    try:
        with transaction.atomic():
            transfer.save()
            TransferMove.objects.bulk_create(
                TransferMove(transfer=transfer, kind=m.kind, source=m.source, target=m.target, amount=m.amount)
                for m in moves
            )
    except IntegrityError as error:
        raise refused(error) from error
    return transfer


def _to(transfer: Transfer, state: str, **fields: Any) -> Transfer:
    for name, value in fields.items():
        setattr(transfer, name, value)
    transfer.state = state
    transfer.version += 1
    transfer.save()
    return transfer


def _locked(transfer_id: int, actor: Actor, state: str, expected_version: int | None) -> Transfer:
    """Raises Transfer.DoesNotExist for one of another holder, UnableToPost."""
    rows: Any = Transfer.objects.visible_to(actor).filter(organisation=actor.organisation_id)
    transfer = rows.select_for_update(of=("self",)).get(pk=transfer_id)
    if expected_version is not None and transfer.version != expected_version:
        raise ChangedMeanwhile
    if transfer.state != state:
        raise UnableToPost(
            _("이 문서는 ‘%(state)s’ 상태여서 할 수 없습니다. 화면을 새로 열어 확인하십시오.")
            % {"state": transfer.get_state_display()}
        )
    return transfer


def _expect_drafter(transfer: Transfer, actor: Actor) -> None:
    if transfer.drafted_by_id != actor.user_id:
        raise UnableToPost(_("기안한 사람만 할 수 있습니다."))


def _expect_role(actor: Actor, roles: tuple[Role, ...]) -> None:
    if actor.role not in roles:
        raise UnableToPost(_("%(role)s은(는) 할 수 없는 처리입니다.") % {"role": actor.role.label})
