"""The table of the bare view."""

from django.db import models

from accounts.models import User
from accounts.scoping import Unscoped


class BareRow(models.Model):
    """As small as a row can be that says who sent what and when; tasks/database.py makes its table."""

    scope = Unscoped("exists in the benchmarks' databases only")

    key = models.UUIDField(unique=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        managed = False

    def __str__(self) -> str:
        return str(self.key)
