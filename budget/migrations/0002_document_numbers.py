from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("budget", "0001_initial")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE budget_document_seq CACHE 1", "DROP SEQUENCE budget_document_seq")
    ]
