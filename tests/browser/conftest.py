"""A real browser against the portal itself, on the demo's data; each test on its own copy of them.

The server runs in a thread of the tests' own process: warnings are errors there too, and an undefined variable in a
template fails the page. Work for a worker is done at once, by the request that asks for it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.test import override_settings
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.browser import world
from tests.browser.visitor import Visitor
from tests.scratch import scratch_copy

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_DEMO = {
    "DEMO": True,
    "STAFF_SECOND_FACTOR": False,
    "EMAIL_BACKEND": "notifications.backends.MailboxEmailBackend",
    "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": True,
    "SITE_URL": "http://localhost",
}


def _chromium_of(playwright: Playwright) -> str | None:
    """The system's own, else the one Playwright installed."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    own = playwright.chromium.executable_path
    return found or (own if Path(own).exists() else None)


@pytest.fixture(scope="package")
def chromium(django_db_setup: None) -> Iterator[Browser]:
    """Playwright keeps a loop running in this thread, and Django then has other connections for it: those from before
    are closed first, or they could not be reached and would keep visiting the database that is to be copied."""
    connections.close_all()
    with sync_playwright() as playwright:
        path = _chromium_of(playwright)
        if path is None:
            pytest.skip(f"no browser: install Chromium ({', '.join(_NAMES)}) or run `playwright install chromium`")
        browser = playwright.chromium.launch(executable_path=path, args=_QUIET)
        yield browser
        browser.close()


def _at_once(name: str, kwargs: dict[str, Any], **_options: Any) -> None:
    current_app.tasks[name].apply(kwargs=kwargs, throw=True)


@pytest.fixture(scope="package")
def portal(chromium: Browser, django_db_blocker: Any) -> Iterator[str]:
    """The address of the running portal."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), override_settings(**_DEMO):
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # said of that loop, in which nothing of ours runs
        current_app.loader.import_default_modules()  # the tasks by name
        patch.setattr(current_app, "send_task", _at_once)
        with scratch_copy():
            world.load()
            yield from _served()


def _served() -> Iterator[str]:
    server = LiveServerThread("localhost", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield f"http://localhost:{server.port}"
    server.terminate()


@pytest.fixture
def fresh(portal: str) -> Iterator[str]:
    """The portal with its data as they were loaded."""
    with scratch_copy():
        yield portal


@pytest.fixture
def arrive(
    fresh: str, chromium: Browser, width: int, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Visitor]]:
    """`arrive()` is somebody new at a browser; `arrive("officer")` has signed in as that account of the demo."""
    story = request.node.originalname.removeprefix("test_")
    here: list[Visitor] = []

    def someone(account: str = "") -> Visitor:
        visitor = Visitor(chromium, url=fresh, width=width, story=f"{story}-{account or 'visitor'}")
        here.append(visitor)
        if account:
            visitor.sign_in(account)
        return visitor

    failures = request.session.testsfailed
    yield someone
    for visitor in here:
        visitor.leave(failed=request.session.testsfailed > failures)
