"""A process over HTTP: a real server, and clients that work with it all at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

from app.bench import step
from app.bench.served import Browser, Served
from config.settings import Settings

# As a page sends them: a box without a tick is not sent.
POSTED = ({"points": "7"}, {"decision": "approve"})


def over_http(
    settings: Settings, database: str, process: str, count: int, clients: int
) -> step.Run:
    """Start and complete `count` cases at one real server, by `clients` at once."""
    step.close()
    with Served(settings) as server, _signed_in(server, clients) as browsers:
        _complete(_start(process, step.WARM, browsers), browsers)
        return _measure(server, database, process, count, browsers)


@contextmanager
def _signed_in(server: Served, count: int) -> Iterator[list[Browser]]:
    browsers = [Browser(server.port, step.LOGIN, step.PASSWORD) for _ in range(count)]
    try:
        yield browsers
    finally:
        for browser in browsers:
            browser.close()


def _measure(
    server: Served, database: str, process: str, count: int, browsers: list[Browser]
) -> step.Run:
    began = time.perf_counter()
    started = _start(process, count, browsers)
    starting = time.perf_counter() - began
    before = server.cpu_seconds()
    times, took = _complete(started, browsers)
    after = server.cpu_seconds()
    return step.summed_up(
        database,
        process,
        clients=len(browsers),
        times=times,
        seconds=(starting, took),
        cpu=None if before is None or after is None else after - before,
        per_completion=None,
        started=started,
    )


def _start(process: str, count: int, browsers: list[Browser]) -> list[int]:
    """Start `count` cases, shared among the clients; their ids."""
    started: list[int] = []

    def start(browser: Browser, _number: int) -> None:
        form = {**POSTED[1], "organisation": step.ORGANISATION}
        told = browser.post(f"/cases/start/{process}", form)
        started.append(int(told.rpartition("/")[2]))

    _share(list(range(count)), browsers, start)
    return started


def _complete(started: list[int], browsers: list[Browser]) -> tuple[list[float], float]:
    """Complete both tasks of these cases: the milliseconds of each, the seconds of all."""
    times: list[float] = []
    took = 0.0
    for answers in POSTED:

        def complete(browser: Browser, task_id: int, answers: dict[str, str] = answers) -> None:
            before = time.perf_counter()
            browser.post(f"/tasks/{task_id}/complete", answers)
            times.append((time.perf_counter() - before) * 1000)

        waiting = step.open_tasks(started)
        began = time.perf_counter()
        _share(waiting, browsers, complete)
        took += time.perf_counter() - began
    return times, took


def _share(work: list[int], browsers: list[Browser], do: Callable[[Browser, int], None]) -> None:
    """Let every client do its part of the work, all at once; the first failure is raised."""
    failures: list[BaseException] = []

    def part(number: int, browser: Browser) -> None:
        # The server closes a connection that has rested for two seconds.
        browser.close()
        try:
            for item in work[number :: len(browsers)]:
                do(browser, item)
        except Exception as error:
            failures.append(error)

    threads = [Thread(target=part, args=(n, b), daemon=True) for n, b in enumerate(browsers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for failure in failures:
        raise failure
