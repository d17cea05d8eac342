"""What a trip costs its user, what was paid, and the operator's monthly settlement. Amounts in won."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.clock import ClockTimestamp
from accounts.encryption import EncryptedTextField
from accounts.models import Membership, Organisation
from accounts.roles import Role
from accounts.scoping import ScopedManager, everything
from accounts.triggers import append_only
from hospital.models.trips import Trip


class Fee(models.Model):
    """What one trip costs: the service, or its late cancellation. Computed by the terms of its day (hospital.fees);
    `parts` says how. It stands until a settlement closed over it. One that was waived is owed no longer and never
    again; why is destroyed with what is personal in its trip."""

    class Kind(models.TextChoices):
        SERVICE = "service", _("이용료")
        CANCELLATION = "cancellation", _("취소 위약금")

    class State(models.TextChoices):
        DUE = "due", _("미납")
        PAID = "paid", _("납부")
        EXEMPT = "exempt", _("면제")
        WAIVED = "waived", _("받지 않기로 함")

    scope = {
        Role.CITIZEN: lambda a: Q(trip__service_user__user=a.user_id) | Q(trip__booked_by=a.user_id),
        Role.CALL_CENTER: lambda a: Q(trip__operator=a.organisation_id),
        Role.DISPATCHER: lambda a: Q(trip__operator=a.organisation_id),
        Role.AGENCY_STAFF: lambda a: Q(trip__agency=a.organisation_id),
        Role.CITY_OFFICER: everything,
    }

    trip = models.OneToOneField(Trip, models.PROTECT, primary_key=True, related_name="fee")
    kind = models.CharField(max_length=12, choices=Kind)
    minutes = models.PositiveIntegerField(_("이용 시간(분)"), default=0)
    amount = models.PositiveIntegerField(_("이용료(원)"))
    parts = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State)
    exempt_by = models.CharField(max_length=20, blank=True)  # the kind of proof
    computed_at = models.DateTimeField(db_default=ClockTimestamp())
    due_on = models.DateField(_("납부 기한"), null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True, blank=True)
    waived_at = models.DateTimeField(null=True, blank=True)
    waived_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    waive_reason = EncryptedTextField(_("받지 않는 사유"), label="fee.waive_reason", null=True, blank=True)
    reason_destroyed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="exempt") | ~Q(exempt_by="") & Q(amount=0), name="exempt_fee_says_by_what"
            ),
            models.CheckConstraint(
                condition=~Q(state="due") | Q(due_on__isnull=False, amount__gt=0), name="a_due_fee_has_its_day"
            ),
            models.CheckConstraint(
                condition=~Q(state="waived")
                | Q(waived_at__isnull=False, waived_by__isnull=False)
                & (Q(waive_reason__isnull=False) | Q(reason_destroyed_at__isnull=False)),
                name="a_waived_fee_says_who_and_why",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(state="due"), name="fee_due")]
        triggers = [
            pgtrigger.Protect(
                name="a_waived_fee_stays_waived",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="waived") & ~pgtrigger.Q(new__state="waived"),
            ),
            pgtrigger.Trigger(
                name="a_waived_fee_is_not_paid",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__state="waived"),
                func="""
                    IF (SELECT sum(amount) FROM hospital_payment WHERE fee_id = NEW.trip_id) <> 0 THEN
                        RAISE EXCEPTION 'fee % is paid', NEW.trip_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_waived_fee_is_not_paid';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"fee of {self.trip_id}"


class Payment(models.Model):
    """Money received, or given back (negative), for one fee. Append-only."""

    class Method(models.TextChoices):
        TRANSFER = "transfer", _("계좌이체")
        CARD = "card", _("카드")
        MOBILE = "mobile", _("모바일 결제")

    scope = {
        Role.CITIZEN: lambda a: Q(fee__trip__service_user__user=a.user_id) | Q(fee__trip__booked_by=a.user_id),
        Role.CALL_CENTER: lambda a: Q(fee__trip__operator=a.organisation_id),
        Role.DISPATCHER: lambda a: Q(fee__trip__operator=a.organisation_id),
        Role.CITY_OFFICER: everything,
    }

    fee = models.ForeignKey(Fee, models.PROTECT, related_name="payments")
    key = models.UUIDField(unique=True)  # a doubled or replayed payment is one
    amount = models.IntegerField(_("금액(원)"))
    method = models.CharField(_("결제 방법"), max_length=10, choices=Method)
    paid_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp())
    taken_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=100, blank=True)
    synthetic = models.BooleanField(default=False)

    objects = ScopedManager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="payment_moves_money")]
        indexes = [models.Index(fields=["paid_at"], name="payment_time")]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="never_more_than_the_fee",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("owed", "integer"), ("paid", "bigint")],
                func="""
                    SELECT CASE WHEN state = 'waived' THEN 0 ELSE amount END INTO owed
                    FROM hospital_fee WHERE trip_id = NEW.fee_id FOR UPDATE;
                    SELECT coalesce(sum(amount), 0) + NEW.amount INTO paid FROM hospital_payment
                    WHERE fee_id = NEW.fee_id;
                    IF paid < 0 OR (NEW.amount > 0 AND paid > owed) THEN
                        RAISE EXCEPTION 'fee % is % won, % would be paid', NEW.fee_id, owed, paid
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'never_more_than_the_fee';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} for {self.fee_id}"


class Settlement(models.Model):
    """One operator, one month: trips served, fees collected, the city's share. Once approved neither it nor its lines
    change, and it is posted to the city's budget once."""

    class State(models.TextChoices):
        COMPUTED = "computed", _("수행기관 확인 대기")
        CONFIRMED = "confirmed", _("시 확인 대기")
        CHECKED = "checked", _("결재 대기")
        APPROVED = "approved", _("확정")

    scope = {
        Role.DISPATCHER: lambda a: Q(operator=a.organisation_id),
        Role.CITY_OFFICER: everything,
    }

    operator = models.ForeignKey(Organisation, models.PROTECT, related_name="escort_settlements")
    month = models.DateField(_("정산 월"))  # its first day
    state = models.CharField(max_length=10, choices=State, default=State.COMPUTED)
    trips = models.PositiveIntegerField(_("동행 수"), default=0)
    minutes = models.PositiveBigIntegerField(_("동행 시간(분)"), default=0)
    cost = models.PositiveBigIntegerField(_("운영비(원)"), default=0)
    fees = models.PositiveBigIntegerField(_("부과한 이용료(원)"), default=0)
    collected = models.PositiveBigIntegerField(_("받은 이용료(원)"), default=0)
    city_share = models.PositiveBigIntegerField(_("시 부담(원)"), default=0)
    computed_at = models.DateTimeField(db_default=ClockTimestamp())
    confirmed_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    synthetic = models.BooleanField(default=False)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operator", "month"], name="one_settlement_a_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="settlement_month_is_a_first_day"),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(synthetic=True)
                | Q(approved_by__isnull=False, checked_by__isnull=False, confirmed_by__isnull=False)
                & ~Q(approved_by=F("checked_by")),
                name="settlement_is_checked_and_approved_by_two",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="approved_settlement_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="approved"),
            ),
            pgtrigger.Trigger(
                name="approved_settlement_adds_up",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__state="approved"),
                func="""
                    IF EXISTS (SELECT FROM hospital_settlementline WHERE settlement_id = NEW.id AND state = 'disputed')
                       OR NOT EXISTS (
                           SELECT FROM (SELECT count(*) AS n, coalesce(sum(cost), 0) AS cost,
                                               coalesce(sum(fee), 0) AS fees,
                                               coalesce(sum(collected), 0) AS collected,
                                               coalesce(sum(city_share), 0) AS share
                                        FROM hospital_settlementline
                                        WHERE settlement_id = NEW.id AND state = 'ok') AS paid
                           WHERE (paid.n, paid.cost, paid.fees, paid.collected, paid.share)
                                 = (NEW.trips, NEW.cost, NEW.fees, NEW.collected, NEW.city_share)) THEN
                        RAISE EXCEPTION 'settlement % does not add up', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'approved_settlement_adds_up';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operator_id} {self.month:%Y-%m}"


class SettlementLine(models.Model):
    """One trip in a settlement: its cost by the contract, the fee charged to its user, and the rest, which the city
    bears. `collected` is what had been received when it was computed: the rest of the fee is the operator's to
    collect, so it is never settled twice."""

    class State(models.TextChoices):
        OK = "ok", _("정산")
        DISPUTED = "disputed", _("이의")
        EXCLUDED = "excluded", _("제외")

    scope = {
        Role.DISPATCHER: lambda a: Q(settlement__operator=a.organisation_id),
        Role.CITY_OFFICER: everything,
    }

    settlement = models.ForeignKey(Settlement, models.CASCADE, related_name="lines", db_index=False)
    trip = models.ForeignKey(Trip, models.PROTECT, related_name="settlement_lines")
    minutes = models.PositiveIntegerField()
    cost = models.PositiveIntegerField(_("운영비(원)"))
    fee = models.PositiveIntegerField(_("부과한 이용료(원)"))
    collected = models.PositiveIntegerField(_("받은 이용료(원)"))
    city_share = models.PositiveIntegerField(_("시 부담(원)"))
    flagged = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.OK)
    reason = EncryptedTextField(_("이의 사유"), label="settlementline.reason", null=True, blank=True)
    resolution = EncryptedTextField(_("처리 사유"), label="settlementline.resolution", null=True, blank=True)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trip"], condition=~Q(state="excluded"), name="a_trip_is_settled_once"),
            models.UniqueConstraint(fields=["settlement", "trip"], name="one_line_a_trip"),
            models.CheckConstraint(
                condition=Q(cost=F("fee") + F("city_share")) | Q(cost__lt=F("fee"), city_share=0),
                name="the_city_bears_what_the_fee_does_not_cover",
            ),
            models.CheckConstraint(
                condition=~Q(state="disputed") | Q(reason__isnull=False), name="a_disputed_trip_has_its_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state="excluded") | Q(resolution__isnull=False), name="an_excluded_trip_has_its_reason"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="line_keeps_its_settlement_and_trip", fields=["settlement", "trip"]),
            pgtrigger.Trigger(
                name="line_of_an_approved_settlement_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    PERFORM FROM hospital_settlement WHERE id IN (OLD.settlement_id, NEW.settlement_id)
                    ORDER BY id FOR SHARE;  -- approving waits for the line, and the line for an approval
                    IF EXISTS (SELECT FROM hospital_settlement
                               WHERE state = 'approved' AND id IN (OLD.settlement_id, NEW.settlement_id)) THEN
                        RAISE EXCEPTION 'settlement % is approved', coalesce(OLD.settlement_id, NEW.settlement_id)
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'line_of_an_approved_settlement_stays';
                    END IF;
                    RETURN coalesce(NEW, OLD);
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.settlement_id} trip {self.trip_id}"

    @property
    def charged_minutes(self) -> int:
        """The minutes that the fee is for; the city may have recognised others. It cannot change while the line is in:
        the times of a settled trip are not put right (hospital.taps)."""
        return self.minutes if self.state == self.State.EXCLUDED else self.trip.fee.minutes
