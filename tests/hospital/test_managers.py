"""Managers of one's own organisation: invited, told of, photographed, qualified; never taken from under a trip."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from hospital.assigning import assign_manager
from hospital.employing import add_credential, edit_manager, end_credential
from hospital.models import Assignment, Credential, EscortManager
from notifications.models import Message
from programs.workflow import UnableToPerform
from tests.factories import cast as c
from tests.factories.escort import manager
from tests.programs import files
from tests.programs.signed_in import client_of


def planned(escort):
    """The first manager and the trip that waits for them."""
    first, trip = escort.managers[0], escort.booked("10:00")
    assign_manager(trip.pk, first.pk, actor=escort.dispatcher)
    return first, trip


def edited(escort, someone, **changes):
    values = {"base_id": someone.base_id, "qualification": "간호조무사", "phone": "021112222", "active": True}
    return edit_manager(someone.pk, **(values | changes), actor=escort.dispatcher)


def test_nobody_stops_working_while_a_trip_is_planned_for_them(escort):
    first, trip = planned(escort)
    with pytest.raises(UnableToPerform, match=trip.number):
        edited(escort, first, active=False)
    assert not edited(escort, escort.managers[1], active=False).active


def test_a_new_base_moves_the_setting_out(escort):
    first, trip = planned(escort)
    before = Assignment.objects.get(trip=trip)
    edited(escort, first, base_id="11350")
    after = Assignment.objects.get(trip=trip)
    assert after.travel_minutes > before.travel_minutes
    assert after.planned.lower == trip.latest - dt.timedelta(minutes=after.travel_minutes)


def test_a_qualification_does_not_end_from_under_a_trip_unless_another_takes_its_place(escort):
    first, trip = planned(escort)
    insurance = Credential.objects.get(manager=first, kind="insurance")
    today = timezone.localdate()
    with pytest.raises(UnableToPerform, match=trip.number):
        end_credential(insurance.pk, last_day=today, actor=escort.dispatcher)
    insurance.refresh_from_db()
    assert insurance.valid_until is None
    add_credential(
        first.pk, kind="insurance", title="새 보험", valid_from=today, valid_until=None, actor=escort.dispatcher
    )
    assert end_credential(insurance.pk, last_day=today, actor=escort.dispatcher).valid_until == today


def test_a_qualification_does_not_end_before_it_begins(escort):
    held = Credential.objects.filter(manager=escort.managers[0]).first()
    with pytest.raises(UnableToPerform, match="시작일보다 앞섭니다"):
        end_credential(held.pk, last_day=held.valid_from - dt.timedelta(days=1), actor=escort.dispatcher)


def test_others_managers_are_not_ours_to_change(escort):
    theirs = escort.managers[2]
    with pytest.raises(EscortManager.DoesNotExist):
        edited(escort, theirs)
    with pytest.raises(EscortManager.DoesNotExist):
        end_credential(theirs.credentials.first().pk, last_day=timezone.localdate(), actor=escort.dispatcher)
    with pytest.raises(UnableToPerform, match="바꿀 수 없습니다"):
        edit_manager(
            escort.managers[0].pk, base_id=c.DONGJAK, qualification="가", phone="021112222", active=True,
            actor=escort.caller,
        )  # fmt: skip


@pytest.fixture
def desk(escort):
    return client_of(escort.dispatcher)


def act(desk, someone, what, **values):
    return desk.post(reverse("hospital:manager_add", args=[someone.pk, what]), values)


def test_a_photo_is_known_by_its_content_and_loses_what_the_camera_wrote(
    desk, escort, django_capture_on_commit_callbacks
):
    first = escort.managers[0]
    with django_capture_on_commit_callbacks(execute=True):
        answer = act(desk, first, "photo", file=SimpleUploadedFile("얼굴.png", files.image()))
    assert answer.status_code == 302
    first.refresh_from_db()
    before = first.photo.name
    picture = desk.get(reverse("hospital:manager_picture", args=[first.pk]))
    data = b"".join(picture.streaming_content)
    assert picture["Content-Type"] == "image/jpeg"
    assert b"SecretCameraMaker" not in data
    assert "no-store" in picture["Cache-Control"]
    with django_capture_on_commit_callbacks(execute=True):
        act(desk, first, "photo-remove")
    first.refresh_from_db()
    assert not first.photo
    assert not EscortManager._meta.get_field("photo").storage.exists(before)
    assert desk.get(reverse("hospital:manager_picture", args=[first.pk])).status_code == 404


def test_what_is_no_photo_is_refused(desk, escort):
    first = escort.managers[0]
    for data in (b"GIF89a", files.pdf(), b"\xff\xd8\xff" + b"0" * (2 * 1024 * 1024)):
        answer = act(desk, first, "photo", file=SimpleUploadedFile("photo.jpg", data))
        assert answer.status_code == 422
    first.refresh_from_db()
    assert not first.photo


def test_the_page_edits_and_ends(desk, escort):
    first = escort.managers[0]
    wrong = act(desk, first, "edit", base_id=c.DONGJAK, qualification="", phone="02-1")
    assert wrong.status_code == 422
    act(desk, first, "edit", base_id=c.GWANAK, qualification="간호사", phone="02-2133-9999", active="on")
    first.refresh_from_db()
    assert (first.base_id, first.qualification, first.phone, first.active) == (c.GWANAK, "간호사", "0221339999", True)
    held = first.credentials.get(kind="training")
    end = reverse("hospital:credential_end", args=[held.pk])
    assert desk.post(end, {"last_day": "어제"}).status_code == 422
    desk.post(end, {"last_day": timezone.localdate() + dt.timedelta(days=10)})
    assert "곧 만료" in desk.get(reverse("hospital:managers")).content.decode()


def test_an_expired_qualification_is_a_warning_in_the_list(desk, escort):
    Credential.objects.filter(manager=escort.managers[0], kind="insurance").update(
        valid_until=timezone.localdate() - dt.timedelta(days=1)
    )
    page = desk.get(reverse("hospital:managers")).content.decode()
    assert "배정할 수 없음" in page
    assert "책임배상보험" in page


def invited(client, role="escort_manager", **changes):
    values = {"email": "new@example.com", "name": "새사람", "role": role, "first_day": timezone.localdate()} | changes
    return client.post(reverse("hospital:manager_invite"), values)


def test_a_colleague_is_invited_into_ones_own_organisation_and_then_registered(desk, escort):
    assert invited(desk).url == reverse("hospital:manager_new")
    made = Membership.objects.get(user__email="new@example.com")
    assert (made.organisation, made.role) == (escort.operator, Role.ESCORT_MANAGER)
    assert Message.objects.filter(template="people.invited").exists()
    assert "새사람" in desk.get(reverse("hospital:manager_new")).content.decode()
    assert invited(desk).status_code == 422  # twice the same role


@pytest.mark.parametrize("role", ["agency_staff", "city_officer", "district_manager"])
def test_nobody_is_invited_into_a_role_that_is_not_there(desk, role):
    assert invited(desk, role).status_code == 422
    assert not Membership.objects.filter(user__email="new@example.com").exists()


def test_a_hub_sees_and_invites_its_own_only(escort):
    hub = client_of(escort.agency)
    page = hub.get(reverse("hospital:managers")).content.decode()
    assert "박거점" in page
    assert "김동행" not in page
    invited(hub, "agency_staff", email="hub@example.com")
    assert Membership.objects.get(user__email="hub@example.com").organisation == escort.hub
    assert hub.get(reverse("hospital:manager", args=[manager(escort.operator).pk])).status_code == 404
