from django.db import migrations, models

# The sums are copies, and those there are lack the digest: forgotten here, made again by the next roll-up. Until then
# figures are counted live.
FORGET = "DELETE FROM reports_eventday; DELETE FROM reports_eventmonth; DELETE FROM reports_rollupmark"
DIGEST = models.DecimalField(decimal_places=0, default=0, max_digits=100)


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_working_days")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = 0", migrations.RunSQL.noop),
        migrations.RunSQL(FORGET, FORGET),
        migrations.AddField("eventday", "digest", DIGEST, preserve_default=False),
        migrations.AddField("eventmonth", "digest", DIGEST, preserve_default=False),
    ]
