"""SQL statements of one request, as the database gets them."""

from __future__ import annotations

from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.tasks.people import drafts


def of_a_submit(*, count: int) -> list[tuple[int, int]]:
    """(submit, bare insert) of as many people after the first, whose requests warm the caches. BEGIN, COMMIT, the
    session and the user are statements, too."""
    made = drafts(count=count + 1)
    counts = []
    for session, key in made["people"]:
        client = Client()
        client.cookies["sessionid"] = session
        submit = _statements(client, reverse("programs:apply_submit", args=[made["call"]]), key)
        counts.append((submit, _statements(client, reverse("bare_insert"), key)))
    return counts[1:]


def _statements(client: Client, path: str, key: str) -> int:
    with CaptureQueriesContext(connection) as own, CaptureQueriesContext(connections["audit"]) as audit:
        response = client.post(path, {"key": key})
    if response.status_code != 302:
        raise RuntimeError(f"{path} answers {response.status_code}")
    return len(own) + len(audit)
