"""The Celery application: `celery --app portal worker`."""

import os

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["programs"], related_name="file_tasks")


@worker_ready.connect
def say_that_we_are_here(**_kwargs: object) -> None:
    """Beat asks for a heartbeat every 15 seconds; /healthz need not wait for the first of them."""
    app.send_task("notifications.tasks.beat_heart")
