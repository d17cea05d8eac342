"""Receiving: from a citizen's draft, and at the counter."""

import json

import pytest

from accounts.roles import Actor, Role
from programs import intake
from programs.call_terms import terms_of
from programs.deadlines import WorkingCalendar
from programs.models import Application, ApplicationDraft, Consent, Document
from programs.models.applications import Channel
from tests.factories import cast as c


@pytest.fixture
def draft(cast):
    owner = c.citizen()
    made = ApplicationDraft.objects.create(owner=owner, call=cast.call)
    made.remember("consents", {item.pk: item.required for item in cast.consents})
    made.remember("detail", c.DETAIL)
    made.save()
    Document.objects.create(
        draft=made,
        kind="register",
        filename="등본.pdf",
        file="x",
        content_type="application/pdf",
        size=1,
        sha256="0",
        uploaded_by=owner,
    )
    return made


def submit(draft):
    return intake.submit(draft.pk, actor=Actor.citizen(draft.owner))


def test_a_draft_becomes_one_application(cast, draft):
    application = submit(draft)
    assert application.receipt_no.startswith("DG-")
    assert application.door_guard_detail.deposit == 10_000_000
    assert application.documents.count() == 1
    assert {consent.given for consent in Consent.objects.filter(application=application)} == {True, False}
    assert not ApplicationDraft.objects.filter(pk=draft.pk).exists()


def test_a_submit_is_three_statements_in_a_transaction(cast, draft, django_assert_num_queries):
    """docs/decisions/few-statements.md; the two others are the savepoint that a test has for BEGIN and COMMIT."""
    cast.call.refresh_from_db()
    terms_of(cast.call)  # kept, as every submit but the first finds them
    actor = Actor.citizen(draft.owner)
    WorkingCalendar()
    with django_assert_num_queries(3 + 2):
        intake.submit(draft.pk, actor=actor)


def test_a_replay_gets_the_same_application(cast, draft):
    assert submit(draft).pk == submit(draft).pk
    assert Application.objects.count() == 1


def test_a_stranger_cannot_submit_it(cast, draft):
    stranger = c.citizen()
    with pytest.raises(ApplicationDraft.DoesNotExist):
        intake.submit(draft.pk, actor=Actor.citizen(stranger))


def test_only_a_citizen_has_drafts(cast, draft):
    with pytest.raises(ApplicationDraft.DoesNotExist):
        intake.submit(draft.pk, actor=Actor(Role.CITY_OFFICER, user=draft.owner))


def test_a_missing_consent_or_document_is_named(cast, draft):
    draft.documents.all().delete()
    with pytest.raises(intake.UnableToReceive, match="주민등록등본") as refused:
        submit(draft)
    assert refused.value.code == "incomplete"
    draft.payload = json.dumps(draft.answers | {"consents": {}})
    draft.save()
    with pytest.raises(intake.UnableToReceive, match="수집·이용 동의"):
        submit(draft)


def test_who_does_not_qualify_is_told_the_rule(cast):
    with pytest.raises(intake.UnableToReceive, match="1인가구") as refused:
        cast.receive(c.person(household_size=2))
    assert refused.value.code == "not_eligible"


def test_the_same_person_applies_once(cast):
    someone = c.person()
    first = cast.receive(someone)
    with pytest.raises(intake.UnableToReceive, match=first.receipt_no) as refused:
        cast.receive(someone, channel=Channel.COUNTER)
    assert refused.value.code == "duplicate"


def test_a_closed_district_receives_no_more_online(cast):
    cast.dongjak.closed_at = cast.call.opens_at
    cast.dongjak.save()
    with pytest.raises(intake.UnableToReceive, match="접수 기간"):
        cast.receive()
    assert cast.receive(channel=Channel.COUNTER).state == "submitted"
