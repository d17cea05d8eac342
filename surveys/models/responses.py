"""Whom a survey was sent to, and what came back. Answers are only ever counted: no page joins them to a person."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.clock import ClockTimestamp
from accounts.encryption import EncryptedTextField
from accounts.models import District, Membership, User
from accounts.models.people import Language
from accounts.scoping import ScopedManager, Unscoped
from accounts.triggers import append_only
from surveys.access import readable
from surveys.models.catalogue import Question, Survey

_REFUSALS = """
    IF NOT asked.synthetic AND asked.answered_at IS NOT NULL THEN
        RAISE EXCEPTION 'answered already' USING ERRCODE = 'check_violation', CONSTRAINT = 'answered_once';
    END IF;
    IF NOT asked.synthetic AND clock_timestamp() >= asked.expires_at THEN
        RAISE EXCEPTION 'too late' USING ERRCODE = 'check_violation', CONSTRAINT = 'answered_in_time';
    END IF;
    RETURN NEW;
"""


class Invitation(models.Model):
    """A survey sent about one thing, with a link that only its message holds. Answered once, before it expires: by
    triggers on the database's clock. One made for figures (`synthetic`) states its times."""

    scope = Unscoped("it ties answers to whom they came from, so it is only counted and never shown")

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="invitations")
    about = models.CharField(max_length=60)  # "trip:12"
    token_digest = models.BinaryField(max_length=32, null=True, unique=True)  # SHA-256 of the link's secret
    district = models.ForeignKey(District, models.PROTECT, null=True, related_name="+")
    occurred_on = models.DateField()  # the day of the service, by which results are counted
    recipient = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    contact_index = models.BinaryField(max_length=16, null=True)  # of the address it went to; see OptOut
    language = models.CharField(max_length=2, choices=Language, default=Language.KOREAN)
    created_at = models.DateTimeField(db_default=ClockTimestamp())
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    unasked = models.BooleanField(default=False)  # the person had asked not to be asked: nothing was sent
    synthetic = models.BooleanField(default=False)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "about"], name="one_invitation_about_a_thing"),
            models.CheckConstraint(
                condition=Q(unasked=False, token_digest__isnull=False)
                | Q(unasked=True, token_digest__isnull=True, answered_at__isnull=True),
                name="invitation_has_its_link_or_was_not_sent",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True)
                | Q(answered_at__gte=F("created_at"), answered_at__lt=F("expires_at")),
                name="answered_between_sending_and_expiry",
            ),
        ]
        indexes = [
            models.Index(
                fields=["survey", "occurred_on"], condition=Q(unasked=False), name="invitation_counted",
                include=["district", "answered_at"],
            ),
            models.Index(
                fields=["expires_at"], condition=Q(recipient__isnull=False) | Q(contact_index__isnull=False),
                name="invitation_names_somebody",
            ),
        ]  # fmt: skip
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="stays_as_sent",
                fields=[
                    "survey", "about", "token_digest", "district", "occurred_on", "language", "created_at",
                    "expires_at", "unasked", "synthetic",
                ],
            ),
            pgtrigger.Trigger(
                name="answered_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("answered_at"),
                declare=[("asked", "record")],
                func=f"""
                    IF NEW.synthetic THEN RETURN NEW; END IF;
                    IF TG_OP = 'INSERT' THEN
                        IF NEW.answered_at IS NOT NULL THEN
                            RAISE EXCEPTION 'only an answer makes it answered'
                                USING ERRCODE = 'check_violation', CONSTRAINT = 'answered_whole';
                        END IF;
                        RETURN NEW;
                    END IF;
                    IF NEW.answered_at IS NOT DISTINCT FROM OLD.answered_at THEN RETURN NEW; END IF;
                    IF (SELECT count(*) FROM surveys_answer WHERE invitation_id = OLD.id)
                        <> (SELECT count(*) FROM surveys_question WHERE survey_id = OLD.survey_id) THEN
                        RAISE EXCEPTION 'an answer to every question'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'answered_whole';
                    END IF;
                    asked = OLD;
                    NEW.answered_at = clock_timestamp();
                    {_REFUSALS}
                """,  # noqa: S608 - our own words
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class Answer(models.Model):
    """One answer: 1–5 on a scale, 1 for yes and 0 for no. Written while its invitation is unanswered, whose row's lock
    keeps two submissions apart."""

    scope = Unscoped("answers are shown as numbers of many, reckoned in surveys.results, never one by one")

    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="answers", db_index=False)
    question = models.ForeignKey(Question, models.PROTECT, related_name="+", db_index=False)
    value = models.PositiveSmallIntegerField()

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["invitation", "question"], include=["value"], name="one_answer_to_a_question"
            ),
            models.CheckConstraint(condition=Q(value__range=(0, 5)), name="answer_in_range"),
        ]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="answer_of_its_survey",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("asked", "record")],
                func=f"""
                    SELECT i.answered_at, i.expires_at, i.synthetic, q.kind, i.survey_id = q.survey_id AS its_own
                    INTO asked FROM surveys_invitation i, surveys_question q
                    WHERE i.id = NEW.invitation_id AND q.id = NEW.question_id FOR NO KEY UPDATE OF i;
                    IF NOT asked.its_own
                        OR asked.kind = 'scale' AND NEW.value < 1 OR asked.kind = 'yes_no' AND NEW.value > 1 THEN
                        RAISE EXCEPTION 'no answer to this question of this survey'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'answer_of_its_survey';
                    END IF;
                    {_REFUSALS}
                """,  # noqa: S608 - our own words
            ),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"


class Comment(models.Model):
    """The free comment that may come with the answers. The city's officers read it before anybody else does."""

    class State(models.TextChoices):
        PENDING = "pending", _("검토 전")
        PUBLISHED = "published", _("공개")
        HIDDEN = "hidden", _("비공개")

    class Reason(models.TextChoices):
        """Why it is hidden. Coded: what is wrong with a comment is not to be repeated in words."""

        PERSONAL = "personal", _("개인을 알아볼 수 있음")
        ABUSIVE = "abusive", _("욕설·비방")
        UNRELATED = "unrelated", _("조사와 관계없음")
        REPORTED = "reported", _("민원으로 따로 처리함")

    scope = readable("invitation__survey", state="published")

    invitation = models.OneToOneField(Invitation, models.PROTECT, related_name="comment")
    text = EncryptedTextField(_("의견"), label="surveycomment.text", null=True)
    written_at = models.DateTimeField(db_default=ClockTimestamp())
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    reason = models.CharField(max_length=10, choices=Reason, blank=True)
    moderated_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    moderated_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="pending", moderated_by__isnull=True, moderated_at__isnull=True)
                | Q(state__in=["published", "hidden"], moderated_by__isnull=False, moderated_at__isnull=False),
                name="moderated_comment_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(state="hidden") & ~Q(reason="") | ~Q(state="hidden") & Q(reason=""),
                name="hidden_comment_says_why",
            ),
            models.CheckConstraint(
                condition=Q(text__isnull=False, destroyed_at__isnull=True)
                | Q(text__isnull=True, destroyed_at__isnull=False),
                name="comment_has_its_text_or_is_destroyed",
            ),
        ]
        indexes = [
            models.Index(fields=["written_at"], condition=Q(text__isnull=False), name="comment_kept"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="stays_with_its_answers", fields=["invitation", "written_at"]),
            pgtrigger.Protect(
                name="words_stay",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__text__isnull=False, old__text__df=pgtrigger.F("new__text")),
            ),
            pgtrigger.Trigger(
                name="comes_with_the_answers",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("asked", "record")],
                func=f"""
                    SELECT answered_at, expires_at, synthetic INTO asked FROM surveys_invitation
                    WHERE id = NEW.invitation_id FOR NO KEY UPDATE;
                    {_REFUSALS}
                """,  # noqa: S608 - our own words
            ),
        ]

    def __str__(self) -> str:
        return f"comment {self.pk}"


class OptOut(models.Model):
    """A phone number or address, known by its index alone, that no survey is sent to any more."""

    scope = Unscoped("a set of indexes that invitations are checked against, shown to nobody")

    contact_index = models.BinaryField(max_length=16, unique=True)
    created_at = models.DateTimeField(db_default=ClockTimestamp())

    objects = ScopedManager()

    def __str__(self) -> str:
        return f"opt-out {self.pk}"
