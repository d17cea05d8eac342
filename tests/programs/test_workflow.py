"""perform(): the one door through which state changes."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.roles import Actor, Role
from notifications.models import Message
from programs.models import Application, ApplicationEvent
from programs.workflow import ChangedMeanwhile, UnableToPerform, offered_actions, perform
from tests.factories import cast as c


def test_it_reviews_confirms_and_tells(cast):
    application = cast.receive()
    perform(application, "start_review", actor=cast.officer)
    perform(application, "confirm", actor=cast.officer)
    application.refresh_from_db()
    assert (application.state, application.assignee) == ("under_review", cast.officer.membership)
    assert application.checked_at is not None
    assert list(application.events.order_by("id").values_list("action", "from_state", "to_state")) == [
        ("submit", "", "submitted"),
        ("start_review", "submitted", "under_review"),
        ("confirm", "under_review", "under_review"),
    ]
    assert Message.objects.filter(about=f"application:{application.pk}").count() == 1


def test_it_refuses_a_stranger(cast):
    application = cast.receive()
    with pytest.raises(Application.DoesNotExist):
        perform(application, "start_review", actor=cast.neighbour)


def test_it_refuses_a_role_and_a_state_with_the_same_words_as_the_buttons(cast):
    application = cast.receive(applicant=(owner := c.citizen()))
    with pytest.raises(UnableToPerform, match="할 수 없는 처리"):
        perform(application, "start_review", actor=Actor.citizen(owner))
    with pytest.raises(UnableToPerform, match="상태에서는"):
        perform(application, "answer_supplement", actor=cast.officer)


def test_the_second_of_two_officers_is_told_what_changed(cast):
    application = cast.receive()
    perform(application, "start_review", actor=cast.officer, expected_version=1)
    with pytest.raises(ChangedMeanwhile) as refused:
        perform(application, "confirm", actor=cast.manager, expected_version=1)
    assert [event.action for event in refused.value.events] == ["start_review"]


def test_a_supplement_stops_the_clock_and_keeps_the_place(cast):
    application = cast.receive()
    due, order = application.due_at, application.order_at
    until = timezone.localdate() + dt.timedelta(days=7)
    perform(
        application,
        "request_supplement",
        actor=cast.officer,
        data={"note": "등본을 다시 내 주십시오.", "until": until, "document_kinds": ["register"]},
    )
    application.refresh_from_db()
    assert application.clock_stopped_at is not None
    perform(application, "answer_supplement", actor=cast.officer, data={"answer": "냈습니다."})
    application.refresh_from_db()
    assert (application.state, application.order_at) == ("under_review", order)
    assert application.due_at >= due
    assert application.supplements.get().answered_at is not None


def test_a_rejection_needs_a_coded_reason_and_words(cast):
    application = cast.receive()
    with pytest.raises(UnableToPerform, match="사유"):
        perform(application, "reject", actor=cast.officer, data={"note": "안 됩니다."})
    perform(application, "reject", actor=cast.officer, data={"note": "세대원이 둘입니다.", "reasons": ["not_single"]})
    application.refresh_from_db()
    assert application.closed_at is not None
    body = Message.objects.get(template="application.rejected").body
    assert "1인가구가 아님" in body
    assert "이의신청" in body
    assert "02-2820-1234" in body


def test_the_database_refuses_a_state_without_its_event(cast):
    application = cast.receive()
    with pytest.raises(IntegrityError, match="without an event"), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(state="under_review")


def test_events_are_append_only(cast):
    application = cast.receive()
    for act in (
        lambda: ApplicationEvent.objects.filter(application=application).update(action="x"),
        lambda: ApplicationEvent.objects.filter(application=application).delete(),
    ):
        with pytest.raises(Exception, match=r"Cannot (update|delete)"), transaction.atomic():
            act()


def test_the_city_sees_no_button_it_may_not_press(cast):
    application = cast.receive()
    assert offered_actions(application, cast.city, timezone.now()) == []
    names = [t.name for t, _why in offered_actions(application, cast.officer, timezone.now())]
    assert names == [
        "start_review",
        "confirm",
        "request_supplement",
        "extend",
        "transfer",
        "reject",
        "return",
        "withdraw",
        "assign",
        "note",
    ]


def test_a_transfer_moves_the_case_out_of_sight_and_keeps_its_time(cast):
    application = cast.receive()
    perform(application, "transfer", actor=cast.officer, data={"district": c.GWANAK, "note": "관악구 주민입니다."})
    moved = Application.objects.visible_to(cast.neighbour).get(pk=application.pk)
    assert moved.order_at == application.order_at
    assert moved.district_call == cast.gwanak
    assert not Application.objects.visible_to(cast.officer).filter(pk=application.pk).exists()
    event = moved.events.get(action="transfer")
    assert (event.from_district_id, event.district_id) == (c.DONGJAK, c.GWANAK)


def test_a_withdrawn_place_goes_to_the_first_on_the_waiting_list(cast):
    from programs import selection

    rows = [cast.receive() for _ in range(5)]
    for row in rows:
        perform(row, "confirm", actor=cast.officer)
    batch = selection.draft(cast.dongjak, actor=cast.officer, places=3, waitlist_rest=True)
    selection.approve(batch.pk, actor=cast.manager)
    states = [Application.objects.get(pk=row.pk).state for row in rows]
    assert states == ["selected"] * 3 + ["waitlisted"] * 2
    perform(rows[0], "withdraw", actor=cast.officer, data={"note": "이사합니다."})
    fourth = Application.objects.get(pk=rows[3].pk)
    assert (fourth.state, fourth.holds_place) == ("offered", True)
    assert Application.objects.get(pk=rows[4].pk).state == "waitlisted"
    perform(fourth, "accept_offer", actor=cast.officer)
    assert Application.objects.get(pk=fourth.pk).state == "selected"
    assert cast.actor(Role.DISTRICT_MANAGER, c.DONGJAK).role == Role.DISTRICT_MANAGER
