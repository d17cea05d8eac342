"""Destruction (개인정보 보호법 §21): health details after their own period, whatever else is personal in a trip
after the years its terms say; a call that led to no trip after the years of the terms of its day; a person, with
their bans and what they were told of them, after their last trip. Trips, events, calls and money stay as skeletons, so
that no past figure changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import Destruction
from hospital.availability import bounds
from hospital.escort_terms import EscortTerms
from hospital.models import Ban, CallRecord, Fee, Incident, ServiceUser, Trip
from notifications.models import Message
from notifications.outbox import destroy_content
from programs.models import Terms

_BATCH = 500
_TRIP, _CALL = "병원동행 개인정보", "병원동행 통화 기록"


def destroy_due(now: dt.datetime) -> int:
    """By the terms each trip was made under, or of each call's day; how many trips were touched."""
    done = 0
    for row in Terms.objects.filter(program="hospital-escort").order_by("pk"):
        terms = EscortTerms.of(row)
        trips = Trip.objects.filter(terms=row, ended_at__isnull=False)
        notes_until = now - dt.timedelta(days=terms.health_note_days)
        noted = trips.filter(notes_destroyed_at__isnull=True, ended_at__lt=notes_until)
        rule = f"건강 정보, 이용이 끝나고 {terms.health_note_days}일 지남"
        done += _in_batches(noted, now, _destroy_notes, _TRIP, rule)
        years = now - dt.timedelta(days=365 * terms.retention_years)
        old = trips.filter(destroyed_at__isnull=True, ended_at__lt=years)
        done += _in_batches(old, now, _destroy_trips, _TRIP, f"이용이 끝나고 {terms.retention_years}년 지남")
        calls = _calls_under(row).filter(began_at__lt=years)
        _in_batches(calls, now, _destroy_calls, _CALL, f"예약 없이 끝나고 {terms.retention_years}년 지남")
    _destroy_people(now)
    return done


def _calls_under(row: Terms) -> QuerySet[CallRecord]:
    """Calls that led to no trip, on the days of these terms of the whole city, and of which something is known yet."""
    known = Q(phone__isnull=False) | Q(note__isnull=False) | Q(service_user__isnull=False)
    calls = CallRecord.objects.filter(known, trip__isnull=True)
    if row.district_id is not None:
        return calls.none()
    if row.valid.lower:
        calls = calls.filter(began_at__gte=bounds(row.valid.lower)[0])
    return calls.filter(began_at__lt=bounds(row.valid.upper)[0]) if row.valid.upper else calls


def _in_batches(
    rows: QuerySet[Any], now: dt.datetime, destroy: Callable[[list[int], dt.datetime], None], what: str, rule: str
) -> int:
    total = 0
    while True:
        with transaction.atomic():
            ids = list(rows.order_by("pk").select_for_update(skip_locked=True).values_list("pk", flat=True)[:_BATCH])
            if not ids:
                return total
            destroy(ids, now)
            Destruction.objects.create(what=what, rule=rule, rows=len(ids))
        total += len(ids)


def _destroy_notes(ids: list[int], now: dt.datetime) -> None:
    Trip.objects.filter(pk__in=ids).update(notes=None, mobility="", notes_destroyed_at=now)
    Incident.objects.filter(trip__in=ids).update(text=None, resolution=None)


def _destroy_trips(ids: list[int], now: dt.datetime) -> None:
    _destroy_notes(ids, now)
    Trip.objects.filter(pk__in=ids).update(
        pickup=None, family_name=None, family_phone=None, signature=None, booked_by=None, destroyed_at=now
    )
    CallRecord.objects.filter(trip__in=ids).update(phone=None, phone_index=None, note=None)
    waived = Fee.objects.filter(trip__in=ids, waive_reason__isnull=False)
    waived.update(waive_reason=None, reason_destroyed_at=now)
    destroy_content([f"trip:{pk}" for pk in ids])


def _destroy_calls(ids: list[int], _now: dt.datetime) -> None:
    CallRecord.objects.filter(pk__in=ids).update(phone=None, phone_index=None, note=None, service_user=None)


def _destroy_people(now: dt.datetime) -> None:
    """Whose every trip is destroyed is known no longer."""
    with transaction.atomic():
        kept = Trip.objects.filter(destroyed_at__isnull=True).values("service_user")
        gone = (
            ServiceUser.objects.filter(destroyed_at__isnull=True, trips__isnull=False)
            .exclude(pk__in=kept)
            .exclude(pk__in=Ban.objects.filter(made_at__gte=now - dt.timedelta(days=365)).values("service_user"))
        )
        ids = list(gone.distinct().values_list("pk", flat=True)[:_BATCH])
        if ids:
            ServiceUser.objects.filter(pk__in=ids).update(
                user=None, name=None, birth_date=None, phone=None, address=None, dong=None, person_index=None,
                phone_index=None, contact_index=None, guardian_name=None, guardian_phone=None, destroyed_at=now,
            )  # fmt: skip
            Ban.objects.filter(service_user__in=ids).update(lift_reason="", destroyed_at=now)
            told = [f"service_user:{pk}" for pk in ids]
            destroy_content(told)
            Message.objects.filter(about__in=told).update(recipient=None)
            Destruction.objects.create(what="병원동행 이용자", rule="모든 동행의 보관 기간이 끝남", rows=len(ids))
