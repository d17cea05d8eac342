"""The call centre: a number is looked up and logged, the caller is seen whole, the call ends once."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.models import AccessLog
from accounts.roles import Actor, Role
from hospital.calling import begin_call, end_call
from hospital.models import CallRecord, ServiceUser, Trip, UnmetDemand
from programs.workflow import UnableToPerform
from tests.factories.escort import member
from tests.hospital.test_citizen_booking import filled
from tests.programs.signed_in import client_of
from tests.scratch import in_threads

CALLS = "/work/escort/calls/"
Result = CallRecord.Result


@pytest.fixture
def desk(escort):
    return client_of(escort.caller)


def text(response, status=200):
    assert response.status_code == status, response.content.decode()[:3000]
    return response.content.decode()


def call_url(call, part=""):
    return f"{CALLS}{call.pk}/{part}"


def begun(escort, phone="01044443333"):
    return begin_call(phone=phone, actor=escort.caller)


def for_caller(escort, **changes):
    said = {
        "whom": None, "name": "최전화", "birth_date": "1950-02-03", "phone": "010-4444-3333",
        "home": escort.citizen.profile.district_id, "address": "전화로 3", "step": "book",
    }  # fmt: skip
    return filled(escort, **(said | changes))


# --- The record -------------------------------------------------------------------------------
def test_the_same_number_in_the_same_call_is_one_record(escort):
    assert begun(escort) == begun(escort)
    assert begun(escort, "01044440000") != begun(escort)
    end_call(begun(escort).pk, result=Result.INQUIRY, actor=escort.caller)
    begun(escort)
    assert CallRecord.objects.count() == 3


def test_only_the_operators_staff_take_calls(escort):
    with pytest.raises(UnableToPerform, match="콜센터"):
        begin_call(phone="01044443333", actor=escort.agency)


def test_a_call_ends_once_and_a_booked_one_names_its_trip(escort):
    call = begun(escort)
    with pytest.raises(UnableToPerform, match="예약이 있어야"):
        end_call(call.pk, result=Result.BOOKED, actor=escort.caller)
    with pytest.raises(UnableToPerform, match="결과를 고르십시오"):
        end_call(call.pk, result="open", actor=escort.caller)
    trip = escort.booked()
    ended = end_call(call.pk, result=Result.BOOKED, trip=trip, note=" 다시 전화 ", actor=escort.caller)
    assert (ended.trip, ended.service_user, ended.note) == (trip, trip.service_user, "다시 전화")
    with pytest.raises(UnableToPerform, match="이미 끝난"):
        end_call(call.pk, result=Result.INQUIRY, actor=escort.caller)


@pytest.mark.slow
def test_ten_clicks_at_once_begin_one_call(scratch_database):
    from tests.factories.escort import make_escort

    escort = make_escort()
    calls = in_threads(lambda _n: begun(escort).pk, range(10))
    assert set(calls) == {CallRecord.objects.get().pk}


# --- The pages --------------------------------------------------------------------------------
def test_a_number_is_looked_up_by_post_and_the_look_is_logged(escort, desk):
    person = escort.booked().service_user
    response = desk.post(f"{CALLS}begin/", {"phone": escort.citizen.profile.phone})
    call = CallRecord.objects.get()
    assert response.headers["Location"] == call_url(call)
    looked = AccessLog.objects.filter(about=f"call:{call.pk}", action="list").latest("at")
    assert looked.ids == [person.pk]
    page = text(desk.get(call_url(call)))
    for whole in (person.name, person.address, person.phone_display, "월간 10회 가운데 9회 남음"):
        assert whole in page
    read = AccessLog.objects.filter(about=f"call:{call.pk}", action="read").latest("at")
    assert (read.subject_id, read.ids) == (escort.citizen.pk, [person.pk])


def test_a_wrong_number_comes_back(desk):
    assert "전화번호는" in text(desk.post(f"{CALLS}begin/", {"phone": "12"}), 422)
    assert CallRecord.objects.count() == 0


def test_callers_from_a_landline_are_recorded_too(escort, desk):
    desk.post(f"{CALLS}begin/", {"phone": "02-123-4567"})
    assert CallRecord.objects.get().phone == "021234567"


def test_a_number_nobody_is_known_under_leads_to_a_new_user(escort, desk):
    page = text(desk.get(call_url(begun(escort))))
    assert "이 번호로 아는 이용자가 없습니다" in page
    form = text(desk.get(call_url(begun(escort), "book/")))
    assert 'value="010-4444-3333"' in form


def test_a_colleague_sees_the_call_masked_and_opens_it_by_a_logged_post(escort):
    call = begun(escort, escort.citizen.profile.phone)
    person = escort.booked().service_user
    end_call(call.pk, result=Result.COMPLAINT, note="늦게 왔다고 함", service_user=person, actor=escort.caller)
    colleague = client_of(Actor.of(member(Role.CALL_CENTER, escort.operator, "다른 상담")))
    page = text(colleague.get(call_url(call)))
    assert person.masked_name in page
    for whole in (person.name, person.phone_display, "늦게 왔다고"):
        assert whole not in page
    opened = text(colleague.post(call_url(call, "open/")))
    assert person.name in opened
    assert "늦게 왔다고 함" in opened
    assert AccessLog.objects.filter(about=f"call:{call.pk}", action="read", subject=escort.citizen).exists()


def test_todays_calls_are_masked_and_the_list_is_logged(escort, desk):
    person = escort.booked().service_user
    call = begun(escort, person.phone)
    end_call(call.pk, result=Result.INQUIRY, service_user=person, actor=escort.caller)
    page = text(desk.get(CALLS))
    assert person.masked_name in page
    assert person.name not in page
    assert AccessLog.objects.filter(about="calls", action="list").latest("at").ids == [call.pk]
    mine = AccessLog.objects.visible_to(Actor.citizen(escort.citizen)).filter(about="calls")
    assert mine.count() == 1  # the person sees that they were on the list


def test_a_call_ends_with_a_note(escort, desk):
    call = begun(escort)
    assert "확인해 주십시오" in text(desk.post(call_url(call, "end/"), {}), 422)
    response = desk.post(call_url(call, "end/"), {"result": "inquiry", "note": "요금을 물음"})
    assert response.headers["Location"] == CALLS
    call.refresh_from_db()
    assert (call.result, call.note) == ("inquiry", "요금을 물음")
    assert "끝난 통화이거나" in text(desk.post(call_url(call, "end/"), {"result": "inquiry"}, follow=True))


def test_another_operators_calls_are_not_there(escort):
    from tests.factories.escort import organisation

    other = client_of(Actor.of(member(Role.CALL_CENTER, organisation("escort_operator", "other-operator"))))
    call = begun(escort)
    assert other.get(call_url(call)).status_code == 404
    assert other.post(call_url(call, "end/"), {"result": "inquiry"}).status_code == 404


# --- Booking ----------------------------------------------------------------------------------
def test_a_caller_is_booked_and_the_call_ends(escort, desk):
    call = begun(escort)
    said = for_caller(escort, call_note="천천히 말씀하심")
    for _n in range(2):
        response = desk.post(call_url(call, "book/"), said)
        assert response.headers["Location"] == call_url(call)
    trip = Trip.objects.select_related("service_user").get()
    assert (trip.channel, trip.service_user.name, trip.pickup) == ("phone", "최전화", "전화로 3")
    call.refresh_from_db()
    assert (call.result, call.trip, call.note) == ("booked", trip, "천천히 말씀하심")
    assert trip.number in text(desk.get(call_url(call)))


def test_a_refused_caller_stays_on_the_line_with_every_reason(escort, desk):
    call = begun(escort)
    page = text(desk.post(call_url(call, "book/"), for_caller(escort, clock="19:30", has_other_service="yes")), 409)
    assert "이용 시간은" in page
    assert "그 서비스로" in page
    assert UnmetDemand.objects.get().reason == "hours"
    call.refresh_from_db()
    assert call.result == "open"


def test_a_past_trip_is_booked_again_in_one_click(escort, desk):
    trip = escort.booked(department="내과", notes="심장약을 먹음")
    call = begun(escort, escort.citizen.profile.phone)
    assert f"?again={trip.number}" in text(desk.get(call_url(call)))
    form = text(desk.get(call_url(call, "book/"), {"again": trip.number}))
    for value in (trip.service_user.name, str(trip.service_user_id), trip.service_user.address):
        assert f'value="{value}"' in form
    assert "심장약" not in form
    assert 'value="내과"' not in form, "health is asked anew"
    assert text(desk.get(call_url(call, "book/"), {"person": trip.service_user_id}))
    assert AccessLog.objects.filter(about=f"call:{call.pk}", action="read").count() == 3


def test_family_may_call_for_somebody(escort, desk):
    call = begun(escort)
    desk.post(call_url(call, "book/"), for_caller(escort, family_name="최딸(딸)", family_phone="01022223333"))
    trip = Trip.objects.get()
    assert (trip.family_name, trip.family_phone) == ("최딸(딸)", "01022223333")


def test_the_answer_stands_beside_the_form(escort, desk):
    call = begun(escort)
    assert "예약할 수 있습니다" in text(desk.post(call_url(call, "answer/"), for_caller(escort)))
    assert "아직 정하지 않은 것" in text(desk.post(call_url(call, "answer/"), {"kind": "now"}))
    assert Trip.objects.count() == 0


def test_nothing_is_booked_in_a_call_that_is_over(escort, desk):
    call = begun(escort)
    end_call(call.pk, result=Result.INQUIRY, actor=escort.caller)
    assert desk.post(call_url(call, "answer/"), for_caller(escort)).status_code == 404
    assert "끝난 통화이거나" in text(desk.post(call_url(call, "book/"), for_caller(escort), follow=True))
    assert Trip.objects.count() == 0


def test_consents_are_read_aloud(escort, desk):
    page = text(desk.get(call_url(begun(escort), "book/")))
    assert "동의하십니까?" in page
    assert "이용이 끝난 뒤 5년 동안 보관합니다" in page


def test_a_call_about_a_destroyed_person_shows_nobody(escort, desk):
    trip = escort.booked()
    ServiceUser.objects.filter(pk=trip.service_user_id).update(destroyed_at=timezone.now())
    call = begun(escort, escort.citizen.profile.phone)
    assert "아는 이용자가 없습니다" in text(desk.get(call_url(call)))
    assert desk.get(call_url(call, "book/"), {"person": trip.service_user_id}).status_code == 404
