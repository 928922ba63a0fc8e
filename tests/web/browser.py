"""A browser for tests: requests of its own, cookies, and the token of the page it is on."""

from __future__ import annotations

import contextvars
import html
import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.demo.accounts import PASSWORD

TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)">')
HTMX = {"HX-Request": "true"}
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


class Apart(FlaskClient):
    """Sends each request from nowhere: in the test's own context it would share its `g`."""

    def open(self, *args: Any, **given: Any) -> Any:
        return contextvars.Context().run(super().open, *args, **given)


class Browser:
    """One person's browser; `token` is that of the page that came last."""

    def __init__(self, app: Flask, login: str | None = None) -> None:
        app.test_client_class = Apart
        self._client = app.test_client()
        self.token = ""
        if login is not None:
            self.sign_in(login)

    def sign_in(self, login: str, password: str = PASSWORD, **more: str) -> TestResponse:
        self.get("/sign-in")
        answer = self.post("/sign-in", login=login, password=password, **more)
        if answer.status_code == 302:
            self.get("/help")
        return answer

    def get(self, path: str, **headers: str) -> TestResponse:
        return self._kept(self._client.get(path, headers={**SAME_SITE, **headers}))

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, htmx: bool = False, **fields: Any
    ) -> TestResponse:
        """Send a form with the token of the last page."""
        headers = {**SAME_SITE, **(HTMX if htmx else {})}
        sent = {"csrf_token": self.token, **(data or {}), **fields}
        return self._kept(
            self._client.post(path, data=sent, headers=headers, content_type="multipart/form-data")
        )

    def forged(self, path: str, data: dict[str, Any], **headers: str) -> TestResponse:
        """Send a form without a token."""
        return self._client.post(path, data=data, headers=headers)

    def _kept(self, answer: TestResponse) -> TestResponse:
        found = TOKEN.search(answer.get_data(as_text=True))
        if found:
            self.token = html.unescape(found[1])
        return answer


def words(answer: TestResponse) -> str:
    """What a page says, without its marks."""
    text = re.sub(r"<(script|style|svg)[\s\S]*?</\1>", " ", answer.get_data(as_text=True))
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))
