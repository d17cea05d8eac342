"""Destruction (개인정보 보호법 §21): health details after their own period, whatever else is personal in a trip
after the years its terms say. Trips, events and money stay as skeletons, so that no past figure changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import Destruction
from hospital.escort_terms import EscortTerms
from hospital.models import CallRecord, Incident, ServiceUser, Trip
from notifications.outbox import destroy_content
from programs.models import Terms

_BATCH = 500


def destroy_due(now: dt.datetime) -> int:
    """Both kinds, by the terms each trip was made under; how many trips were touched."""
    done = 0
    for row in Terms.objects.filter(program="hospital-escort").order_by("pk"):
        terms = EscortTerms.of(row)
        trips = Trip.objects.filter(terms=row, ended_at__isnull=False)
        notes_until = now - dt.timedelta(days=terms.health_note_days)
        noted = trips.filter(notes_destroyed_at__isnull=True, ended_at__lt=notes_until)
        done += _in_batches(noted, now, _destroy_notes, f"건강 정보, 이용이 끝나고 {terms.health_note_days}일 지남")
        years = now - dt.timedelta(days=365 * terms.retention_years)
        old = trips.filter(destroyed_at__isnull=True, ended_at__lt=years)
        done += _in_batches(old, now, _destroy_trips, f"이용이 끝나고 {terms.retention_years}년 지남")
    _destroy_people(now)
    return done


def _in_batches(
    rows: QuerySet[Trip], now: dt.datetime, destroy: Callable[[list[int], dt.datetime], None], rule: str
) -> int:
    total = 0
    while True:
        with transaction.atomic():
            ids = list(rows.order_by("pk").select_for_update(skip_locked=True).values_list("pk", flat=True)[:_BATCH])
            if not ids:
                return total
            destroy(ids, now)
            Destruction.objects.create(what="병원동행 개인정보", rule=rule, rows=len(ids))
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
    destroy_content([f"trip:{pk}" for pk in ids])


def _destroy_people(now: dt.datetime) -> None:
    """Whose every trip is destroyed is known no longer."""
    with transaction.atomic():
        kept = Trip.objects.filter(destroyed_at__isnull=True).values("service_user")
        gone = (
            ServiceUser.objects.filter(destroyed_at__isnull=True, trips__isnull=False)
            .exclude(pk__in=kept)
            .filter(Q(bans__isnull=True) | Q(bans__made_at__lt=now - dt.timedelta(days=365)))
        )
        ids = list(gone.distinct().values_list("pk", flat=True)[:_BATCH])
        if ids:
            ServiceUser.objects.filter(pk__in=ids).update(
                user=None, name=None, birth_date=None, phone=None, address=None, dong=None, person_index=None,
                phone_index=None, contact_index=None, guardian_name=None, guardian_phone=None, destroyed_at=now,
            )  # fmt: skip
            Destruction.objects.create(what="병원동행 이용자", rule="모든 동행의 보관 기간이 끝남", rows=len(ids))
