"""People at a real server over HTTP: signed in, with the token of a page, many at once."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode

from app.demo.accounts import PASSWORD
from tests.cli.console import HOST, PATIENCE

TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """What a server answered; `page` has the text without entities."""

    status: int
    page: str
    headers: Mapping[str, str]


class Visitor:
    """Somebody signed in at a server, with the token of the page that came last.

    Who chooses no language reads in the one chosen the last time.
    """

    def __init__(self, port: int, login: str, language: str = "") -> None:
        self._port, self._cookie, self.token = port, "", ""
        self.get("/sign-in")
        entered = self.post("/sign-in", {"login": login, "password": PASSWORD})
        assert entered.status in (302, 303), entered
        if language:
            assert self.get(f"/language/{language}").status in (302, 303)
        assert self.get("/help").status == 200

    def get(self, path: str) -> Answer:
        return self._kept(self.ask("GET", path, None))

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Send a form with the token of the last page."""
        return self._kept(self.ask("POST", path, fields))

    def ask(
        self,
        method: str,
        path: str,
        fields: Mapping[str, str] | None,
        connection: HTTPConnection | None = None,
    ) -> Answer:
        """One request; nothing of the answer is remembered."""
        connection = connection or HTTPConnection(HOST, self._port, timeout=PATIENCE)
        headers = {"Cookie": self._cookie, "Sec-Fetch-Site": "same-origin"}
        body = None
        if fields is not None:
            body = urlencode({"csrf_token": self.token, **fields})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = html.unescape(answer.read().decode())
            return Answer(answer.status, text, dict(answer.headers))
        finally:
            connection.close()

    def connection(self) -> HTTPConnection:
        made = HTTPConnection(HOST, self._port, timeout=PATIENCE)
        made.connect()
        return made

    def _kept(self, answer: Answer) -> Answer:
        cookie = answer.headers.get("Set-Cookie", "").partition(";")[0]
        self._cookie = cookie or self._cookie
        found = TOKEN.search(answer.page)
        if found:
            self.token = found[1]
        return answer


def at_once(posts: Sequence[tuple[Visitor, str, Mapping[str, str]]]) -> list[Answer]:
    """Send all these forms at the same moment; the answers in their order."""
    answers: dict[int, Answer] = {}
    gate = threading.Barrier(len(posts))
    open_already = [visitor.connection() for visitor, _, _ in posts]

    def send(place: int) -> None:
        visitor, path, form = posts[place]
        gate.wait(PATIENCE)
        answers[place] = visitor.ask("POST", path, form, open_already[place])

    threads = [threading.Thread(target=send, args=(place,)) for place in range(len(posts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return [answers[place] for place in range(len(posts))]
