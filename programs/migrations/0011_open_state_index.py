from django.db import migrations, models


class Migration(migrations.Migration):
    """The city's tabs of one state sought their fifty among all open cases."""

    dependencies = [
        ("programs", "0010_scoring"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = 0", migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                condition=models.Q(("state__in", ("submitted", "under_review", "supplement_requested"))),
                fields=["state", "order_at", "id"],
                include=("checked_at",),
                name="app_open_state",
            ),
        ),
    ]
