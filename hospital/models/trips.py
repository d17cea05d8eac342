"""A trip from its booking to its end, its append-only history, and demand that could not be met."""

from __future__ import annotations

import datetime as dt

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.clock import SEOUL, ClockTimestamp, CurrentXid
from accounts.encryption import EncryptedTextField
from accounts.models import District, Membership, Organisation, User
from accounts.roles import Actor, Role
from accounts.scoping import ScopedManager, everything
from accounts.triggers import append_only
from hospital.models.people import EscortConsent, ServiceUser
from hospital.models.places import Hospital
from programs.models import Terms


class State(models.TextChoices):
    REQUESTED = "requested", _("배정 대기")
    ASSIGNED = "assigned", _("매니저 배정")
    ON_THE_WAY = "on_the_way", _("매니저 출발")
    MET = "met", _("만남")
    IN_CONSULTATION = "in_consultation", _("진료 중")
    WAITING = "waiting", _("대기·수납 중")
    COMPLETED = "completed", _("귀가 완료")
    CANCELLED = "cancelled", _("취소")
    LATE_CANCELLED = "late_cancelled", _("늦은 취소")
    NO_SHOW = "no_show", _("현장 취소·부재")
    UNMET = "unmet", _("제공하지 못함")


UNDER_WAY = (State.ON_THE_WAY, State.MET, State.IN_CONSULTATION, State.WAITING)
LIVE = (State.REQUESTED, State.ASSIGNED, *UNDER_WAY)
ENDED = (State.COMPLETED, State.CANCELLED, State.LATE_CANCELLED, State.NO_SHOW, State.UNMET)


class Purpose(models.TextChoices):
    """Why somebody goes to hospital (use of 2022: 진료 41.7, 투석 36.4, 재활 8.2, 검사 7.5 %)."""

    TREATMENT = "treatment", _("진료")
    DIALYSIS = "dialysis", _("투석")
    REHABILITATION = "rehabilitation", _("재활")
    TEST = "test", _("검사")
    ADMISSION = "admission", _("입원")
    DISCHARGE = "discharge", _("퇴원")


class Mobility(models.TextChoices):
    """How a person moves about; health data, kept only with consent."""

    WALKS = "walks", _("혼자 걸을 수 있음")
    AIDED = "aided", _("지팡이·보행기로 걸음")
    WHEELCHAIR = "wheelchair", _("휠체어에 앉을 수 있음")


def _mine(actor: Actor) -> Q:
    """My own trips, and those I booked for somebody of my family."""
    return Q(service_user__user=actor.user_id) | Q(booked_by=actor.user_id)


def _operators(actor: Actor) -> Q:
    return Q(operator=actor.organisation_id)


def _agencys(actor: Actor) -> Q:
    """Those given to us, and those offered to us that we have not answered."""
    from hospital.models.dispatching import Offer  # noqa: PLC0415 - it refers to this module

    offered = Offer.objects.filter(trip=OuterRef("pk"), organisation=actor.organisation_id, state=Offer.State.OPEN)
    return Q(agency=actor.organisation_id) | Q(Exists(offered))


def _managers(actor: Actor) -> Q:
    """Mine, from the day before to the day after."""
    from hospital.models.dispatching import Assignment  # noqa: PLC0415 - it refers to this module

    today = timezone.localdate()
    mine = Assignment.objects.filter(
        trip=OuterRef("pk"),
        manager__membership=actor.membership and actor.membership.pk,
        released_at__isnull=True,
    )
    return Q(day__gte=today - dt.timedelta(days=1), day__lte=today + dt.timedelta(days=1)) & Q(Exists(mine))


TRIP_SCOPE = {
    Role.CITIZEN: _mine,
    Role.CALL_CENTER: _operators,
    Role.DISPATCHER: _operators,
    Role.AGENCY_STAFF: _agencys,
    Role.ESCORT_MANAGER: _managers,
    Role.CITY_OFFICER: everything,
}


class Trip(models.Model):
    """One escort, door to door. `state` is written by hospital.trips alone.

    `earliest` to `latest` is when the manager is to be at the door: of a same-day request from its receipt to the end
    of the response time, of a reservation the agreed moment twice. `meet_at` is the moment planned at assignment.
    `minutes` is the estimate from the door back to the door. A trip keeps the terms of its day."""

    class Kind(models.TextChoices):
        NOW = "now", _("당일")
        RESERVED = "reserved", _("예약")

    class Channel(models.TextChoices):
        WEB = "web", _("온라인")
        PHONE = "phone", _("전화")

    scope = TRIP_SCOPE

    number = models.CharField(_("예약번호"), max_length=20, unique=True)
    booking_key = models.UUIDField(unique=True)  # a doubled or replayed booking finds its first row by this
    service_user = models.ForeignKey(ServiceUser, models.PROTECT, related_name="trips")
    operator = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    terms = models.ForeignKey(Terms, models.PROTECT, related_name="+")
    kind = models.CharField(_("구분"), max_length=10, choices=Kind)
    channel = models.CharField(max_length=10, choices=Channel)
    booked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    family_name = EncryptedTextField(_("신청한 가족"), label="trip.family_name", null=True, blank=True)
    family_phone = EncryptedTextField(_("신청한 가족 전화"), label="trip.family_phone", null=True, blank=True)
    requested_at = models.DateTimeField(_("신청일시"))
    day = models.DateField(_("이용일"))  # in Seoul; whose terms and limits count
    earliest = models.DateTimeField()
    latest = models.DateTimeField(_("도착 기한"))
    meet_at = models.DateTimeField(_("만나는 때"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("예상 시간(분)"))
    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name=_("출발 자치구"))
    pickup = EncryptedTextField(_("만나는 곳"), label="trip.pickup", null=True)
    hospital = models.ForeignKey(Hospital, models.PROTECT, related_name="trips")
    department = models.CharField(_("진료과"), max_length=40, blank=True)
    appointment_at = models.DateTimeField(_("진료 예약"), null=True, blank=True)
    purpose = models.CharField(_("목적"), max_length=20, choices=Purpose)
    mobility = models.CharField(_("거동"), max_length=12, choices=Mobility, blank=True)
    notes = EncryptedTextField(_("건강상 알릴 것"), label="trip.notes", null=True, blank=True)
    free_kind = models.CharField(max_length=20, blank=True)  # the proof by which it is free of charge
    state = models.CharField(max_length=20, choices=State, default=State.REQUESTED)
    version = models.PositiveIntegerField(default=1)
    met_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    flagged = ArrayField(models.CharField(max_length=20), default=list, blank=True)  # taps whose time is doubtful
    delay_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    signature = EncryptedTextField(_("이용자 확인"), label="trip.signature", null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    notes_destroyed_at = models.DateTimeField(null=True, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)
    synthetic = models.BooleanField(default=False)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(earliest__lte=F("latest")), name="trip_window_is_one"),
            models.CheckConstraint(
                condition=~Q(kind="reserved") | Q(earliest=F("latest")), name="reservation_is_at_a_moment"
            ),
            models.CheckConstraint(condition=Q(minutes__gte=30, minutes__lte=720), name="trip_lasts_some_hours"),
            models.CheckConstraint(
                condition=~Q(state="completed") | Q(met_at__isnull=False, returned_at__isnull=False),
                name="completed_trip_has_its_times",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, ended_at__isnull=False) | Q(state__in=LIVE, ended_at__isnull=True),
                name="ended_trip_has_its_end",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.ASSIGNED, *UNDER_WAY]) | Q(meet_at__isnull=False),
                name="assigned_trip_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True) | Q(returned_at__gte=F("met_at")), name="back_after_meeting"
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "day", "latest"], name="trip_of_day"),
            models.Index(fields=["service_user", "-day"], name="trip_of_person"),
            models.Index(fields=["latest"], condition=Q(state__in=LIVE), name="trip_live"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="trip_state_has_its_event",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("state"),
                condition=pgtrigger.Q(old__state__df=pgtrigger.F("new__state")),
                func="""
                    IF NEW.state IS DISTINCT FROM (SELECT to_state FROM hospital_tripevent WHERE trip_id = NEW.id
                                                   AND to_state <> '' ORDER BY id DESC LIMIT 1) THEN
                        RAISE EXCEPTION 'trip % has no event that leads to %', NEW.id, NEW.state
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'trip_state_has_its_event';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def has_doubtful_end(self) -> bool:
        """Its fee is not asked for, and it is not settled, until the dispatcher has looked at its times."""
        return TripEvent.Action.FINISH in self.flagged

    @property
    def ends_about(self) -> dt.datetime:
        """When it is over by the estimate."""
        return (self.meet_at or self.latest) + dt.timedelta(minutes=self.minutes)

    @property
    def subject_id(self) -> int | None:
        """The account of the person escorted: their verified one, else the one that booked for itself."""
        return self.service_user.user_id or (None if self.family_name else self.booked_by_id)

    @property
    def local_latest(self) -> dt.datetime:
        return self.latest.astimezone(SEOUL)


class TripEvent(models.Model):
    """What happened to a trip. A tap on the manager's phone carries the phone's own times and a key that makes it
    once: `device_at` of the tap, `device_sent_at` of its sending. `occurred_at` is what counts (hospital.taps)."""

    class Action(models.TextChoices):
        BOOK = "book", _("예약")
        ASSIGN = "assign", _("매니저 배정")
        UNASSIGN = "unassign", _("배정 해제")
        OFFER = "offer", _("협력기관에 제안")
        DELAY = "delay", _("지연 알림")
        START = "start", _("출발")
        ARRIVE = "arrive", _("도착·만남")
        CONSULT = "consult", _("진료 시작")
        WAIT = "wait", _("대기·수납")
        FINISH = "finish", _("귀가 완료")
        CANCEL = "cancel", _("취소")
        LATE_CANCEL = "late_cancel", _("늦은 취소")
        NO_SHOW = "no_show", _("현장 취소·부재")
        GIVE_UP = "give_up", _("제공하지 못함")
        CORRECT = "correct", _("시각 바로잡음")

    scope = {
        Role.CITIZEN: lambda a: Q(trip__service_user__user=a.user_id) | Q(trip__booked_by=a.user_id),
        Role.CALL_CENTER: lambda a: Q(trip__operator=a.organisation_id),
        Role.DISPATCHER: lambda a: Q(trip__operator=a.organisation_id),
        Role.AGENCY_STAFF: lambda a: Q(trip__agency=a.organisation_id),
        Role.CITY_OFFICER: everything,
    }

    trip = models.ForeignKey(Trip, models.PROTECT, related_name="events", db_index=False)
    action = models.CharField(max_length=12, choices=Action)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20, blank=True)  # empty: the state stayed
    key = models.UUIDField(null=True, unique=True)
    occurred_at = models.DateTimeField()
    device_at = models.DateTimeField(null=True)
    device_sent_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(db_default=ClockTimestamp())
    flagged = models.BooleanField(default=False)
    kind = models.CharField(max_length=10)  # as the trip then was, so that figures need no join
    purpose = models.CharField(max_length=20)
    district = models.ForeignKey(District, models.PROTECT, related_name="+", db_index=False)
    in_time = models.BooleanField(null=True)  # of an arrival: by the trip's latest
    reason = models.CharField(max_length=30, blank=True)  # coded
    role = models.CharField(max_length=20)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    xid = models.BigIntegerField(db_default=CurrentXid())
    synthetic = models.BooleanField(default=False)

    objects = ScopedManager()

    class Meta:
        indexes = [
            models.Index(fields=["trip", "id"], name="tripevent_of_trip"),
            models.Index(fields=["action", "occurred_at"], name="tripevent_time"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.trip_id} {self.action}"


class TripConsent(models.Model):
    """What was agreed to or refused for a trip, each by itself; on the phone the call is its proof."""

    scope = {
        Role.CITIZEN: TripEvent.scope[Role.CITIZEN],
        Role.CALL_CENTER: TripEvent.scope[Role.CALL_CENTER],
        Role.DISPATCHER: TripEvent.scope[Role.DISPATCHER],
        Role.CITY_OFFICER: everything,
    }

    trip = models.ForeignKey(Trip, models.PROTECT, related_name="consents")
    consent = models.ForeignKey(EscortConsent, models.PROTECT, related_name="+")
    given = models.BooleanField()
    given_at = models.DateTimeField(db_default=ClockTimestamp())

    objects = ScopedManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trip", "consent"], name="one_answer_a_trip_and_consent")]

    def __str__(self) -> str:
        return f"{self.trip_id} {self.consent_id}: {self.given}"


class UnmetDemand(models.Model):
    """A wish for a trip that could not be met, with its reason: at booking (no trip was made) or later. Nothing in it
    says who it was."""

    class Reason(models.TextChoices):
        HOURS = "hours", _("이용 시간 밖")
        TOO_EARLY = "too_early", _("예약할 수 있는 날이 아님")
        REGION = "region", _("이용 지역 밖")
        LIMIT = "limit", _("이용 한도 초과")
        BAN = "ban", _("이용 제한 기간")
        MOBILITY = "mobility", _("동행할 수 없는 거동 상태")
        ELIGIBILITY = "eligibility", _("이용 대상 아님")
        NO_MANAGER = "no_manager", _("갈 수 있는 매니저 없음")
        DECLINED = "declined", _("거점·협력기관이 모두 맡지 못함")

    scope = {
        Role.CITY_OFFICER: everything,
        Role.DISPATCHER: lambda a: Q(operator=a.organisation_id),
        Role.CALL_CENTER: lambda a: Q(operator=a.organisation_id),
    }

    operator = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    trip = models.OneToOneField(Trip, models.PROTECT, null=True, blank=True, related_name="unmet")
    key = models.UUIDField(null=True, unique=True)  # of the booking that was refused: asked twice, it is one
    reason = models.CharField(max_length=20, choices=Reason)
    kind = models.CharField(max_length=10, choices=Trip.Kind)
    purpose = models.CharField(max_length=20, choices=Purpose, blank=True)
    district = models.ForeignKey(District, models.PROTECT, null=True, blank=True, related_name="+")
    wanted_at = models.DateTimeField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp())
    recorded_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    synthetic = models.BooleanField(default=False)

    objects = ScopedManager()

    class Meta:
        indexes = [models.Index(fields=["occurred_at"], name="unmet_time")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"unmet {self.reason}"
