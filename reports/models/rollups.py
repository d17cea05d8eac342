"""Roll-ups of the application events: sums that figures read instead of millions of rows.

They are copies that `rebuild_rollups` can make again, so they hold codes and no foreign keys, and nothing personal.
"""

from __future__ import annotations

from django.db import models

from accounts.scoping import Unscoped

AGGREGATE = Unscoped("sums without persons; reports.figures applies the district's scope")


class Sums(models.Model):
    """What is counted of one kind of event in one district. `on_time` and `working_days` are of decisions only;
    `digest` is the sum of the hashes of the applications' ids, one for each event (reports.rows.Rows)."""

    program = models.CharField(max_length=50)
    call = models.BigIntegerField()
    district = models.CharField(max_length=5)
    from_district = models.CharField(max_length=5, blank=True)
    action = models.CharField(max_length=30)
    from_state = models.CharField(max_length=30, blank=True)
    to_state = models.CharField(max_length=30, blank=True)
    n = models.BigIntegerField()
    on_time = models.BigIntegerField()
    working_days = models.BigIntegerField()
    digest = models.DecimalField(max_digits=100, decimal_places=0)  # 256 bits a row: room for 10²² of them

    class Meta:
        abstract = True


KEYS = ("program", "call", "district", "from_district", "action", "from_state", "to_state")


class EventDay(Sums):
    """Sums of one day of occurrence and one day of recording, both in Seoul. The loader's synthetic history is known
    from the first day of the calendar."""

    scope = AGGREGATE

    occurred_day = models.DateField()
    known_day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["occurred_day", "known_day", *KEYS], name="one_sum_a_day_and_kind")
        ]
        indexes = [models.Index(fields=["known_day"], name="event_day_known")]

    def __str__(self) -> str:
        return f"{self.occurred_day} {self.district} {self.action}: {self.n}"


class EventMonth(Sums):
    """Checkpoint: the sums of everything that occurred up to the end of a month. Every month between the first and the
    last has its full set of rows, so that an as-of query reads one month whatever the years behind it."""

    scope = AGGREGATE

    month = models.DateField()  # its first day

    class Meta:
        constraints = [models.UniqueConstraint(fields=["month", *KEYS], name="one_sum_a_month_and_kind")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.district} {self.action}: {self.n}"


class RollupMark(models.Model):
    """One row: every event written by a transaction below `watermark` has been rolled up, exactly once."""

    scope = AGGREGATE

    watermark = models.BigIntegerField(default=0)
    first_month = models.DateField(null=True)
    last_month = models.DateField(null=True)
    rolled_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"rolled up below {self.watermark}"


class WorkingDay(models.Model):
    """How many days have been worked up to and including this one; a difference of two is working days between."""

    scope = AGGREGATE

    day = models.DateField(primary_key=True)
    number = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.day}: {self.number}"
