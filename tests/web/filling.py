"""Filling a page's form by hand: the names that the page has, with what stands in them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from lxml import html
from werkzeug.test import TestResponse

from app.demo.player import EVIDENCE
from tests.web.browser import Browser

Sent = dict[str, Any]


class Filled:
    """The form of the page at `path` as a browser would send it; `sent` is changed by tests."""

    def __init__(self, browser: Browser, path: str) -> None:
        self.browser, self.path = browser, path
        self.page: Any = None
        self.sent: Sent = {}
        self.read(browser.get(path))

    def read(self, answer: TestResponse) -> None:
        """Take a page that came back: what stands in its controls is what is sent next."""
        self.page = html.fromstring(answer.get_data(as_text=True))
        [form] = self.page.xpath("//form[@id='form']")
        self.sent = {}
        for control in form.xpath(".//input[@name] | .//select[@name] | .//textarea[@name]"):
            if control.get("type") in ("file", "hidden") or control.xpath("ancestor::template"):
                continue
            self._take(control)

    def _take(self, control: Any) -> None:
        name = control.get("name")
        if control.get("type") in ("checkbox", "radio"):
            if control.get("checked") is not None:
                self.sent.setdefault(name, []).append(control.get("value"))
        elif control.tag == "select":
            chosen = control.xpath("./option[@selected]/@value")
            self.sent[name] = chosen[0] if chosen else ""
        else:
            text = control.text or "" if control.tag == "textarea" else control.get("value") or ""
            self.sent[name] = text.removeprefix("\n")

    def names(self, starts: str = "") -> list[str]:
        """The names of the form's controls that begin so, in the order of the page."""
        found = self.page.xpath("//form[@id='form']//@name")
        return [name for name in dict.fromkeys(found) if name.startswith(starts)]

    def fill(self, values: Mapping[str, Any] | None = None, **more: Any) -> None:
        """Type into controls that the page has; a name that it has not fails the test."""
        for name, value in {**(values or {}), **more}.items():
            assert name in self.names(), name
            self.sent[name] = value

    def send(self, act: str = "complete", *, htmx: bool = False, **more: Any) -> TestResponse:
        """Send the form; a page that comes back is read anew."""
        answer = self.browser.post(f"{self.path}/{act}", {**self.sent, **more}, htmx=htmx)
        if not htmx and answer.status_code in (200, 422):
            self.read(answer)
        return answer

    def attach(
        self,
        *,
        htmx: bool = False,
        field: str = "documents",
        content: bytes = EVIDENCE,
        name: str = "Статистика.pdf",
    ) -> TestResponse:
        """Attach a document, as its button does: the whole form goes along."""
        self.sent |= {f"{field}-source": "6", f"{field}-origin": "stat.gov.kz"}
        file = {f"{field}-file": (io.BytesIO(content), name), "attach": field}
        answer = self.send("documents", htmx=htmx, **file)
        if not htmx:
            assert answer.status_code == 302
            self.read(self.browser.get(self.path))
        return answer

    def value(self, name: str) -> str | None:
        """What stands in a control of the page."""
        found = self.page.xpath(f"//form[@id='form']//*[@name='{name}']/@value")
        return found[0] if found else None

    def told(self, place: str) -> str:
        """The sentence at a cell, which the cell names as what describes it."""
        anchor = "f-" + place.replace(".", "-")
        [sentence] = self.page.xpath(f"//*[@id='{anchor}-e']")
        assert self.page.xpath(f"//*[@data-errors]//a[@href='#{anchor}']"), place
        assert self.page.xpath(f"//*[@id='{anchor}']"), place
        return str(sentence.text_content()).strip()
