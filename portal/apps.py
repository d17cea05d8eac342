from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        from portal import celery  # noqa: F401, PLC0415 — once the apps are there, their tasks belong to our Celery
