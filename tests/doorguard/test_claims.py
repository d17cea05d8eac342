"""The monthly claim, from its computation to the day after which it never changes."""

import datetime as dt

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.months import last_day, previous_month
from accounts.roles import Actor, Role
from programs.workflow import UnableToPerform, perform
from safety.doorguard import claims
from safety.doorguard.models import Claim, ClaimLine, Service
from safety.doorguard.seed import seed_claims, seed_services
from tests.doorguard.conftest import make_guarded
from tests.factories import cast as c
from tests.scratch import in_threads

MONTH = previous_month(timezone.localdate())
TWO_MONTHS_BEFORE = previous_month(previous_month(MONTH))


def compute(guarded, month=MONTH, actor=None, district=c.DONGJAK):
    return claims.compute_claim(
        company_id=guarded.company.pk, district_id=district, month=month, actor=actor or guarded.staff
    )


def lines(claim):
    return list(
        ClaimLine.objects.filter(claim=claim).order_by("service", "service_month_no").values_list("pk", "amount")
    )


@pytest.fixture
def claim(guarded):
    """Two households, each with one month completed by the end of last month."""
    guarded.installed(previous_month(MONTH) + dt.timedelta(days=4), 2)
    return compute(guarded)


def test_it_counts_completed_months_at_each_households_subsidy(guarded):
    guarded.installed(TWO_MONTHS_BEFORE, 2)  # two months completed by the end of MONTH's predecessor, three by MONTH's
    guarded.installed(MONTH + dt.timedelta(days=4))  # its first month is not over
    claim = compute(guarded)
    assert (claim.households, claim.total) == (6, 6 * 8900)


def test_a_month_claimed_before_is_not_claimed_again(guarded):
    guarded.installed(TWO_MONTHS_BEFORE)
    before = compute(guarded, previous_month(MONTH))
    after = compute(guarded)
    assert (before.households, after.households) == (2, 1)
    assert {line.service_month_no for line in after.lines.all()} == {3}


def test_twice_computed_is_the_same(guarded, claim):
    first = lines(claim)
    again = compute(guarded)
    assert again.pk == claim.pk
    assert lines(again) == first
    assert (again.households, again.total) == (claim.households, claim.total)


def test_computing_again_keeps_disputes_and_takes_out_what_ended(guarded, claim):
    kept, gone = Service.objects.order_by("pk")
    claims.dispute_line(claim.pk, claim.lines.get(service=kept).pk, reason="고장", actor=guarded.staff)
    perform(gone.pk, "terminate", actor=guarded.staff, data={"on": gone.installed_on, "reason": "moved_out"})
    again = compute(guarded)
    assert [line.service_id for line in again.lines.all()] == [kept.pk]
    assert again.lines.get().state == "disputed"


def test_at_most_twelve_months_are_ever_claimed(guarded):
    guarded.installed(dt.date(2021, 9, 10))
    claim = compute(guarded)
    assert (claim.households, claim.total) == (12, 12 * 8900)
    with pytest.raises(IntegrityError, match="not claimable"), transaction.atomic():
        ClaimLine.objects.create(
            claim=claim, service=Service.objects.get(), service_month_no=13, starts_on=MONTH, ends_on=MONTH,
            amount=8900,
        )  # fmt: skip
    with pytest.raises(IntegrityError, match="not claimable"), transaction.atomic():
        ClaimLine.objects.filter(claim=claim, service_month_no=1).update(amount=9900)


def test_the_database_refuses_a_month_twice(guarded, claim):
    other = Claim.objects.create(company=guarded.company, district_id=c.DONGJAK, month=TWO_MONTHS_BEFORE)
    line = claim.lines.first()
    with pytest.raises(IntegrityError, match="a_service_month_is_claimed_once"), transaction.atomic():
        ClaimLine.objects.create(
            claim=other, service=line.service, service_month_no=1, starts_on=MONTH, ends_on=MONTH, amount=8900
        )


def test_a_month_that_is_not_over_and_a_stranger_are_refused(guarded, claim):
    with pytest.raises(UnableToPerform, match="끝난 뒤"):
        compute(guarded, timezone.localdate())
    for actor in (guarded.stranger, guarded.cast.neighbour, guarded.cast.city):
        with pytest.raises(UnableToPerform, match="맡은"):
            compute(guarded, actor=actor)
    with pytest.raises(UnableToPerform, match="없습니다"):
        compute(guarded, district=c.GWANAK)
    assert Claim.objects.count() == 1


def test_each_sees_their_own_claims_only(guarded, claim):
    seen = {
        name: Claim.objects.visible_to(actor).count()
        for name, actor in {
            "company": guarded.staff, "other company": guarded.stranger, "district": guarded.cast.officer,
            "neighbour": guarded.cast.neighbour, "city": guarded.cast.city, "citizen": Actor.citizen(c.citizen()),
        }.items()
    }  # fmt: skip
    assert seen == {
        "company": 1, "other company": 0, "district": 1, "neighbour": 0, "city": 1, "citizen": 0,
    }  # fmt: skip
    assert not ClaimLine.objects.visible_to(guarded.stranger).exists()
    with pytest.raises(Claim.DoesNotExist):
        claims.confirm_claim(claim.pk, actor=guarded.stranger)


def test_a_disputed_line_waits_for_the_district(guarded, claim):
    officer, manager = guarded.cast.officer, guarded.cast.manager
    first, second = claim.lines.order_by("pk")
    claims.dispute_line(claim.pk, first.pk, reason="카메라가 작동하지 않은 달", actor=guarded.staff)
    claims.dispute_line(claim.pk, second.pk, reason="잘못 눌렀음", actor=guarded.staff)
    claims.dispute_line(claim.pk, second.pk, reason="", actor=guarded.staff)
    claims.confirm_claim(claim.pk, actor=guarded.staff)
    with pytest.raises(UnableToPerform, match="이의가 있습니다"):
        claims.check_claim(claim.pk, actor=officer)
    with pytest.raises(UnableToPerform, match="사유"):
        claims.resolve_line(claim.pk, first.pk, outcome="refused", reason=" ", actor=officer)
    claims.resolve_line(claim.pk, first.pk, outcome="refused", reason="이용하지 않음", actor=officer)
    claims.check_claim(claim.pk, actor=officer)
    closed = claims.close_claim(claim.pk, actor=manager)
    assert (closed.state, closed.households, closed.total) == ("closed", 1, 8900)


def test_a_postponed_month_comes_again_and_a_refused_one_does_not(guarded):
    guarded.installed(TWO_MONTHS_BEFORE)
    before = compute(guarded, previous_month(MONTH))
    postponed, refused = before.lines.order_by("service_month_no")
    claims.confirm_claim(before.pk, actor=guarded.staff)
    for line, outcome in ((postponed, "postponed"), (refused, "refused")):
        claims.resolve_line(before.pk, line.pk, outcome=outcome, reason="확인", actor=guarded.cast.officer)
    after = compute(guarded)
    assert {line.service_month_no for line in after.lines.all()} == {1, 3}
    with pytest.raises(UnableToPerform, match="이미 다른 달"):
        claims.resolve_line(before.pk, postponed.pk, outcome="ok", reason="확인", actor=guarded.cast.officer)


def test_the_checker_cannot_approve_and_an_officer_neither(guarded, claim):
    claims.confirm_claim(claim.pk, actor=guarded.staff)
    claims.check_claim(claim.pk, actor=guarded.cast.manager)
    with pytest.raises(UnableToPerform, match="확인한 사람"):
        claims.close_claim(claim.pk, actor=guarded.cast.manager)
    with pytest.raises(UnableToPerform, match="할 수 없는"):
        claims.close_claim(claim.pk, actor=guarded.cast.officer)
    other = guarded.cast.actor(Role.DISTRICT_MANAGER, c.DONGJAK)
    claims.send_back(claim.pk, actor=other)
    claims.check_claim(claim.pk, actor=guarded.cast.officer)
    assert claims.close_claim(claim.pk, actor=other).state == "closed"


def test_every_step_is_taken_once_and_in_order(guarded, claim):
    for act, actor in ((claims.check_claim, guarded.cast.officer), (claims.close_claim, guarded.cast.manager)):
        with pytest.raises(UnableToPerform, match="새로 열어"):
            act(claim.pk, actor=actor)
    claims.confirm_claim(claim.pk, actor=guarded.staff)
    with pytest.raises(UnableToPerform, match="새로 열어"):
        claims.confirm_claim(claim.pk, actor=guarded.staff)


@pytest.fixture
def closed(guarded, claim):
    claims.confirm_claim(claim.pk, actor=guarded.staff)
    claims.check_claim(claim.pk, actor=guarded.cast.officer)
    return claims.close_claim(claim.pk, actor=guarded.cast.manager)


def test_a_closed_claim_and_its_lines_never_change(guarded, closed):
    line = closed.lines.first()
    for change in (
        lambda: Claim.objects.filter(pk=closed.pk).update(total=0),
        lambda: Claim.objects.filter(pk=closed.pk)._raw_delete("default"),
        lambda: ClaimLine.objects.filter(pk=line.pk).update(state="refused", resolution="x"),
        lambda: ClaimLine.objects.filter(pk=line.pk)._raw_delete("default"),
        lambda: ClaimLine.objects.create(
            claim=closed, service=line.service, service_month_no=9, starts_on=MONTH, ends_on=MONTH, amount=8900
        ),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert compute(guarded).closed_at == closed.closed_at
    assert Claim.objects.get().total == 2 * 8900


def test_the_database_closes_only_a_claim_that_adds_up(guarded, claim):
    now = timezone.now()
    signed = {"state": "closed", "confirmed_at": now, "checked_at": now, "closed_at": now, "synthetic": True}
    with pytest.raises((IntegrityError, InternalError), match="does not add up"), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(total=1, **signed)
    with pytest.raises(IntegrityError, match="closed_claim_went_all_the_way"), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(state="closed", synthetic=True)
    with pytest.raises(IntegrityError, match="checker_and_approver_differ"), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(**(signed | {"synthetic": False}))


def test_a_termination_cannot_undo_a_month_already_confirmed(guarded, closed):
    service = closed.lines.first().service
    end = {"on": service.installed_on, "reason": "moved_out"}
    with pytest.raises(UnableToPerform, match="이미 청구"):
        perform(service.pk, "terminate", actor=guarded.staff, data=end)
    perform(service.pk, "terminate", actor=guarded.staff, data=end | {"on": last_day(MONTH)})


def test_computing_costs_the_same_for_one_household_and_for_many(guarded):
    def statements(district):
        with CaptureQueriesContext(connection) as queries:
            compute(guarded, district=district)
        return len(queries)

    guarded.installed(TWO_MONTHS_BEFORE, 1, c.GWANAK)
    guarded.installed(TWO_MONTHS_BEFORE, 25)
    assert statements(c.GWANAK) == statements(c.DONGJAK) <= 12


def test_the_loader_closes_past_months_with_stated_dates(guarded):
    rows = guarded.handed_over(2)
    Service.objects.all().delete()
    handed_over_at = timezone.make_aware(dt.datetime(2021, 9, 13, 10))  # noqa: DTZ001
    made = seed_services(
        [(row, handed_over_at, dt.date(2021, 9, 20), f"S-{row.pk}") for row in rows], company=guarded.company
    )
    assert all(service.synthetic and service.subsidy == 8900 for service in made)
    october, november = seed_claims(2021, (9, 10, 11))
    assert (october.month, october.total, november.total) == (dt.date(2021, 10, 1), 17800, 17800)
    assert timezone.localdate(october.closed_at) == dt.date(2021, 11, 8)
    assert seed_claims(2021, (9, 10, 11)) == []


def test_twenty_computations_at_once_make_one_set_of_lines(scratch_database):
    cast = c.make_cast(quota=30)
    guarded = make_guarded(cast)
    guarded.installed(TWO_MONTHS_BEFORE, 5)
    results = in_threads(lambda _n: compute(guarded), range(20))
    assert not [result for result in results if isinstance(result, Exception)]
    assert len({claim.pk for claim in results}) == 1
    assert ClaimLine.objects.count() == 15


def test_two_months_computed_at_once_share_no_service_month(scratch_database):
    cast = c.make_cast(quota=30)
    guarded = make_guarded(cast)
    guarded.installed(TWO_MONTHS_BEFORE, 3)
    months = [MONTH, previous_month(MONTH)] * 5
    results = in_threads(lambda month: _or_nothing(guarded, month), months)
    assert not [result for result in results if isinstance(result, Exception)]
    assert ClaimLine.objects.count() == 9


def _or_nothing(guarded, month):
    """The later month may have claimed everything before the earlier one was computed."""
    try:
        return compute(guarded, month)
    except UnableToPerform:
        return None
