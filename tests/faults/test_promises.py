"""Fifty attackers at the same moment on each promise of the database: it is kept, and nothing deadlocks."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from accounts import memberships
from accounts.models import Destruction, Membership
from accounts.roles import SPENDING_CHAIN, Actor, Role
from programs import intake, objections, quota, selection
from programs.models import (
    Application,
    ApplicationDraft,
    ApplicationEvent,
    DistrictCall,
    Document,
    Objection,
    QuotaMove,
    SelectionBatch,
    Supplement,
    Terms,
)
from programs.workflow import perform, promote_waiting
from safety.doorguard import claims
from safety.doorguard.models import Claim, ClaimLine
from tests.doorguard.conftest import make_guarded
from tests.factories import cast as c
from tests.faults.attack import ATTACKERS, attack

pytestmark = pytest.mark.slow


@pytest.fixture
def cast(scratch_database):
    return c.make_cast()


def received(cast, person=None, **more):
    with transaction.atomic():
        return cast.receive(person, **more)


def confirmed(cast, count):
    rows = [received(cast) for _ in range(count)]
    for row in rows:
        perform(row, "confirm", actor=cast.officer)
    return rows


def rejected(cast, applicant=None):
    row = received(cast, applicant=applicant)
    return perform(row, "reject", actor=cast.officer, data={"reasons": ["not_single"], "note": "두 사람입니다."})


def objection_to_a_refusal(cast):
    owner = Actor.citizen(c.citizen())
    return objections.file_objection(rejected(cast, owner.user).pk, actor=owner, text="혼자 삽니다.")


def places_used():
    return {
        row.pk: (Application.objects.filter(district_call=row, holds_place=True).count(), row.quota)
        for row in DistrictCall.objects.all()
    }


def is_within_quotas():
    return all(used <= places for used, places in places_used().values())


# --- Receiving ----------------------------------------------------------------------------------
def test_one_live_application_a_person_and_call(cast):
    someone = c.person()
    assert len(attack(lambda _: received(cast, someone))) == 1
    assert Application.objects.count() == ApplicationEvent.objects.count() == 1


def test_one_draft_becomes_one_application_however_often_it_is_sent(cast):
    owner = c.citizen()
    draft = ApplicationDraft(owner=owner, call=cast.call)
    draft.remember("consents", {item.pk: True for item in cast.consents})
    draft.remember("detail", c.DETAIL)
    draft.save()
    Document.objects.create(
        draft=draft, kind="register", filename="등본.pdf", file="x", content_type="application/pdf", size=1,
        sha256="0", uploaded_by=owner,
    )  # fmt: skip
    made = attack(lambda _: intake.submit(draft.pk, actor=Actor.citizen(owner)))
    assert len(made) == ATTACKERS  # everyone is answered with the one receipt
    assert {row.pk for row in made} == set(Application.objects.values_list("pk", flat=True))


# --- Places -------------------------------------------------------------------------------------
def test_the_last_place_is_given_once_whichever_way_it_is_taken(cast):
    """Selected by a manager, won by an objection, offered to the waiting list, or written past the portal."""
    DistrictCall.objects.filter(pk=cast.dongjak.pk).update(quota=1)
    ready, waiting, raw = confirmed(cast, 14), confirmed(cast, 12), confirmed(cast, 12)
    for row in waiting:
        perform(row, "waitlist", actor=cast.manager)
    upheld = [objection_to_a_refusal(cast) for _ in range(12)]
    ways = [
        *((lambda pk: perform(pk, "select", actor=cast.manager), row.pk) for row in ready),
        *((lambda pk: perform(pk, "offer", actor=Actor.system()), row.pk) for row in waiting),
        *((lambda pk: Application.objects.filter(pk=pk).update(holds_place=True), row.pk) for row in raw),
        *((lambda pk: objections.decide(pk, actor=cast.city, upheld=True, answer="맞습니다."), o.pk) for o in upheld),
    ]
    assert len(ways) == ATTACKERS
    attack(lambda way: way[0](way[1]), ways)
    assert places_used()[cast.dongjak.pk] == (1, 1)


def test_one_offer_has_one_end(cast):
    (row,) = confirmed(cast, 1)
    perform(row, "waitlist", actor=cast.manager)
    assert Application.objects.get(pk=row.pk).state == "offered"  # a place is free
    acts = itertools.islice(itertools.cycle(["accept_offer", "let_offer_lapse"]), ATTACKERS)
    by = {"accept_offer": cast.officer, "let_offer_lapse": Actor.system()}
    assert len(attack(lambda name: perform(row.pk, name, actor=by[name]), acts)) == 1


def test_a_freed_place_is_offered_once_and_to_the_first(cast):
    rows = confirmed(cast, 6)
    batch = selection.draft(cast.dongjak, actor=cast.officer, places=3, waitlist_rest=True)
    selection.approve(batch.pk, actor=cast.manager)

    @transaction.atomic
    def free_or_promote(n):
        if n % 2:
            selection.lock_district_call(cast.dongjak.pk, "exclusive")
            return promote_waiting(cast.dongjak.pk)
        return perform(rows[0].pk, "withdraw", actor=cast.officer, data={"note": "이사"})

    attack(free_or_promote)
    states = [Application.objects.get(pk=row.pk).state for row in rows]
    assert states == ["withdrawn", "selected", "selected", "offered", "waitlisted", "waitlisted"]


def test_places_moved_while_others_are_given(cast):
    rows = confirmed(cast, 25)
    DistrictCall.objects.update(quota=20)

    def move_or_select(n):
        if n < 25:
            return perform(rows[n].pk, "select", actor=cast.manager)
        ends = (cast.dongjak.pk, cast.gwanak.pk) if n % 3 else (cast.gwanak.pk, cast.dongjak.pk)
        return quota.move(*ends, actor=cast.city, places=1, reason="수요 조정")

    attack(move_or_select)
    assert is_within_quotas()
    assert sum(places for _used, places in places_used().values()) == 40


def test_one_drafted_selection_of_a_district_call(cast):
    confirmed(cast, 2)
    assert len(attack(lambda _: selection.draft(cast.dongjak, actor=cast.officer, places=1))) == 1
    assert SelectionBatch.objects.count() == 1


def test_one_draft_is_approved_or_sent_back_once(cast):
    rows = confirmed(cast, 3)
    batch = selection.draft(cast.dongjak, actor=cast.officer, places=2)

    def decide(n):
        if n % 2:
            return selection.approve(batch.pk, actor=cast.manager)
        return selection.send_back(batch.pk, actor=cast.manager, comment="다시")

    assert len(attack(decide)) == 1
    batch.refresh_from_db()
    selected = Application.objects.filter(state="selected", pk__in=[row.pk for row in rows]).count()
    assert selected == (2 if batch.state == "approved" else 0)


# --- Cases --------------------------------------------------------------------------------------
def test_of_many_officers_with_the_same_page_exactly_one_acts(cast):
    row = received(cast)
    acts = itertools.islice(itertools.cycle(["start_review", "confirm"]), ATTACKERS)
    assert len(attack(lambda name: perform(row.pk, name, actor=cast.officer, expected_version=1), acts)) == 1
    assert ApplicationEvent.objects.filter(application=row).count() == 2


def test_one_open_supplement(cast):
    row = received(cast)
    until = timezone.localdate() + dt.timedelta(days=7)
    ask = {"note": "등본", "until": until, "document_kinds": ["register"]}
    assert len(attack(lambda _: perform(row.pk, "request_supplement", actor=cast.officer, data=ask))) == 1
    values = {"application": row, "requested_at": timezone.now(), "until": until}
    assert attack(lambda _: Supplement.objects.create(**values)) == []
    assert Supplement.objects.count() == 1


def test_one_open_objection(cast):
    owner = Actor.citizen(c.citizen())
    row = rejected(cast, owner.user)
    assert len(attack(lambda _: objections.file_objection(row.pk, actor=owner, text="혼자 삽니다."))) == 1
    values = {"application": row, "filed_at": timezone.now(), "due_on": timezone.localdate()}
    assert attack(lambda _: Objection.objects.create(**values)) == []


def test_one_objection_is_decided_once_while_others_dismiss_uphold_and_extend(cast):
    objection = objection_to_a_refusal(cast)

    def act(n):
        if n % 3 == 0:
            objections.extend(objection.pk, actor=cast.officer, reason="현장 확인")
            return None
        return objections.decide(objection.pk, actor=cast.manager, upheld=n % 3 == 1, answer="살펴보았습니다.")

    decided = [one for one in attack(act) if one]
    assert len(decided) == 1
    objection.refresh_from_db()
    state = Application.objects.get(pk=objection.application_id).state
    assert state == ("selected" if objection.state == "upheld" else "rejected")


def test_no_state_without_its_event(cast):
    rows = [received(cast) for _ in range(ATTACKERS)]
    changes = {"state": "selected", "holds_place": True, "decided_at": timezone.now()}
    assert attack(lambda row: Application.objects.filter(pk=row.pk).update(**changes), rows) == []
    assert set(Application.objects.values_list("state", flat=True)) == {"submitted"}


# --- Records ------------------------------------------------------------------------------------
APPEND_ONLY = {
    "programs_applicationevent": "role = ''",
    "accounts_accesslog": "role = ''",
    "accounts_destruction": "rule = ''",
    "programs_quotamove": "reason = ''",
}


def test_what_is_recorded_stays_even_for_the_owner_of_the_tables(cast):
    received(cast)
    Destruction.objects.create(what="applications", rule="5년", rows=1)
    quota.move(cast.dongjak.pk, cast.gwanak.pk, actor=cast.city, places=1, reason="수요 조정")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_accesslog (role, action, about, ids, count, purpose, reason, filter) "
            "VALUES ('system', 'read', 'x', '{}', 1, '', '', '{}')"
        )
    statements = [
        statement
        for table, change in APPEND_ONLY.items()
        for statement in (f"UPDATE {table} SET {change}", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE")
    ] + ["DELETE FROM programs_application"]

    def run(statement):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            return statement

    assert attack(run, (statements * 4)[:ATTACKERS]) == []
    assert QuotaMove.objects.count() == Destruction.objects.count() == ApplicationEvent.objects.count() == 1


# --- Money --------------------------------------------------------------------------------------
@pytest.fixture
def guarded(cast):
    return make_guarded(cast)


def test_a_service_month_is_claimed_and_closed_once(guarded):
    """Claims of every month since the installation, computed by many at once; then one of them approved by many."""
    start = timezone.localdate().replace(day=1) - dt.timedelta(days=150)
    guarded.installed(start.replace(day=1), count=3)
    months = [(start.replace(day=1) + dt.timedelta(days=31 * n)).replace(day=1) for n in range(4)]

    def compute(n):
        return claims.compute_claim(
            company_id=guarded.company.pk, district_id=c.DONGJAK, month=months[n % 4], actor=guarded.staff
        )

    assert attack(compute)
    keys = list(ClaimLine.objects.values_list("service", "service_month_no"))
    assert keys
    assert len(keys) == len(set(keys))
    claim = Claim.objects.filter(state="computed").first()
    claims.confirm_claim(claim.pk, actor=guarded.staff)
    claims.check_claim(claim.pk, actor=guarded.cast.officer)
    assert len(attack(lambda _: claims.close_claim(claim.pk, actor=guarded.cast.manager))) == 1
    assert attack(lambda _: ClaimLine.objects.filter(claim=claim).update(amount=1)) == []


def test_a_service_month_written_past_the_portal_into_many_claims_stays_in_one(guarded):
    (row,) = guarded.installed(dt.date(2024, 1, 1))
    values = {"company": guarded.company, "district_id": c.DONGJAK}
    made = [Claim.objects.create(month=dt.date(2020 + n // 12, n % 12 + 1, 1), **values) for n in range(ATTACKERS)]
    line = {"starts_on": dt.date(2024, 1, 1), "ends_on": dt.date(2024, 1, 31), "amount": 8900}

    def write(claim):
        return ClaimLine.objects.create(claim=claim, service_id=row.pk, service_month_no=1, **line)

    assert len(attack(write, made)) == 1


def test_terms_never_overlap(cast):
    def write(n):
        return Terms.objects.create(
            program=cast.program, values={}, basis="협약", valid=DateRange(dt.date(2021, 1, 1 + n % 20), None)
        )

    assert len(attack(write)) == 1


# --- People -------------------------------------------------------------------------------------
def test_one_person_is_never_two_of_the_spending_chain(cast):
    someone, office = c.user(), c.organisation("city")
    roles = itertools.islice(itertools.cycle(SPENDING_CHAIN), ATTACKERS)
    begun = attack(lambda role: memberships.begin(by=cast.city, user=someone, organisation=office, role=role), roles)
    assert len(begun) == Membership.objects.filter(user=someone).count() == 1


def test_one_membership_a_role_at_a_time(cast):
    someone, office = c.user(), c.organisation("district", c.DONGJAK)

    def begin(_):
        return memberships.begin(by=cast.city, user=someone, organisation=office, role=Role.DISTRICT_OFFICER)

    assert len(attack(begin)) == 1
