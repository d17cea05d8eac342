"""Is the portal well? `/livez` for the proxy (this process answers), `/healthz` for people and monitors."""

from collections.abc import Callable
from datetime import timedelta

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

from notifications.models import Heartbeat, Message

HEARTBEAT_FRESH_FOR = timedelta(seconds=60)
OUTBOX_LAG_LIMIT = 300  # seconds
BROKER_ANSWERS_WITHIN = 0.5  # seconds; a health check that hangs helps nobody


class Unwell(Exception):
    """One part's reason, in words."""


@login_not_required
@require_safe
def livez(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 with the state of every part, or 503 with the reason of each that is not well."""
    parts: dict[str, object] = {}
    reasons: dict[str, str] = {}
    for name, check in _CHECKS.items():
        try:
            parts[name] = check()
        except (Unwell, DatabaseError, redis.RedisError) as error:
            parts[name] = "failing"
            reasons[name] = str(error) if isinstance(error, Unwell) else f"no answer: {type(error).__name__}"
        if name == "database" and reasons:
            break  # the rest is asked of the database too, and each question would wait as long again
    status = "unwell" if reasons else "ok"
    response = JsonResponse({"status": status, **parts, "reasons": reasons}, status=503 if reasons else 200)
    response["Cache-Control"] = "no-store"
    setattr(response, "_has_been_logged", True)  # noqa: B010 — who asks each second is told; the log need not be
    return response


def _database() -> str:
    Heartbeat.objects.exists()
    return "ok"


def _broker() -> str:
    with redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=BROKER_ANSWERS_WITHIN,
        socket_timeout=BROKER_ANSWERS_WITHIN,
        retry=Retry(NoBackoff(), 0),
    ) as client:
        client.ping()
    return "ok"


def _worker() -> str:
    """By the database's clock, which every machine shares."""
    beat = Heartbeat.objects.filter(name="worker").values_list("beat_at", Now()).first()
    if beat is None:
        raise Unwell("no worker has ever reported")
    beat_at, now = beat
    if now - beat_at > HEARTBEAT_FRESH_FOR:
        raise Unwell(f"the last heartbeat is {int((now - beat_at).total_seconds())} s old")
    return "ok"


def _outbox_lag_seconds() -> int:
    """How long the message that waits longest has been overdue."""
    overdue = Message.objects.filter(state=Message.State.PENDING, next_attempt_at__lt=Now())
    oldest = overdue.order_by("next_attempt_at", "id").values_list("next_attempt_at", Now()).first()
    lag = int((oldest[1] - oldest[0]).total_seconds()) if oldest else 0
    if lag > OUTBOX_LAG_LIMIT:
        raise Unwell(f"a message has been overdue for {lag} s")
    return lag


_CHECKS: dict[str, Callable[[], object]] = {
    "database": _database,
    "broker": _broker,
    "worker": _worker,
    "outbox_lag_seconds": _outbox_lag_seconds,
}
