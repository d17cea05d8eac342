"""Pages: against bare views, and at a million rows against ten thousand."""

from __future__ import annotations

import datetime as dt
import random
import re
from urllib.parse import urljoin

from bench.databases import Databases, inside
from bench.harness import Result, compared, interleaved_p50, single
from bench.server import Browser, Server

QUEUE = "/work/queue/?tab={}"
TABS = ("open", "new", "review", "checked", "soon", "overdue", "decided")
FIVE_YEARS = 5 * 365


def _browser(server: Server, email: str) -> Browser:
    session = inside("bench.tasks.people.session_of", server.env, email=email)
    return Browser(server.port, str(session))


def queue_vs_bare_list(databases: Databases) -> list[Result]:
    """A district officer's queue (rows, seven counts, duplicate flags, filters, the access log's row)."""
    with Server(databases.with_files(databases.large)) as server:
        officer = _browser(server, "officer@demo.invalid")
        real, bare = _pair(officer, QUEUE.format("open"), "/bench/list/")
        return [compared("queue_vs_bare_list", "ms (p50)", interleaved_p50(real, bare))]


def _pair(browser: Browser, real: str, bare: str) -> tuple:
    """Both requests; the bare answer is as long as the real one."""
    size = len(browser.page(real).body)
    return (lambda: browser.page(real)), (lambda: browser.page(f"{bare}?bytes={size}"))


def queue_growth(databases: Databases) -> list[Result]:
    """The city's queue, which holds every row: a random tab, or the page after the last one.

    Never two pages in one visit: the large database has a next page more often, and would be timed for reading on."""
    further: dict[Browser, str] = {}

    def visit(browser: Browser, rng: random.Random) -> None:
        tab, goes_on = rng.choice(TABS), rng.random() < 0.5
        page = browser.page((goes_on and further.get(browser)) or QUEUE.format(tab))
        link = re.search(rb'href="(\?[^"]*after=[^"]*)"', page.body)
        further[browser] = urljoin("/work/queue/", link[1].decode().replace("&amp;", "&")) if link else ""

    return [growth(databases, "queue_growth_10k_1m", visit)]


def dashboard_growth(databases: Databases) -> list[Result]:
    """The city's dashboard at a random as-of date of the last five years."""
    today = dt.datetime.now(tz=dt.UTC).date()

    def visit(browser: Browser, rng: random.Random) -> None:
        browser.page(f"/work/reports/?as_of={today - dt.timedelta(days=rng.randrange(FIVE_YEARS))}")

    return [growth(databases, "dashboard_growth_10k_1m", visit)]


def growth(databases: Databases, name: str, visit) -> Result:
    """Both databases get the same visits in the same order."""
    large, small = databases.with_files(databases.large), databases.small
    with Server(large) as many, Server(small) as few:
        much, little = _browser(many, "city@demo.invalid"), _browser(few, "city@demo.invalid")
        one, other = random.Random(1), random.Random(1)
        pairs = interleaved_p50(lambda: visit(much, one), lambda: visit(little, other))
        return compared(name, "ms (p50)", pairs)


def home_bytes(databases: Databases) -> list[Result]:
    """A first visit: the front page and every style sheet and script it names, as they come over the wire."""
    with Server(databases.with_files(databases.small)) as server:
        browser = Browser(server.port)
        page = browser.page("/").body.decode()
        links = re.findall(r'<link[^>]*rel="stylesheet"[^>]*>', page) + re.findall(r"<script[^>]*>", page)
        files = {match[1] for link in links if (match := re.search(r'(?:href|src)="([^"]+)"', link))}
        sizes = [len(browser.get(path, **{"Accept-Encoding": "gzip"}).body) for path in ("/", *sorted(files))]
        return [single("home_bytes", "bytes", [sum(sizes)])]


def home_vs_bare_view(databases: Databases) -> list[Result]:
    """The front page of a signed-in citizen."""
    with Server(databases.with_files(databases.small)) as server:
        citizen = _browser(server, "citizen@demo.invalid")
        real, bare = _pair(citizen, "/", "/bench/page/")
        return [compared("home_vs_bare_view", "ms (p50)", interleaved_p50(real, bare))]
