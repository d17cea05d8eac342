"""Rosters keep to the day, the week and the law, and never pull a shift from under a trip."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from hospital.assigning import assign_manager
from hospital.employing import add_credential
from hospital.models import Absence, Assignment, Credential, EscortManager, Shift
from hospital.models.managers import monday_of
from hospital.rostering import add_absence, add_shifts, copy_week, copy_week_of_all, remove_shift
from programs.workflow import UnableToPerform
from tests.factories import cast as c
from tests.factories.escort import at, make_escort, manager, member, shift
from tests.programs.signed_in import client_of
from tests.scratch import in_threads

NINE, SIX = dt.time(9), dt.time(18)


def next_week(*weekdays):
    first = monday_of(timezone.localdate()) + dt.timedelta(days=7)
    return [first + dt.timedelta(days=n) for n in weekdays]


def hours(escort, someone, days, ends=SIX, actor=None):
    return add_shifts(
        someone.pk, days=days, begins=NINE, ends=ends, break_minutes=60, actor=actor or escort.dispatcher
    )


def test_five_days_of_eight_hours_and_no_sixth(escort):
    someone = manager(escort.operator)
    assert len(hours(escort, someone, next_week(0, 1, 2, 3, 4))) == 5
    with pytest.raises(UnableToPerform, match="40시간을 넘습니다"):
        hours(escort, someone, next_week(5))


def test_a_day_is_eight_hours_without_its_break(escort):
    someone = manager(escort.operator)
    with pytest.raises(UnableToPerform, match="8시간까지"):
        hours(escort, someone, next_week(0), ends=dt.time(19))
    with pytest.raises(UnableToPerform, match="뒤여야"):
        hours(escort, someone, next_week(0), ends=dt.time(8))


def test_all_days_or_none(escort):
    someone = manager(escort.operator)
    hours(escort, someone, next_week(2))
    with pytest.raises(UnableToPerform, match="이미 근무가 있습니다"):
        hours(escort, someone, next_week(0, 1, 2))
    assert Shift.objects.filter(manager=someone).count() == 1


def test_the_laws_week_is_kept_by_the_database(escort):
    someone = manager(escort.operator)
    days = next_week(0, 1, 2, 3)
    for day in days[:3]:
        shift(someone, day, "06:00", "22:00", 0)
    with pytest.raises(IntegrityError, match="would work"), transaction.atomic():
        shift(someone, days[3], "06:00", "22:00", 0)


def test_a_week_written_by_ten_at_once_keeps_its_limit(scratch_database):
    escort = make_escort()
    someone = manager(escort.operator)
    days = next_week(0, 1, 2, 3, 4, 5, 6)
    results = in_threads(lambda day: hours(escort, someone, [day]), days)
    assert not [one for one in results if isinstance(one, Exception) and not isinstance(one, UnableToPerform)]
    assert Shift.objects.filter(manager=someone).count() == 5


def test_neither_shift_nor_absence_pulls_a_manager_from_a_trip(escort):
    first = escort.managers[0]
    trip = escort.booked("10:00")
    assign_manager(trip.pk, first.pk, actor=escort.dispatcher)
    with pytest.raises(UnableToPerform, match=trip.number):
        remove_shift(Shift.objects.get(manager=first).pk, actor=escort.dispatcher)
    with pytest.raises(UnableToPerform, match=trip.number):
        add_absence(
            first.pk, begins=at(escort.day, "09:00"), ends=at(escort.day, "12:00"), reason="sick",
            actor=escort.dispatcher,
        )  # fmt: skip
    add_absence(
        first.pk, begins=at(escort.day, "15:00"), ends=at(escort.day, "18:00"), reason="sick", actor=escort.dispatcher
    )


def test_another_organisations_manager_is_not_ours_to_roster(escort):
    with pytest.raises(EscortManager.DoesNotExist):
        hours(escort, escort.managers[0], next_week(0), actor=escort.agency)
    with pytest.raises(UnableToPerform):
        hours(escort, escort.managers[0], next_week(0), actor=escort.caller)


def test_the_pages_of_the_roster(escort):
    client = client_of(escort.dispatcher)
    new = member(Role.ESCORT_MANAGER, escort.operator, "새동행")
    data = {"membership": new.pk, "base_id": c.DONGJAK, "qualification": "간호조무사", "phone": "02-2133-1234"}
    assert client.post(reverse("hospital:manager_new"), data | {"phone": "x"}).status_code == 422
    client.post(reverse("hospital:manager_new"), data)
    made = EscortManager.objects.get(membership=new)
    page = client.get(reverse("hospital:manager", args=[made.pk])).content.decode()
    assert "유효하지 않은 자격" in page
    for kind in Credential.Kind.values:
        add_credential(
            made.pk, kind=kind, title="증", valid_from=dt.date(2021, 1, 1), valid_until=None, actor=escort.dispatcher
        )
    add = reverse("hospital:manager_add", args=[made.pk, "shifts"])
    asked = {"week": next_week(0)[0], "weekdays": ["0", "1"], "begins": "09:00", "ends": "18:00", "break_minutes": 60}
    assert client.post(add, asked | {"weekdays": []}).status_code == 422
    client.post(add, asked)
    assert made.shifts.count() == 2
    client.post(reverse("hospital:shift_remove", args=[made.shifts.earliest("pk").pk]))
    assert made.shifts.count() == 1
    off = {"begins": f"{next_week(3)[0]}T09:00", "ends": f"{next_week(3)[0]}T18:00", "reason": "leave"}
    client.post(reverse("hospital:manager_add", args=[made.pk, "absence"]), off)
    client.post(reverse("hospital:absence_remove", args=[Absence.objects.get().pk]))
    assert not Absence.objects.exists()
    listed = client.get(reverse("hospital:managers")).content.decode()
    assert "새동행" in listed
    assert "8 / 40시간" not in listed  # next week's, not this one's


def test_a_week_is_copied_with_its_breaks_all_or_none(escort):
    someone = manager(escort.operator)
    hours(escort, someone, next_week(0, 1, 3))
    after = next_week(7)[0]
    made = copy_week(someone.pk, week=after, actor=escort.dispatcher)
    assert [one.span.lower for one in made] == [at(after + dt.timedelta(days=n), "09:00") for n in (0, 1, 3)]
    assert {(one.break_minutes, one.week) for one in made} == {(60, after)}
    with pytest.raises(UnableToPerform, match="이미 근무가 있습니다"):
        copy_week(someone.pk, week=after, actor=escort.dispatcher)
    assert Shift.objects.filter(manager=someone, week=after).count() == 3


def test_what_is_not_there_is_not_copied(escort):
    with pytest.raises(UnableToPerform, match="복사할 것이 없습니다"):
        copy_week(manager(escort.operator).pk, week=next_week(14)[0], actor=escort.dispatcher)


def test_a_copied_week_keeps_the_terms_limits_of_its_own_day(escort):
    """Shifts from before the limit: none of them is copied."""
    someone = manager(escort.operator)
    for day in next_week(0, 1, 2, 3):
        shift(someone, day, "08:00", "20:00", 60)
    with pytest.raises(UnableToPerform, match="8시간까지"):
        copy_week(someone.pk, week=next_week(7)[0], actor=escort.dispatcher)
    assert not Shift.objects.filter(manager=someone, week=next_week(7)[0]).exists()


def test_everybody_of_ours_whose_week_is_empty_is_copied_and_the_others_are_named(escort):
    Shift.objects.all().delete()
    fine, long, done, away = (manager(escort.operator, name=name) for name in ("가", "나", "다", "라"))
    theirs = escort.managers[2]
    for one in (fine, done, away, theirs):
        shift(one, next_week(0)[0], "09:00", "18:00")
    shift(long, next_week(0)[0], "08:00", "20:00")
    shift(done, next_week(8)[0], "09:00", "18:00")
    EscortManager.objects.filter(pk=away.pk).update(active=False)
    week = next_week(7)[0]
    copied = copy_week_of_all(week=week, actor=escort.dispatcher)
    assert copied.managers == 1
    assert [why[:2] for why in copied.refused] == ["나:"]
    assert copy_week_of_all(week=week, actor=escort.dispatcher).managers == 0
    assert set(Shift.objects.filter(week=week).values_list("manager", flat=True)) == {fine.pk, done.pk}


def test_a_week_copied_by_ten_at_once_is_copied_once(scratch_database):
    escort = make_escort()
    someone = manager(escort.operator)
    hours(escort, someone, next_week(0, 1))
    week = next_week(7)[0]
    results = in_threads(lambda _n: copy_week(someone.pk, week=week, actor=escort.dispatcher), range(10))
    assert sum(isinstance(one, list) for one in results) == 1
    assert all(isinstance(one, list | UnableToPerform) for one in results)
    assert Shift.objects.filter(manager=someone, week=week).count() == 2


def test_a_shift_taken_away_while_a_trip_is_given_leaves_no_trip_without_one(scratch_database):
    escort = make_escort()
    first = escort.managers[0]
    trip = escort.booked("10:00")
    held = Shift.objects.get(manager=first)
    acts = [
        lambda: assign_manager(trip.pk, first.pk, actor=escort.dispatcher),
        lambda: remove_shift(held.pk, actor=escort.dispatcher),
    ]
    results = in_threads(lambda act: act(), acts)
    assert sum(isinstance(one, UnableToPerform) for one in results) == 1
    assert Shift.objects.filter(pk=held.pk).exists() == Assignment.objects.filter(trip=trip).exists()


def test_the_week_shows_hours_and_who_is_away(escort):
    client = client_of(escort.dispatcher)
    someone = manager(escort.operator, name="주간표")
    days = next_week(0, 1)
    hours(escort, someone, days)
    add_absence(
        someone.pk, begins=at(days[1], "00:00"), ends=at(days[1] + dt.timedelta(days=1), "00:00"), reason="leave",
        actor=escort.dispatcher,
    )  # fmt: skip
    page = client.get(reverse("hospital:roster"), {"week": days[1]}).content.decode()
    row = page.split("주간표")[1].split("</tr>")[0]
    assert row.count("09:00–18:00") == 2
    assert row.count("연차") == 1
    assert "16 / 40시간" in row
    assert "박거점" not in page  # the hub's, until they are asked for
    everybody = client.get(reverse("hospital:roster"), {"week": days[1], "organisation": ""}).content.decode()
    assert "박거점" in everybody
    assert client.get(reverse("hospital:roster"), {"week": "x"}).status_code == 200


def test_the_roster_copies_the_week_before(escort):
    Shift.objects.all().delete()  # their day is longer than the terms'
    client = client_of(escort.dispatcher)
    someone = manager(escort.operator)
    hours(escort, someone, next_week(0, 1))
    week = next_week(7)[0]
    copied = client.post(reverse("hospital:roster_copy"), {"week": week}, follow=True).content.decode()
    assert "근무를 복사하였습니다" in copied
    assert someone.shifts.filter(week=week).count() == 2
    again = client.post(reverse("hospital:roster_copy"), {"week": week}, follow=True).content.decode()
    assert "복사할 근무가 없습니다" in again
    client.post(reverse("hospital:roster_copy"), {"week": "2020-01-06"})
    assert not someone.shifts.filter(week=dt.date(2020, 1, 6)).exists()
