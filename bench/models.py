"""The tables of the bare views."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.models import User
from accounts.scoping import Unscoped


class BareLine(models.Model):
    """What the bare view spends from."""

    scope = Unscoped("exists in the benchmarks' databases only")

    objects: ClassVar[models.Manager[BareLine]]

    committed = models.BigIntegerField()
    spent = models.BigIntegerField(default=0)

    class Meta:
        managed = False

    def __str__(self) -> str:
        return f"{self.spent} of {self.committed}"


class BareRow(models.Model):
    """As small as a row can be that says who sent what and when; tasks/database.py makes the tables."""

    scope = Unscoped("exists in the benchmarks' databases only")

    key = models.UUIDField(unique=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        managed = False

    def __str__(self) -> str:
        return str(self.key)
