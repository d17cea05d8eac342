from django.db import migrations

# The sums are copies, and those there count deadlines otherwise: forgotten here, made again by the next roll-up.
FORGET = "DELETE FROM reports_eventday; DELETE FROM reports_eventmonth; DELETE FROM reports_rollupmark"


class Migration(migrations.Migration):
    dependencies = [("reports", "0005_council_reports")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = 0", migrations.RunSQL.noop),
        migrations.RunSQL(FORGET, FORGET),
    ]
