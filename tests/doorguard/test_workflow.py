"""From selection to the end of the agreement."""

import datetime as dt
import json

import pytest
from django.utils import timezone, translation

from accounts.months import add_months
from notifications.models import Message
from programs.models import Application, Consent
from programs.workflow import UnableToPerform, perform, state_info
from safety.doorguard import services
from safety.doorguard.models import Dispatch, Relocation, Service
from tests.factories import cast as c


def fresh(row):
    return Application.objects.get(pk=row.pk)


def letters_to(row):
    return set(Message.objects.filter(about=f"application:{row.pk}").values_list("template", flat=True))


def tomorrow():
    return timezone.now() + dt.timedelta(days=1)


def test_a_selected_household_is_handed_over_with_its_terms(guarded):
    (row,) = guarded.handed_over()
    service = Service.objects.get(pk=row.pk)
    assert fresh(row).state == "handed_over"
    assert fresh(row).handed_to == guarded.company
    assert (service.subsidy, service.self_pay, service.subsidy_months, service.agreement_months) == (
        8900, 1000, 12, 36,
    )  # fmt: skip
    assert "application.handed_over" in letters_to(row)


def test_handing_over_costs_the_same_for_one_and_for_twenty(guarded, django_assert_num_queries):
    rows = guarded.selected(20)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        services.hand_over([rows[0].pk], company=guarded.company, actor=guarded.cast.officer)
    with CaptureQueriesContext(connection) as many:
        services.hand_over([row.pk for row in rows[1:]], company=guarded.company, actor=guarded.cast.officer)
    assert len(many) <= len(one) + 1


def test_who_did_not_consent_is_not_handed_over_nor_anyone_beside(guarded):
    first, second = guarded.selected(2)
    Consent.objects.filter(application=second, item__kind="third_party").update(given=False)
    with pytest.raises(UnableToPerform, match="동의하지 않아"):
        services.hand_over([first.pk, second.pk], company=guarded.company, actor=guarded.cast.officer)
    assert fresh(first).state == "selected"
    assert not Service.objects.exists()


def test_a_neighbour_cannot_hand_over_what_is_not_theirs(guarded):
    (row,) = guarded.selected()
    with pytest.raises(Application.DoesNotExist):
        services.hand_over([row.pk], company=guarded.company, actor=guarded.cast.neighbour)


def test_another_company_reaches_nothing(guarded):
    (row,) = guarded.handed_over()
    with pytest.raises(Application.DoesNotExist):
        perform(row, "schedule_install", actor=guarded.stranger, data={"visit_at": tomorrow()})
    assert not Service.objects.visible_to(guarded.stranger).exists()
    assert Service.objects.visible_to(guarded.staff).count() == 1
    assert not Service.objects.visible_to(guarded.cast.neighbour).exists()
    assert Service.objects.visible_to(guarded.cast.city).count() == 1


def test_a_visit_is_scheduled_and_moved_but_never_into_the_past(guarded):
    (row,) = guarded.handed_over()
    perform(row, "schedule_install", actor=guarded.staff, data={"visit_at": tomorrow()})
    perform(row, "schedule_install", actor=guarded.staff, data={"visit_at": tomorrow() + dt.timedelta(days=2)})
    assert fresh(row).state == "install_scheduled"
    assert Message.objects.filter(template="application.install_scheduled").count() == 2
    with pytest.raises(UnableToPerform, match="지금보다 뒤"):
        perform(row, "schedule_install", actor=guarded.staff, data={"visit_at": timezone.now()})


def test_an_installation_has_its_day_and_serial(guarded):
    (row,) = guarded.handed_over()
    today = timezone.localdate()
    with pytest.raises(UnableToPerform, match="오늘이나 그 전"):
        services.install(row, installed_on=today + dt.timedelta(days=1), serial="A1", actor=guarded.staff)
    with pytest.raises(UnableToPerform, match="이관받은 날"):
        services.install(row, installed_on=today - dt.timedelta(days=1), serial="A1", actor=guarded.staff)
    with pytest.raises(UnableToPerform, match="일련번호"):
        services.install(row, installed_on=today, serial="", actor=guarded.staff)
    services.install(row, installed_on=today, serial="A1", actor=guarded.staff)
    assert fresh(row).state == "installed"
    assert state_info(fresh(row)).holds_place


def test_one_serial_serves_one_home(guarded):
    first, second = guarded.handed_over(2)
    services.install(first, installed_on=timezone.localdate(), serial="A1", actor=guarded.staff)
    with pytest.raises(UnableToPerform, match="다른 집"):
        services.install(second, installed_on=timezone.localdate(), serial="A1", actor=guarded.staff)
    perform(first, "terminate", actor=guarded.staff, data={"on": timezone.localdate(), "reason": "moved_out"})
    services.install(second, installed_on=timezone.localdate(), serial="A1", actor=guarded.staff)


def test_an_impossible_installation_moves_the_waiting_list_up_and_tells_them(guarded):
    guarded.cast.dongjak.quota = 1
    guarded.cast.dongjak.save()
    (row,) = guarded.handed_over()
    waiting = guarded.cast.receive()
    perform(waiting, "confirm", actor=guarded.cast.officer)
    perform(waiting, "waitlist", actor=guarded.cast.manager)
    with pytest.raises(UnableToPerform, match="사유"):
        perform(row, "report_impossible", actor=guarded.staff, data={"reason": "whim"})
    perform(row, "report_impossible", actor=guarded.staff, data={"reason": "door"})
    assert fresh(row).state == "selection_cancelled"
    assert fresh(waiting).state == "offered"
    assert "application.install_impossible" in letters_to(row)
    assert "application.offered" in letters_to(waiting)
    service = Service.objects.get(pk=row.pk)
    assert (service.ended_on, service.end_reason) == (timezone.localdate(), "door")


def test_a_letter_is_korean_whatever_the_officer_reads(guarded):
    (row,) = guarded.handed_over()
    with translation.override("en"):
        perform(row, "report_impossible", actor=guarded.staff, data={"reason": "no_wifi"})
    letter = Message.objects.get(about=f"application:{row.pk}", template="application.install_impossible")
    assert "사유: 무선인터넷 없음" in json.loads(letter.payload)["body"]


def test_withdrawing_after_the_hand_over_ends_the_service(guarded):
    (row,) = guarded.handed_over()
    perform(row, "withdraw", actor=guarded.cast.officer, data={"note": "전화로 취하"})
    assert fresh(row).state == "withdrawn"
    assert Service.objects.get(pk=row.pk).end_reason == "withdrawn"


def test_an_installed_household_terminates_rather_than_withdraws(guarded):
    (row,) = guarded.installed(timezone.localdate())
    with pytest.raises(UnableToPerform, match="상태에서는"):
        perform(row, "withdraw", actor=guarded.cast.officer, data={"note": "취하"})
    perform(row, "terminate", actor=guarded.staff, data={"on": timezone.localdate(), "reason": "not_needed"})
    assert fresh(row).state == "terminated"
    assert not fresh(row).holds_place
    assert row.service.termination.penalty is None
    body = Message.objects.get(template="application.terminated").body
    assert "약정에 따름" in body


def test_a_termination_lies_between_installation_and_today(guarded):
    (row,) = guarded.installed(timezone.localdate())
    for day in (timezone.localdate() - dt.timedelta(days=1), timezone.localdate() + dt.timedelta(days=1)):
        with pytest.raises(UnableToPerform, match="설치일과 오늘"):
            perform(row, "terminate", actor=guarded.staff, data={"on": day, "reason": "moved_out"})


def test_a_relocation_is_asked_for_once_and_done(guarded):
    (row,) = guarded.installed(timezone.localdate())
    asked = {"requested_on": timezone.localdate(), "address": "새로운길 1"}
    with pytest.raises(UnableToPerform, match="접수한 이전설치가 없습니다"):
        perform(row, "complete_relocation", actor=guarded.staff, data={"done_on": timezone.localdate()})
    perform(row, "request_relocation", actor=guarded.cast.officer, data=asked)
    with pytest.raises(UnableToPerform, match="이미 접수"):
        perform(row, "request_relocation", actor=guarded.staff, data=asked)
    perform(row, "complete_relocation", actor=guarded.staff, data={"done_on": timezone.localdate(), "fee": 55000})
    assert Relocation.objects.get().fee == 55000
    assert fresh(row).state == "installed"


def test_dispatches_are_logged_once_and_only_in_service(guarded):
    (row,) = guarded.handed_over()
    now = timezone.now()
    how = {"at": now, "kind": "button", "result": "false_alarm"}
    with pytest.raises(UnableToPerform, match="이용 중인"):
        services.record_dispatch(row.service, actor=guarded.staff, **how)
    services.install(row, installed_on=timezone.localdate(), serial="A1", actor=guarded.staff)
    for _ in range(2):
        services.record_dispatch(row.service, actor=guarded.staff, **how)
    assert Dispatch.objects.count() == 1
    with pytest.raises(UnableToPerform, match="보안업체만"):
        services.record_dispatch(row.service, actor=guarded.stranger, **how)


def test_time_ends_the_subsidy_and_then_the_agreement(guarded):
    start = dt.date(2021, 9, 10)
    (row,) = guarded.installed(start)
    assert services.advance(dt.date(2022, 8, 10))["announce_subsidy_end"] == 0
    assert services.advance(dt.date(2022, 8, 11))["announce_subsidy_end"] == 1
    assert services.advance(dt.date(2022, 9, 9)) == {"announce_subsidy_end": 0, "end_subsidy": 0, "expire": 0}
    assert services.advance(add_months(start, 12))["end_subsidy"] == 1
    assert fresh(row).state == "subsidy_ended"
    assert services.advance(add_months(start, 36))["expire"] == 1
    assert fresh(row).state == "expired"
    assert row.service.__class__.objects.get(pk=row.pk).ended_on == dt.date(2024, 9, 9)
    assert "application.subsidy_ending" in letters_to(row)
    assert fresh(row).events.get(action="expire").occurred_at == timezone.make_aware(dt.datetime(2024, 9, 10))  # noqa: DTZ001


def test_time_catches_up_in_one_go_without_announcing_what_is_over(guarded):
    (row,) = guarded.installed(dt.date(2021, 9, 10))
    assert services.advance(timezone.localdate()) == {"announce_subsidy_end": 0, "end_subsidy": 1, "expire": 1}
    assert fresh(row).state == "expired"


def test_ending_after_the_whole_subsidy_keeps_the_place_used(guarded):
    (row,) = guarded.installed(dt.date(2021, 9, 10))
    services.advance(dt.date(2022, 9, 10))
    perform(row, "terminate", actor=guarded.staff, data={"on": dt.date(2022, 10, 1), "reason": "moved_out"})
    assert fresh(row).state == "expired"
    assert fresh(row).holds_place


def test_a_citizen_may_withdraw_until_the_installation(guarded):
    (row,) = guarded.selected(applicant=c.citizen())
    services.hand_over([row.pk], company=guarded.company, actor=guarded.cast.officer)
    from accounts.roles import Actor

    perform(row, "withdraw", actor=Actor.citizen(fresh(row).applicant))
    assert fresh(row).state == "withdrawn"
