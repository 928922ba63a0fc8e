"""Somebody at a browser of their own, who finds things by what is written on the page."""

from __future__ import annotations

import re
from contextlib import ExitStack
from typing import Self

from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    FilePayload,
    Locator,
    Page,
    expect,
)

from app.demo.accounts import PASSWORD
from tests.journeys.site import Site

WIDE = (1440, 900)
# What is no error of ours: the browser and htmx repeat the status of a refused act, and htmx
# tells of a request that was cut off because one went on to another page.
EXPECTED = re.compile(
    r"Failed to load resource: .* 4\d\d |Response Status Error Code 4\d\d |"
    r"htmx:(afterRequest|sendError|sendAbort)"
)


class Person:
    """One person with the demonstration's password, reading Kazakh as everybody does at first.

    `troubles` are the errors that the browser's console told, apart from refusals.
    """

    def __init__(self, browser: Browser, site: Site, login: str) -> None:
        """Open a browser window of one's own; nobody is signed in yet."""
        self.login, self.password = login, PASSWORD
        self.troubles: list[str] = []
        self._context = browser.new_context(
            base_url=site.address,
            viewport={"width": WIDE[0], "height": WIDE[1]},
            reduced_motion="reduce",
        )
        self._context.set_default_timeout(15_000)
        self._context.on("console", self._said)
        self._context.on("weberror", lambda error: self.troubles.append(str(error.error)))
        self.page = self._context.new_page()

    def __enter__(self) -> Self:
        """Sign in; who has no login stays outside."""
        if self.login:
            self.sign_in()
        return self

    def __exit__(self, *_error: object) -> None:
        """Close the window."""
        self._context.close()

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not EXPECTED.search(message.text):
            self.troubles.append(message.text)

    @property
    def name(self) -> str:
        """The person's own name, as the head of every page shows it."""
        return self.page.get_by_role("banner").locator("summary b").inner_text()

    def another_tab(self) -> Page:
        """A second tab of the same browser, with the same cookies."""
        return self._context.new_page()

    def sign_in(self, page: Page | None = None) -> None:
        """Sign in on `page`, by login and password."""
        page = page or self.page
        page.goto("/sign-in")
        page.get_by_label("Логин").fill(self.login)
        page.get_by_label("Құпиясөз").fill(self.password)
        page.get_by_role("button", name="Кіру", exact=True).click()
        expect(page.get_by_role("heading", level=1)).not_to_have_text("Жүйеге кіру")

    def go(self, entry: str) -> None:
        """Follow an entry of the main navigation."""
        self.page.get_by_role("navigation", name="Негізгі").get_by_role("link", name=entry).click()

    def open_task(self, name: str, about: str = "") -> None:
        """Open a task of the list by its name, the one of a row that speaks `about` something."""
        self.go("Тапсырмалар")
        self.task(name, about).get_by_role("link", name=name).click()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(name)

    def task(self, name: str, about: str = "") -> Locator:
        """The row of a task in the list."""
        rows = self.page.get_by_role("row").filter(has=self.page.get_by_role("link", name=name))
        return rows.filter(has_text=about)

    def take(self) -> None:
        """Take the task whose page is open."""
        self.press("Жұмысқа алу")
        self.reads("Тапсырма Сізде.")

    def press(self, name: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=name).last.click()

    def write(self, label: str, text: str) -> None:
        """Type into the field with this label."""
        self.page.get_by_label(label).fill(text)

    def choose(self, name: str) -> None:
        """Choose one of several answers, by how its words begin."""
        self.page.get_by_role("radio", name=re.compile(f"^{re.escape(name)}")).check()

    def tick(self, name: str) -> None:
        """Put a tick."""
        self.page.get_by_role("checkbox", name=name).check()

    def attach(self, file: FilePayload, source: str, origin: str) -> None:
        """Attach a document with its source of ¶ 4 and its origin of ¶ 9(4)."""
        self.page.get_by_label("Файлдарды осында сүйреңіз немесе таңдаңыз").set_input_files(file)
        self.page.get_by_label("Ақпарат көзі").select_option(label=source)
        self.page.get_by_label("Құжаттың шығу тегі").fill(origin)
        self.press("Қоса тіркеу")

    def reads(self, text: str | re.Pattern[str]) -> None:
        """Expect a text on the page."""
        expect(self.page.get_by_text(text).first).to_be_visible()


class Office:
    """Everybody who works at one site; each gets a browser window when first called for."""

    def __init__(self, browser: Browser, site: Site) -> None:
        """Nobody is at work yet."""
        self._browser, self._site = browser, site
        self._people: dict[str, Person] = {}
        self._windows = ExitStack()

    def __enter__(self) -> Self:
        """Open."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close every window."""
        self._windows.close()

    def __getitem__(self, login: str) -> Person:
        """The person with this login, signed in."""
        if login not in self._people:
            person = Person(self._browser, self._site, login)
            self._people[login] = self._windows.enter_context(person)
        return self._people[login]

    def troubles(self) -> list[str]:
        """What went wrong in anybody's browser."""
        return [
            f"{login}: {trouble}"
            for login, person in self._people.items()
            for trouble in person.troubles
        ]
