"""What staff state with a source and a date, because the portal does not count it: staffing, media, statistics."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.clock import ClockTimestamp
from accounts.models import User
from accounts.roles import DISTRICT_STAFF, SPENDING_CHAIN, Role
from accounts.scoping import ScopedManager, everything
from accounts.triggers import append_only


class Statement(models.Model):
    """One number or one table (`rows`, a list of rows of text) as of a day: append-only. The same name and day stated
    again replaces what was stated before from then on; what had been known by then stays answerable."""

    scope = dict.fromkeys((*DISTRICT_STAFF, Role.CITY_OFFICER, *SPENDING_CHAIN, Role.COUNCIL_READER), everything)

    name = models.CharField(
        _("지표 이름"), max_length=80, validators=[RegexValidator(r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$")]
    )
    label = models.CharField(_("이름"), max_length=120)
    value = models.DecimalField(_("값"), max_digits=20, decimal_places=4, null=True, blank=True)
    rows = models.JSONField(_("표"), null=True, blank=True)
    unit = models.CharField(_("단위"), max_length=30, blank=True)
    as_of = models.DateField(_("기준일"))
    source = models.CharField(_("출처"), max_length=200)
    stated_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=ClockTimestamp())
    synthetic = models.BooleanField(default=False)  # the loader's: known from the start

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(value__isnull=False, rows__isnull=True) | Q(value__isnull=True, rows__isnull=False),
                name="a_statement_is_a_number_or_a_table",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="a_statement_names_its_source"),
        ]
        indexes = [models.Index(fields=["name", "-as_of", "-id"], name="statement_latest")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.name} {self.as_of}"
