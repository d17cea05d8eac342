"""Number the working days, so that a figure asked before the first roll-up already knows them."""

import datetime as dt

from django.db import migrations

from programs.deadlines import WorkingCalendar
from reports.working_days import numbered

LAST = dt.date(2030, 12, 31)


def fill(apps, schema_editor):
    working_day = apps.get_model("reports", "WorkingDay")
    working_day.objects.bulk_create(
        working_day(day=day, number=number) for day, number in numbered(WorkingCalendar({}), LAST)
    )


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
