"""A database that fails in the middle of an act: nothing is half done, and all goes on after it."""

from __future__ import annotations

import io
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from app.models.cases import Draft, Message
from app.models.facts import Document, Objection
from app.services import messages, tasks
from tests.journeys.plot import CONCLUSION, Stage
from tests.services.failing import (
    Blow,
    Crash,
    anew,
    before_event,
    content,
    crash,
    cut,
    full,
    struck,
)
from tests.web.browser import Browser, words

OBJECTION = {"points": ["1.1.1"], "grounds": "Статистика.", "proceed_without": True}


def object_now(stage: Stage) -> tasks.Completed:
    return stage.complete("akmola.officer1", stage.task(CONCLUSION, "object"), **OBJECTION)


@pytest.mark.parametrize("blow", [cut, full, crash])
def test_whatever_statement_an_act_fails_at_it_is_done_whole_or_not_at_all(
    received: Stage, blow: Blow
) -> None:
    place, failed, done = 0, 0, 0
    while True:
        draft(received)
        before = content()
        hit, outcome = struck_at(received, place := place + 1, blow)
        # Nothing at all is different, or the act is whole: its answer says which.
        if isinstance(outcome, OperationalError) or content() == before:
            failed += 1
            assert content() == before, (place, outcome)
            assert isinstance(outcome, OperationalError | Crash), (place, outcome)
            continue
        done += 1
        assert isinstance(outcome, tasks.Completed | Crash), (place, outcome)
        assert len(received.all(Objection)) == done
        assert received.all(Draft) == []
        messages.deliver_all(now=received.play.now)
        assert {row.state for row in received.all(Message)} == {"delivered"}
        if not hit:
            break
    # Before the act was done, and while what it had sent was delivered.
    assert failed > 10 and done > 5, (failed, done)
    received.verified()


def test_a_disk_that_is_full_is_told_and_what_was_typed_is_there(received: Stage) -> None:
    task = received.task(CONCLUSION, "object")
    browser = Browser(received.app, "akmola.officer1")
    browser.get(f"/tasks/{task}")
    before = content()
    fields = {"points": "1.1.1", "grounds": "Статистика.", "proceed_without": "1"}
    with before_event({threading.get_ident(): full}):
        answer = browser.post(f"/tasks/{task}/complete", **fields)
    assert answer.status_code == 503, words(answer)
    assert "Дерекқордың дискісінде орын қалмады" in words(answer)
    assert "Статистика." in answer.get_data(as_text=True)
    anew(received)
    assert content() == before
    assert browser.post(f"/tasks/{task}/complete", **fields).status_code == 302
    received.verified()


def test_a_document_for_which_there_is_no_room(received: Stage) -> None:
    task = received.task(CONCLUSION, "object")
    browser = Browser(received.app, "akmola.officer1")
    browser.get(f"/tasks/{task}")

    def attach() -> Any:
        file = io.BytesIO("дәлел ".encode() * 36_000)
        return browser.post(
            f"/tasks/{task}/documents",
            {"attach": "documents", "documents-file": (file, "дәлел.txt")},
            grounds="Терілген мәтін",
            **{"documents-source": "1", "documents-origin": "Бюро"},
        )

    before = content()
    with no_file_beyond(300_000):
        answer = attach()
    assert answer.status_code == 503, words(answer)
    assert "Құжаттар қоймасында орын қалмады" in words(answer)
    assert "Терілген мәтін" in answer.get_data(as_text=True)
    assert content() == before
    left = [path for path in received.app.extensions["bagalau"].settings.evidence.rglob(".inc*")]
    assert left == []
    assert attach().status_code == 302
    assert len(received.all(Document)) == len(before["document"]) + 1


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """This process may write no file beyond so many bytes (getrlimit(2))."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def draft(stage: Stage) -> None:
    tasks.save_draft(
        task_id=stage.task(CONCLUSION, "object"),
        actor=stage.actor("akmola.officer1"),
        answers={"grounds": "…"},
        now=stage.play.now,
    )


def struck_at(stage: Stage, place: int, blow: Blow) -> tuple[bool, Any]:
    """Object while the statement of this number fails: whether one was, and what came of it."""
    strike = None
    try:
        with struck(place, blow) as strike:
            outcome = object_now(stage)
        return strike.hit, outcome
    except (Exception, Crash) as error:
        assert strike is not None and strike.hit, error
        return True, error
    finally:
        if blow is full:
            anew(stage)
