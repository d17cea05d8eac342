"""The one table of everything that is applied for and decided, and its append-only history."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.clock import ClockTimestamp, CurrentXid
from accounts.encryption import EncryptedDateField, EncryptedTextField
from accounts.masking import format_phone, mask_name, mask_phone
from accounts.models import AdminDong, District, Membership, User
from accounts.models.people import Tenure
from accounts.roles import Actor, Role
from accounts.scoping import ScopedQuerySet, everything
from accounts.triggers import append_only
from programs.models.catalogue import Call, DistrictCall, Program


class State(models.TextChoices):
    """The standard states; a programme adds its own (programs.registry)."""

    SUBMITTED = "submitted", _("접수")
    UNDER_REVIEW = "under_review", _("검토 중")
    SUPPLEMENT_REQUESTED = "supplement_requested", _("보완 요청")
    OFFERED = "offered", _("승계 확인 중")
    WAITLISTED = "waitlisted", _("대기")
    SELECTED = "selected", _("선정")
    REJECTED = "rejected", _("미선정")
    RETURNED = "returned", _("반려")
    WITHDRAWN = "withdrawn", _("취하")
    SELECTION_CANCELLED = "selection_cancelled", _("선정취소")


# Waiting for the district: the cases of the queue, a small part of all rows, which its partial indexes hold.
OPEN_STATES = (State.SUBMITTED, State.UNDER_REVIEW, State.SUPPLEMENT_REQUESTED)
IS_OPEN = Q(state__in=OPEN_STATES)


class Channel(models.TextChoices):
    WEB = "web", _("온라인")
    COUNTER = "counter", _("방문·우편")
    PROXY = "proxy", _("대리")
    IMPORT = "import", _("일괄등록")


def own_application(actor: Actor) -> Q:
    return Q(applicant=actor.user_id)


def own_district(actor: Actor) -> Q:
    return Q(district=actor.district_id)


def handed_to_my_company(actor: Actor) -> Q:
    return Q(handed_to=actor.organisation_id)


class ApplicationQuerySet(ScopedQuerySet):
    def live(self) -> ApplicationQuerySet:
        return self.filter(closed_at__isnull=True)


class Application(models.Model):
    """What every programme's application has; the programme's own answers are in its Detail.

    `state` is written by programs.workflow alone. `order_at` is the place in the queue: the database's clock when it
    was received (or when its documents were complete, if the call says so). `holds_place` is true in states that use
    one of the district's places; `closed_at` is set once the case no longer stands in the person's way."""

    scope = {
        Role.CITIZEN: own_application,
        Role.DISTRICT_OFFICER: own_district,
        Role.DISTRICT_MANAGER: own_district,
        Role.CITY_OFFICER: everything,
        Role.COMPANY_STAFF: handed_to_my_company,
    }

    receipt_no = models.CharField(_("접수번호"), max_length=30, unique=True)
    submission_key = models.UUIDField(unique=True)  # a replayed or doubled submit finds its first row by this
    program = models.ForeignKey(Program, models.PROTECT, related_name="applications")
    call = models.ForeignKey(Call, models.PROTECT, related_name="applications")
    district_call = models.ForeignKey(DistrictCall, models.PROTECT, related_name="applications", db_index=False)
    district = models.ForeignKey(District, models.PROTECT, related_name="applications", db_index=False)
    applicant = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="applications")
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.WEB)
    state = models.CharField(max_length=30)
    received_at = models.DateTimeField(_("접수일시"))
    order_at = models.DateTimeField()
    due_at = models.DateTimeField(_("처리기한"))
    extended_days = models.PositiveSmallIntegerField(default=0)
    supplement_until = models.DateField(null=True, blank=True)
    clock_stopped_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)  # an officer confirmed that every condition is met
    waitlist_no = models.PositiveIntegerField(null=True, blank=True)
    offer_until = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    holds_place = models.BooleanField(default=False)
    assignee = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="cases")
    handed_to = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    reject_reasons = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    version = models.PositiveIntegerField(default=1)

    # Personal columns: encrypted, blanked on destruction.
    name = EncryptedTextField(_("이름"), label="application.name", null=True)
    birth_date = EncryptedDateField(_("생년월일"), label="application.birth_date", null=True)
    phone = EncryptedTextField(_("휴대전화"), label="application.phone", null=True)
    address = EncryptedTextField(_("주소"), label="application.address", null=True)
    dong = models.ForeignKey(AdminDong, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    household_size = models.PositiveSmallIntegerField(null=True)
    tenure = models.CharField(max_length=20, choices=Tenure, blank=True)
    proxy_name = EncryptedTextField(_("대리인"), label="application.proxy_name", null=True, blank=True)
    proxy_phone = EncryptedTextField(_("대리인 전화"), label="application.proxy_phone", null=True, blank=True)
    name_index = models.BinaryField(max_length=16, null=True)
    phone_index = models.BinaryField(max_length=16, null=True)
    phone4_index = models.BinaryField(max_length=16, null=True)
    person_index = models.BinaryField(max_length=16, null=True)
    address_index = models.BinaryField(max_length=16, null=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)
    synthetic = models.BooleanField(default=False)  # made by the loader; no real person

    objects = models.Manager.from_queryset(ApplicationQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["call", "person_index"],
                condition=Q(closed_at__isnull=True),
                name="one_live_application_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.SUPPLEMENT_REQUESTED)
                | Q(supplement_until__isnull=False, clock_stopped_at__isnull=False),
                name="supplement_says_until_when",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.WAITLISTED) | Q(waitlist_no__isnull=False), name="waitlisted_has_a_number"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.OFFERED) | Q(offer_until__isnull=False), name="offered_says_until_when"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.SELECTED, State.REJECTED]) | Q(decided_at__isnull=False),
                name="decided_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.REJECTED, State.RETURNED, State.WITHDRAWN, State.SELECTION_CANCELLED])
                | Q(closed_at__isnull=False, holds_place=False),
                name="closed_states_hold_no_place",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.SELECTED, State.OFFERED]) | Q(holds_place=True),
                name="selected_holds_a_place",
            ),
            models.CheckConstraint(
                condition=Q(name__isnull=False, birth_date__isnull=False, phone__isnull=False)
                | Q(destroyed_at__isnull=False),
                name="person_is_known_or_destroyed",
            ),
        ]
        indexes = [
            models.Index(fields=["district_call", "order_at", "id"], name="app_queue_order"),
            models.Index(
                fields=["district", "order_at", "id"],
                include=["state", "due_at", "checked_at"],
                condition=IS_OPEN,
                name="app_open_order",
            ),
            models.Index(
                fields=["district", "due_at", "id"], include=["state"], condition=IS_OPEN, name="app_open_due_order"
            ),
            models.Index(fields=["order_at", "id"], condition=IS_OPEN, name="app_open_order_city"),
            models.Index(fields=["due_at", "id"], condition=IS_OPEN, name="app_open_due_city"),
            models.Index(
                fields=["state", "order_at", "id"], include=["checked_at"], condition=IS_OPEN, name="app_open_state"
            ),
            models.Index(fields=["state", "received_at", "id"], condition=~IS_OPEN, name="app_done_state"),
            models.Index(fields=["received_at", "id"], condition=~IS_OPEN, name="app_done_received"),
            models.Index(fields=["call", "received_at", "id"], condition=~IS_OPEN, name="app_done_call"),
            models.Index(fields=["district_call"], condition=Q(holds_place=True), name="app_holds_place"),
            models.Index(
                fields=["district_call", "waitlist_no"], condition=Q(state="waitlisted"), name="app_waitlist"
            ),
            models.Index(fields=["district", "received_at", "id"], name="app_district_received"),
            models.Index(fields=["person_index"], name="app_person"),
            models.Index(fields=["phone_index"], name="app_phone"),
            models.Index(fields=["phone4_index"], name="app_phone4"),
            models.Index(fields=["name_index"], name="app_name"),
            models.Index(fields=["address_index"], name="app_address"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="never_over_quota",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("holds_place", "district_call_id"),
                condition=pgtrigger.Q(new__holds_place=True),
                declare=[("places", "integer")],
                func="""
                    SELECT quota INTO places FROM programs_districtcall WHERE id = NEW.district_call_id FOR NO KEY UPDATE;
                    IF (SELECT count(*) FROM programs_application
                        WHERE district_call_id = NEW.district_call_id AND holds_place) > places THEN
                        RAISE EXCEPTION 'no free place in district call %', NEW.district_call_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'never_over_quota';
                    END IF;
                    RETURN NULL;
                """,  # noqa: E501
            ),
            pgtrigger.Trigger(
                name="state_has_its_event",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("state"),
                condition=pgtrigger.Q(old__state__df=pgtrigger.F("new__state")),
                func="""
                    IF (SELECT to_state FROM programs_applicationevent WHERE application_id = NEW.id
                        ORDER BY id DESC LIMIT 1) IS DISTINCT FROM NEW.state THEN
                        RAISE EXCEPTION 'state of application % changed without an event', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'state_has_its_event';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.receipt_no

    @property
    def masked_name(self) -> str:
        return mask_name(self.name)

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone)

    @property
    def phone_display(self) -> str:
        return format_phone(self.phone)


class Note(models.Model):
    """Free text of a decision or request. It may name people, so it is encrypted and can be destroyed; events refer to
    it and stay."""

    scope = {
        Role.CITIZEN: lambda a: Q(application__applicant=a.user_id, internal=False),
        Role.DISTRICT_OFFICER: lambda a: Q(application__district=a.district_id),
        Role.DISTRICT_MANAGER: lambda a: Q(application__district=a.district_id),
        Role.CITY_OFFICER: everything,
    }

    application = models.ForeignKey(Application, models.PROTECT, related_name="notes")
    text = EncryptedTextField(label="note.text", null=True)
    internal = models.BooleanField(default=False)  # not for the citizen's eyes
    written_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager.from_queryset(ScopedQuerySet)()

    def __str__(self) -> str:
        return f"note {self.pk}"


class ApplicationEvent(models.Model):
    """One act on one application: append-only, without personal data, with the district as it then was.

    `occurred_at` is business time; `recorded_at` is the database's clock when it was written; `xid` is the writing
    transaction, by which roll-ups know what they have already counted."""

    scope = {
        Role.CITIZEN: lambda a: Q(application__applicant=a.user_id),
        Role.DISTRICT_OFFICER: lambda a: Q(application__district=a.district_id),
        Role.DISTRICT_MANAGER: lambda a: Q(application__district=a.district_id),
        Role.CITY_OFFICER: everything,
        Role.COMPANY_STAFF: lambda a: Q(application__handed_to=a.organisation_id),
    }

    application = models.ForeignKey(Application, models.PROTECT, related_name="events", db_index=False)
    program = models.ForeignKey(Program, models.PROTECT, related_name="+", db_index=False)
    call = models.ForeignKey(Call, models.PROTECT, related_name="+", db_index=False)
    district = models.ForeignKey(District, models.PROTECT, related_name="+", db_index=False)
    from_district = models.ForeignKey(District, models.PROTECT, null=True, related_name="+", db_index=False)
    action = models.CharField(max_length=30)
    from_state = models.CharField(max_length=30, blank=True)
    to_state = models.CharField(max_length=30)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp())
    xid = models.BigIntegerField(db_default=CurrentXid())
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    membership = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+", db_index=False)
    role = models.CharField(max_length=20)
    note = models.ForeignKey(Note, models.PROTECT, null=True, related_name="+", db_index=False)
    data = models.JSONField(default=dict)
    synthetic = models.BooleanField(default=False)  # the loader's history: known from the start

    objects = models.Manager.from_queryset(ScopedQuerySet)()

    class Meta:
        indexes = [
            models.Index(fields=["application", "id"], name="event_of_application"),
            models.Index(fields=["program", "occurred_at", "id"], name="event_time"),
            models.Index(fields=["xid"], name="event_xid"),
            # Of the time before events said which deadline they led to; none is added.
            models.Index(
                fields=["application"],
                condition=Q(to_state__in=[State.SUBMITTED, State.UNDER_REVIEW]) & ~Q(data__has_key="due_at"),
                name="event_without_deadline",
            ),
            # Rows lie in the order of recording, so a few blocks answer "what was recorded that day".
            BrinIndex(
                fields=["recorded_at"],
                condition=Q(synthetic=False),
                name="event_recorded",
                pages_per_range=16,
                autosummarize=True,
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.application_id} {self.action}"


class Consent(models.Model):
    """What was agreed to or refused, separately, with the version of the text."""

    scope = {
        Role.CITIZEN: lambda a: Q(application__applicant=a.user_id),
        Role.DISTRICT_OFFICER: lambda a: Q(application__district=a.district_id),
        Role.DISTRICT_MANAGER: lambda a: Q(application__district=a.district_id),
        Role.CITY_OFFICER: everything,
    }

    application = models.ForeignKey(Application, models.PROTECT, related_name="consents")
    item = models.ForeignKey("programs.ConsentItem", models.PROTECT, related_name="+")
    given = models.BooleanField()
    given_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager.from_queryset(ScopedQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "item"], name="one_answer_a_consent")]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.given}"


class Supplement(models.Model):
    """A request to supplement an application (보완요구): what, and until when. The deadline's clock stands still."""

    scope = Consent.scope

    application = models.ForeignKey(Application, models.PROTECT, related_name="supplements")
    document_kinds = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    text = EncryptedTextField(label="supplement.text", null=True)
    requested_at = models.DateTimeField()
    until = models.DateField()
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = EncryptedTextField(label="supplement.answer", null=True, blank=True)

    objects = models.Manager.from_queryset(ScopedQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(answered_at__isnull=True), name="one_open_supplement"
            )
        ]

    def __str__(self) -> str:
        return f"supplement of {self.application_id}"
