"""Somebody at a browser of a given width, and what must be true of every page they reach."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response, expect

from accounts.demo import PASSWORD

PATIENCE = 20_000  # milliseconds; a busy machine is no reason to fail
SHOTS = Path(__file__).parent / "shots"
_RUN_AXE = "() => axe.run({resultTypes: ['violations']}).then(found => found.violations)"
# A page that refuses answers 4xx by design, and Chromium calls every such answer an error.
_REFUSED = re.compile(r"Failed to load resource: the server responded with a status of 4(03|04|09|22)")


class Visitor:
    """`page` is Playwright's. `look(name)` checks the page and keeps its picture under `shots/`."""

    def __init__(self, browser: Browser, *, url: str, width: int, story: str) -> None:
        self.url, self.width, self.story = url, width, story
        self.context = browser.new_context(
            base_url=url,
            viewport={"width": width, "height": 844 if width < 768 else 900},
            locale="ko-KR",
            timezone_id="Asia/Seoul",
            reduced_motion="reduce",
            has_touch=width < 768,
        )
        self.context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        self.troubles: list[str] = []
        self.meant: list[str] = []  # what the console may say in this story
        self.page = self.context.new_page()
        self.listen_to(self.page)
        self._numbers = itertools.count(1)

    def listen_to(self, page: Page) -> None:
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.troubles.append(f"{page.url}: {error}"))
        page.on("response", self._answered)

    def _hear(self, said: ConsoleMessage) -> None:
        if any(words in said.text for words in self.meant):
            return
        if said.type in ("error", "warning") and not _REFUSED.match(said.text):
            self.troubles.append(f"{said.location.get('url')}: {said.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.troubles.append(f"{response.url}: {response.status}")

    # --- Looking ------------------------------------------------------------------------------

    def look(self, name: str) -> None:
        """No horizontal scroll, nothing that axe finds, no error in the console; and a picture to be looked at."""
        page = self.page
        page.evaluate("() => document.fonts.ready")
        self._keep_picture(name)
        wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name}: {page.url} is {wide} px wider than {self.width}"
        page.evaluate(AXE_SCRIPT)
        violations = page.evaluate(_RUN_AXE)
        assert not violations, f"{name}: {page.url}\n{_in_words(violations)}"
        assert not self.troubles, f"{name}: {self.troubles}"

    def _keep_picture(self, name: str) -> None:
        SHOTS.mkdir(exist_ok=True)
        number = next(self._numbers)
        path = SHOTS / f"{self.story}-{self.width}-{number:02}-{name}.jpg"
        self.page.screenshot(path=path, type="jpeg", quality=70, full_page=True)  # sooner written than PNG

    def leave(self, *, failed: bool) -> None:
        """After a failure the picture of where it happened stays."""
        if failed:
            self._keep_picture("failed")
        self.context.close()
        assert failed or not self.troubles, self.troubles

    # --- Doing --------------------------------------------------------------------------------

    @property
    def is_phone(self) -> bool:
        return self.width < 768

    def go(self, path: str) -> None:
        self.page.goto(path)

    def sign_in(self, account: str) -> None:
        """As one of the demo's accounts, by the form."""
        self.go("/accounts/login/")
        self.fill(이메일=f"{account}@demo.invalid", 비밀번호=PASSWORD)
        self.page.locator("main").get_by_role("button", name="로그인", exact=True).click()
        self.page.wait_for_url(lambda url: "/accounts/login/" not in url)

    def fill(self, *, within: Locator | None = None, **fields: str) -> None:
        """Fields by the beginning of their label; the first where several begin so."""
        place = within or self.page.locator("main")
        for label, value in fields.items():
            place.get_by_label(re.compile(f"^{re.escape(label)}")).first.fill(value)

    def choose(self, group: str, answer: str) -> None:
        """One of several answers, by tapping its words as people do."""
        asked = self.page.get_by_role("group", name=re.compile(re.escape(group)))
        asked.locator("label").get_by_text(answer, exact=True).click()

    def tick(self, label: str) -> None:
        self.page.locator("main label").get_by_text(label).click()

    def unfold(self, name: str) -> None:
        """A part of the page that opens and closes, wherever it stands now."""
        part = self.page.locator("main details", has=self.page.locator("summary", has_text=name)).first
        if part.get_attribute("open") is None:
            part.locator("summary").first.click()

    def press(self, name: str, *, within: Locator | None = None) -> None:
        (within or self.page.locator("main")).get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str | re.Pattern[str], *, within: Locator | None = None) -> None:
        exact = {"exact": True} if isinstance(name, str) else {}
        (within or self.page.locator("main")).get_by_role("link", name=name, **exact).first.click()

    def confirm(self) -> None:
        """Say yes in the dialog that asks before something final."""
        dialog = self.page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        dialog.locator("[data-confirm-yes]").click()

    def open_menu(self, entry: str) -> None:
        """One entry of the menu, wherever this width has it."""
        menu = self.page.get_by_role("navigation", name="업무 메뉴")
        if self.is_phone:
            self.page.locator("header .full-menu > summary").click()
            menu = self.page.get_by_role("navigation", name="전체메뉴")
        elif menu.locator(".further").get_by_role("link", name=entry, exact=True, include_hidden=True).count():
            menu.locator(".further > summary").click()
        self.follow(entry, within=menu)

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.locator("main")).to_contain_text(text)

    def is_at(self, title: str | re.Pattern[str]) -> None:
        """The page with this heading."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(title)


def _in_words(violations: list[dict[str, Any]]) -> str:
    lines = []
    for found in violations:
        lines.append(f"{found['id']} ({found['impact']}): {found['help']}")
        for node in found["nodes"]:
            lines += [f"  {node['target']} {node['html'][:200]}", f"    {node['failureSummary']}"]
    return "\n".join(lines)
