"""Who may use which address with which method, for every address there is; and that nothing leaks to anyone else.

Visitors are sent to sign in (401 from the API), the wrong role gets 403, somebody else's row is 404, the wrong method
405. The secrets of the world's rows occur in no answer to those who may not see them, and masked pages show them to
nobody."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from accounts.middleware import ACTING
from tests.access.matrix import ALLAUTH, CATCH_ALL, ROWS
from tests.access.subjects import ALL, CITIZENS, Row
from tests.access.world import Side, World

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SIGN_IN = "/accounts/login/"
VISITORS = ("anonymous", "token")

pytestmark = pytest.mark.django_db


def every_address(patterns: list[Any], route: str = "", namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}" if pattern.name else here
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from every_address(pattern.url_patterns, here, inner)


def url_of(row: Row, side: Side) -> str:
    key = "call" if row.args == "draft_call" else row.args
    return reverse(row.name, args=[*(side.args[key] if key else []), *row.more])


def data_of(row: Row, side: Side) -> dict[str, Any]:
    return {"key": str(side.args["draft"][0])} if row.data.get("key") == "draft" else row.data


def ask(world: World, who: str, method: str, row: Row, side: Side) -> HttpResponseBase:
    client, headers = world.clients[who], world.headers.get(who, {})
    if row.opens and who in row.who:
        client.post(reverse("programs:case_open", args=side.args["case"]), {"purpose": "screening"})
    if method == "POST":
        return client.post(url_of(row, side), data_of(row, side), headers=headers)
    return client.generic(method, url_of(row, side), headers=headers)


def body_of(response: HttpResponseBase) -> str:
    data = b"".join(response.streaming_content) if response.streaming else response.content
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = b"".join(archive.read(name) for name in archive.namelist())
    return data.decode(errors="ignore")


def subjects_of(row: Row) -> frozenset[str]:
    """Everyone; a token only where tokens are read at all, as it is a visitor elsewhere."""
    return ALL if row.name in API_NAMES else ALL - {"token"}


def goes_to_sign_in(response: HttpResponseBase) -> bool:
    return response.status_code == 302 and response.headers["Location"].startswith(SIGN_IN)


def wrong_answer(response: HttpResponseBase, row: Row, who: str, method: str) -> str:
    """What is wrong with this answer, or nothing."""
    got = response.status_code
    said = f"{who} {method} {row.name}: {got}"
    if row.visitors_sign_in_to_post and who in VISITORS and method == "POST":
        return "" if goes_to_sign_in(response) else f"{said}, not sent to sign in"
    if who in row.not_theirs and who in row.who:
        return "" if got == 404 else f"{said}, not 404"
    if who in row.who:
        fine = (got < 400 or got in (409, 422) or got in row.also) and not goes_to_sign_in(response)
        return "" if fine else f"{said}, though allowed"
    if row.name in API_NAMES:
        reads_tokens = not row.who <= CITIZENS  # one's own applications are for the person's session alone
        wanted = 401 if who == "anonymous" or (who == "token" and not reads_tokens) else 403
        return "" if got == wanted else f"{said}, not {wanted}"
    if who in VISITORS:
        return "" if goes_to_sign_in(response) else f"{said}, not sent to sign in"
    return "" if got == 403 else f"{said}, not 403"


def unprotected(response: HttpResponseBase, row: Row, who: str, method: str) -> list[str]:
    """Headers that every answer carries, and those of every answer to somebody signed in."""
    wanted = {
        "Content-Security-Policy": "default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
    }
    missing = [name for name, part in wanted.items() if part not in response.headers.get(name, "")]
    if "unsafe" in response.headers.get("Content-Security-Policy", ""):
        missing.append("unsafe policy")
    if who not in VISITORS:
        kept = {part.strip() for part in response.headers.get("Cache-Control", "").split(",")}
        missing += [part for part in ("no-store", "private") if part not in kept]
    return [f"{who} {method} {row.name}: {name}" for name in missing]


def leaks(body: str, row: Row, who: str, method: str, world: World) -> list[str]:
    found = []
    for side in (world.here, world.there):
        if who == side.owner_key or (row.shows and who in side.who):
            continue
        found += [f"{who} {method} {row.name}: {secret}" for secret in sorted(side.secrets) if secret in body]
    return found


API_NAMES = {row.name for row in ROWS if ":" not in row.name} - {
    "home", "privacy", "accessibility", "set_language", "healthz", "livez",
}  # fmt: skip


def test_the_matrix_names_every_address_there_is_and_no_other():
    rows = [row.name for row in ROWS]
    assert len(rows) == len(set(rows))
    assert set(rows) | ALLAUTH | CATCH_ALL == set(every_address(get_resolver().url_patterns))


@pytest.fixture
def fresh_sessions(world):
    """Sessions as they were: a test that acts as a citizen or opens a case leaves no trace in the next."""
    before = {who: client.cookies.copy() for who, client in world.clients.items()}
    yield
    for who, client in world.clients.items():
        client.cookies = before[who]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_gets_what_is_theirs_and_nothing_else(row, world, fresh_sessions):
    wrong: list[str] = []
    for method in row.methods:
        for who in sorted(subjects_of(row)):
            response = ask(world, who, method, row, world.here)
            wrong += filter(None, [wrong_answer(response, row, who, method)])
            wrong += unprotected(response, row, who, method)
            wrong += leaks(body_of(response), row, who, method, world)
    assert wrong == []


@pytest.mark.parametrize("row", [row for row in ROWS if row.args and "GET" in row.methods], ids=lambda row: row.name)
def test_the_other_districts_rows_leak_nothing_either(row, world, fresh_sessions):
    wrong: list[str] = []
    for who in sorted(row.who & subjects_of(row)):
        response = ask(world, who, "GET", row, world.there)
        wrong += leaks(body_of(response), row, who, "GET", world)
    assert wrong == []


def refused(response: HttpResponseBase, row: Row, who: str) -> bool:
    """405 for whoever may use the address; everyone else may also be told that it is not theirs."""
    if who in row.who - row.not_theirs:
        return response.status_code == 405
    return response.status_code in (401, 403, 404, 405) or goes_to_sign_in(response)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_other_methods_are_refused_whoever_asks(row, world):
    """Everyone who may use the address, and one who may not: the others meet the same door."""
    wrong = []
    outsiders = sorted(subjects_of(row) - row.who)[:1]
    for method in sorted(set(METHODS) - set(row.methods)):
        for who in [*sorted(row.who & subjects_of(row)), *outsiders]:
            response = ask(world, who, method, row, world.here)
            wrong += [] if refused(response, row, who) else [f"{who} {method} {row.name}: {response.status_code}"]
    assert wrong == []


def changes_something(row: Row) -> bool:
    """The API's public self-check reads no session and keeps nothing, so nobody's browser can be made to misuse it."""
    return "POST" in row.methods and row.name != "finder"


@pytest.mark.parametrize("row", list(filter(changes_something, ROWS)), ids=lambda row: row.name)
def test_nothing_is_changed_without_the_forms_own_token(row, world):
    who = min(row.who - row.not_theirs - set(VISITORS))
    client = Client(enforce_csrf_checks=True)
    client.cookies = world.clients[who].cookies.copy()
    response = client.post(url_of(row, world.here), data_of(row, world.here))
    assert response.status_code == 403


@pytest.mark.parametrize("find", ["", "name", "phone"])
def test_searching_for_a_neighbours_applicant_finds_nothing(find, world, fresh_sessions):
    there = world.there
    query = {"tab": "open", "q": {"": "", "name": there.owner.profile.name, "phone": "01088880002"}[find]}
    for who in ("officer", "manager", "other_company", *CITIZENS):
        if who == there.owner_key:
            continue
        for name in ("programs:queue", "doorguard:households", "programs:search", "queue"):
            body = body_of(world.clients[who].get(reverse(name), query))
            assert there.args["case"][0] not in body
            shown = [secret for secret in there.secrets if secret in body and secret != query["q"]]
            assert shown == [], (who, name)


def test_a_download_holds_the_own_district_alone_and_masked(world):
    here, there = world.here, world.there
    url = reverse("programs:export_new", args=["applications"])
    reason = {"purpose": "reporting", "reason": "월간 점검"}
    sheet = body_of(world.clients["officer"].post(url, reason))
    assert here.args["case"][0] in sheet
    assert there.args["case"][0] not in sheet
    assert [secret for secret in here.secrets | there.secrets if secret in sheet] == []
    whole = body_of(world.clients["officer"].post(url, reason | {"unmasked": "on"}))
    assert here.owner.profile.name in whole
    assert [secret for secret in there.secrets if secret in whole] == []
    city = body_of(world.clients["city"].post(url, reason | {"unmasked": "on"}))
    assert [secret for secret in here.secrets | there.secrets if secret in city] == []


def test_nobody_acts_in_another_persons_membership(world, fresh_sessions):
    client = world.clients["stranger"]
    session = client.session
    session[ACTING] = world.here.manager.membership.pk
    session.save()
    assert client.get(reverse("programs:queue")).status_code == 403
    acting = reverse("accounts:acting")
    assert client.post(acting, {"membership": world.here.manager.membership.pk}).status_code == 404


def test_cookies_are_kept_from_scripts_and_from_plain_http(settings):
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.CSRF_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Lax"
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    response = Client().get(SIGN_IN, secure=True)
    assert all(cookie["secure"] and cookie["httponly"] for cookie in response.cookies.values())
