"""The lists of trips and of unmet demand, and one trip's page: masked, logged, opened, acted upon."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AccessLog
from accounts.roles import Role
from hospital import offering, taps
from hospital.assigning import assign_manager
from hospital.models import Fee, State, Trip, TripEvent
from tests.factories import cast as c
from tests.factories.escort import Actor, member, organisation
from tests.programs.signed_in import client_of

LIST = "/work/escort/trips/"
MOST_QUERIES = 20


def page_url(trip, code=""):
    return f"{LIST}{trip.pk}/{code and code + '/'}"


def text(response):
    return response.content.decode()


def local(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


@pytest.fixture
def desk(escort):
    return client_of(escort.dispatcher)


@pytest.fixture
def city(escort):
    from accounts.models import Organisation

    hall = Organisation.objects.get_or_create(code="city", defaults={"kind": "city", "name": "서울시"})[0]
    return client_of(Actor.of(member(Role.CITY_OFFICER, hall)))


def walked(escort, minutes=65):
    """A trip that has just ended, so many minutes long."""
    trip = escort.booked()
    assign_manager(trip.pk, escort.managers[0].pk, actor=escort.dispatcher)
    Trip.objects.filter(pk=trip.pk).update(day=timezone.localdate())
    phone = escort.phone_of(escort.managers[0])
    taps.tap(trip.pk, taps.Tap(uuid.uuid4(), "arrive"), actor=phone)
    Trip.objects.filter(pk=trip.pk).update(met_at=timezone.now() - dt.timedelta(minutes=minutes))
    taps.tap(trip.pk, taps.Tap(uuid.uuid4(), "finish"), actor=phone)
    return Trip.objects.get(pk=trip.pk)


# --- The list ------------------------------------------------------------------------------
def test_the_list_is_masked_and_logged(escort, desk):
    trip = escort.booked()
    page = text(desk.get(LIST))
    assert trip.number in page
    assert trip.service_user.name not in page
    assert trip.service_user.masked_name in page
    assert "시험로" not in page
    assert AccessLog.objects.get(about="trips", action="list").ids == [trip.pk]


def test_operator_and_city_read_it_and_nobody_else(escort, city):
    assert city.get(LIST).status_code == 200
    assert client_of(escort.caller).get(LIST).status_code == 200
    assert client_of(escort.agency).get(LIST).status_code == 403
    assert client_of(escort.phone_of(escort.managers[0])).get(LIST).status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=requested", True), ("state=completed", False), ("kind=reserved", True), ("kind=now", False),
        ("district=11590", True), ("district=11620", False), ("agency=own", True), ("flagged=on", False),
        ("first=2021-01-01&last=2021-02-01", False), ("first=nonsense", True), ("number=HE-0", False),
    ],
)  # fmt: skip
def test_the_filters_narrow_it(escort, desk, query, found):
    trip = escort.booked()
    assert (trip.number in text(desk.get(f"{LIST}?{query}"))) is found


def test_a_number_finds_it_on_whatever_day(escort, desk):
    trip = escort.booked()
    assert trip.number in text(desk.get(f"{LIST}?first=2021-01-01&last=2021-01-02&number={trip.number.lower()}"))


def test_by_the_agency_that_took_it(escort, desk):
    trip = escort.booked()
    made = offering.offer(trip.pk, to=[escort.hub.pk], actor=escort.dispatcher)[0]
    offering.accept_offer(made.pk, actor=escort.agency)
    assert trip.number in text(desk.get(f"{LIST}?agency={escort.hub.pk}"))
    assert trip.number not in text(desk.get(f"{LIST}?agency={escort.partner.pk}"))


def test_it_asks_as_much_for_many_as_for_few(escort, desk):
    def count():
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(LIST).status_code == 200
        return len(asked)

    escort.booked()
    count()
    few = count()
    for clock in ("08:00", "09:00", "12:00"):
        escort.booked(clock, person=escort.person())
    assert count() == few <= MOST_QUERIES


# --- One trip ------------------------------------------------------------------------------
def test_a_page_is_masked_until_opened_and_opening_is_logged(escort, desk):
    trip = escort.booked(notes="무릎이 아픔", mobility="aided")
    page = text(desk.get(page_url(trip)))
    assert trip.service_user.name not in page
    assert "무릎이 아픔" not in page
    opened = text(desk.post(page_url(trip, "open")))
    for shown in (trip.service_user.name, "시험로 1, 101호", "무릎이 아픔", trip.service_user.phone_display):
        assert shown in opened
    log = AccessLog.objects.get(about=f"trip:{trip.pk}", action="read")
    assert (log.purpose, log.subject_id, log.ids) == ("installation", escort.citizen.pk, [trip.pk])
    assert trip.service_user.name not in text(desk.get(page_url(trip)))


def test_the_city_opens_it_to_check_and_acts_on_nothing(escort, city):
    trip = escort.booked()
    assert trip.service_user.name in text(city.post(page_url(trip, "open")))
    assert AccessLog.objects.get(about=f"trip:{trip.pk}").purpose == "audit"
    assert "할 일" not in text(city.get(page_url(trip)))
    assert city.post(page_url(trip, "cancel"), {"reason": "person"}).status_code == 403


def test_what_is_destroyed_cannot_be_opened(escort, desk):
    trip = escort.booked()
    Trip.objects.filter(pk=trip.pk).update(destroyed_at=timezone.now())
    answer = desk.post(page_url(trip, "open"), follow=True)
    assert "파기하였습니다" in text(answer)
    assert trip.service_user.name not in text(answer)


def test_another_operators_trip_is_not_there(escort):
    trip = escort.booked()
    stranger = client_of(Actor.of(member(Role.DISPATCHER, organisation("escort_operator", "another"))))
    assert stranger.get(page_url(trip)).status_code == 404
    assert stranger.post(page_url(trip, "open")).status_code == 404
    assert stranger.post(page_url(trip, "cancel"), {"reason": "person"}).status_code == 404


def test_everything_of_a_finished_trip_is_on_its_page(escort, desk):
    trip = walked(escort)
    TripEvent.objects.create(
        trip=trip, action="wait", occurred_at=timezone.now(), device_at=timezone.now(), device_sent_at=timezone.now(),
        flagged=True, kind=trip.kind, purpose=trip.purpose, district_id=trip.district_id, role="escort_manager",
    )  # fmt: skip
    page = text(desk.get(page_url(trip)))
    for shown in (
        "김동행",
        "귀가 완료",
        "시각 의심",
        "보냄",
        "민감정보",
        "[안심서울] 동행을 마쳤습니다",
        "미납",
        "이용료 받음",
    ):
        assert shown in page, shown


def test_it_is_cancelled_for_the_caller_with_what_it_means(escort):
    trip = escort.booked()
    caller = client_of(escort.caller)
    assert "위약금 없이 취소" in text(caller.get(page_url(trip)))
    assert caller.post(page_url(trip, "cancel"), {"reason": ""}).status_code == 422
    assert caller.post(page_url(trip, "cancel"), {"reason": "person"}).status_code == 302
    event = TripEvent.objects.get(trip=trip, action="cancel")
    assert event.reason == "person"
    assert "이용자 사정" in text(caller.get(page_url(trip)))


def test_a_late_cancellation_says_what_it_costs(escort, desk):
    trip = escort.booked()
    soon = timezone.now() + dt.timedelta(hours=1)
    Trip.objects.filter(pk=trip.pk).update(earliest=soon, latest=soon)
    assert "늦은 취소입니다. 이용한 것으로 세고 위약금 13,000원" in text(desk.get(page_url(trip)))


def test_a_no_show_before_its_time_is_refused(escort, desk):
    trip = escort.booked()
    assign_manager(trip.pk, escort.managers[0].pk, actor=escort.dispatcher)
    refused = desk.post(page_url(trip, "no-show"))
    assert refused.status_code == 422
    assert "만나기로 한 때가 되지 않았습니다" in text(refused)
    assert Trip.objects.get(pk=trip.pk).state == State.ASSIGNED


def test_times_are_put_right_with_a_reason_and_the_fee_is_computed_anew(escort, desk):
    trip = walked(escort)
    before = Fee.objects.get(trip=trip).amount
    given = {"met_at": local(trip.met_at - dt.timedelta(minutes=60)), "returned_at": local(trip.returned_at)}
    assert desk.post(page_url(trip, "correct"), given).status_code == 422
    assert desk.post(page_url(trip, "correct"), given | {"reason": "late_tap"}).status_code == 302
    assert Fee.objects.get(trip=trip).amount > before
    assert TripEvent.objects.get(trip=trip, action="correct").reason == "late_tap"


def test_a_payment_is_recorded_once_and_given_back(escort, desk):
    trip = walked(escort)
    owed = Fee.objects.get(trip=trip).amount
    given = {"key": uuid.uuid4(), "method": "card"}
    for _ in range(2):
        assert desk.post(page_url(trip, "payment"), given).status_code == 302
    assert [one.amount for one in Fee.objects.get(trip=trip).payments.all()] == [owed]
    wrong = {"key": uuid.uuid4(), "amount": 500, "reason": "900101-1234567"}
    assert desk.post(page_url(trip, "refund"), wrong).status_code == 422
    assert desk.post(page_url(trip, "refund"), wrong | {"reason": "대기 시간을 뺌"}).status_code == 302
    assert Fee.objects.get(trip=trip).state == "due"


def test_paying_needs_a_method_and_only_the_dispatcher_gives_back(escort):
    trip = walked(escort)
    caller = client_of(escort.caller)
    assert caller.post(page_url(trip, "payment"), {"key": uuid.uuid4(), "method": ""}).status_code == 422
    assert caller.post(page_url(trip, "refund"), {}).status_code == 403


# --- Unmet demand --------------------------------------------------------------------------
def test_unmet_demand_is_listed_with_totals_by_reason(escort, desk, city):
    trip = escort.booked()
    offering.give_up(trip.pk, reason="no_manager", actor=escort.dispatcher)
    for client in (desk, city):
        page = text(client.get("/work/escort/unmet/"))
        assert "갈 수 있는 매니저 없음" in page
        assert trip.number in page
    assert [log.ids for log in AccessLog.objects.filter(filter__unmet="all")] == [[trip.pk], [trip.pk]]
    assert trip.number not in text(desk.get("/work/escort/unmet/?reason=declined"))
    assert trip.number not in text(desk.get(f"/work/escort/unmet/?district={c.GWANAK}"))
    assert client_of(escort.agency).get("/work/escort/unmet/").status_code == 403
