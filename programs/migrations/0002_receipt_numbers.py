from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("programs", "0001_initial")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE programs_receipt_seq CACHE 1", "DROP SEQUENCE programs_receipt_seq")
    ]
