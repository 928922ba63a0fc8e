"""The overall evaluation on its page, and that what is withheld is told to nobody outside."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from app.db import db
from app.models.facts import Letter
from app.services import overall_page, publication, results, years
from tests.databases import Databases
from tests.journeys.plot import Stage, staged
from tests.services import yearly
from tests.services.test_overall import (
    INSTRUCTIONS,
    TEXT,
    checked,
    concluded,
    consented,
    draft,
    instructed,
    sign,
    submitted,
    to_the_check,
)
from tests.services.yearly import CASE, FINAL, HEAD, OFFICER, WORKING, YEAR
from tests.web.browser import Browser, words
from tests.web.test_years import WITHHELD, clocked, english, opened

__all__ = ["opened"]

PATH = f"/years/{YEAR}/commission"


@pytest.fixture
def final(databases: Databases, tmp_path: Path) -> Iterator[Stage]:
    """On 2 May 2018 every conclusion is final and the overall results are computed."""
    for found in staged(databases, "sqlite", yearly.build_final, tmp_path):
        found.play.now = FINAL
        yield clocked(found)


def step(browser: Browser, name: str) -> str:
    """What the page says of a step: its state, then its words."""
    page = browser.get(PATH).get_data(as_text=True)
    course = page.split('<ol class="story course">')[1].split("</section>")[0]
    for part in re.split(r'\n<li class="(?=done|now|next)', course):
        if f"<h3>{name}</h3>" in part:
            text = re.sub(r"<svg[\s\S]*?</svg>|<[^>]+>", " ", f'<li class="{part}')
            state = part.partition('"')[0]
            return " ".join([state, *text.replace("\u00a0", " ").split()])
    raise AssertionError(name)


def test_before_the_conclusions_are_final_the_page_says_what_it_waits_for(opened: Stage) -> None:
    browser = english(opened.app, OFFICER)
    assert f'href="{PATH}"' in browser.get(f"/years/{YEAR}").get_data(as_text=True)
    assert step(browser, "Conclusions on blocks final").startswith("now")
    assert step(browser, "Computed").startswith("next")
    told = words(browser.get(PATH))
    assert "94 evaluations opened" in _figures(told) and "94 not final yet" in _figures(told)
    assert (
        "/results"
        not in browser.get(PATH).get_data(as_text=True).split("<main")[1].split("</main>")[0]
    )


def _figures(told: str) -> str:
    """Figures stand after their words in the source, and before them on the page."""
    return re.sub(r"([a-z ]+?) (\d+|—)(?= )", r"\2 \1 ", told).replace("  ", " ")


def test_the_page_follows_the_results_to_the_publication(final: Stage) -> None:
    officer, working = english(final.app, OFFICER), english(final.app, WORKING)
    task = final.task(CASE, "draft_overall")
    assert step(officer, "Text drafted").startswith("now")
    assert f'href="/tasks/{task}"' in officer.get(PATH).get_data(as_text=True)
    assert f'href="/tasks/{task}"' not in working.get(PATH).get_data(as_text=True)
    draft(final)
    sign(final, decision="return", reasons="Қайта жазыңыз.")
    # Returned: it is to be drafted once more, and the return stays on the page.
    assert step(officer, "Text drafted").startswith("now")
    assert "Returned to be written anew" in step(officer, "Signed")
    assert "Қайта жазыңыз." in step(officer, "Signed")
    submitted(final)
    told = step(officer, "Submitted to the working body")
    assert told.startswith("done") and "32 bodies" in told and "no second appeal" in told
    concluded(final)
    told = step(officer, "Conclusion of the Commission")
    assert "No. 7 of 2 May 2018" in told and "there is none" in told
    assert step(officer, "Presented to the President").startswith("done")
    instructed(final, "moj")
    told = step(working, "Instructions given")
    assert "To the heads of chosen bodies." in told and INSTRUCTIONS in told
    checked(final, WITHHELD)
    told = step(officer, "Checked for secrets")
    assert "2 results are withheld" in told and told.count("state secret") == 2
    assert step(officer, "Consent to the publication").startswith("now")
    consented(final)
    assert "No. 12-3 of 2 May 2018" in step(officer, "Consent to the publication")
    assert step(officer, "Published").startswith("done")
    assert "now" not in [step(officer, name).split()[0] for name in ("Computed", "Published")]


def test_a_refused_consent_leads_back_to_the_check(final: Stage) -> None:
    to_the_check(final)
    checked(final)
    refusal = {"decision": "refuse", "reasons": "Тағы тексерілсін."}
    final.play.do(WORKING, CASE, "consent", refusal)
    officer = english(final.app, OFFICER)
    assert step(officer, "Checked for secrets").startswith("now")
    assert "Consent refused" in step(officer, "Consent to the publication")


def test_the_page_is_for_those_who_may_open_the_years_case(final: Stage) -> None:
    submitted(final)
    for login in (OFFICER, HEAD, WORKING, "ap.head", "auditor"):
        assert Browser(final.app, login).get(PATH).status_code == 200, login
    for login in ("akmola.officer1", "acsa.head", "mof.officer1", "admin"):
        assert Browser(final.app, login).get(PATH).status_code == 404, login
    assert Browser(final.app).get(PATH).location.startswith("/sign-in")
    assert Browser(final.app, OFFICER).get("/years/2031/commission").status_code == 404
    # No link leads there who may not follow it.
    body = Browser(final.app, "akmola.officer1").get(f"/years/{YEAR}").get_data(as_text=True)
    assert PATH not in body


def test_words_and_letters_are_for_whom_they_are(final: Stage) -> None:
    to_the_check(final)
    own, other = english(final.app, OFFICER), english(final.app, WORKING)
    assert TEXT in step(own, "Text drafted")
    assert TEXT not in step(other, "Text drafted")
    assert "Әсел" not in step(other, "Text drafted")
    [notice] = final.all(Letter, kind="overall/notice", recipient="moj")
    [results_letter] = final.all(Letter, kind="overall/results")
    told = other.get(PATH).get_data(as_text=True)
    # The working body reads that every body was notified, and opens what it got itself.
    assert f'href="/letters/{notice.id}"' not in told and "Ministry of Justice" in told
    assert f'href="/letters/{results_letter.id}"' in told
    assert f'href="/letters/{notice.id}"' in own.get(PATH).get_data(as_text=True)


def test_what_is_withheld_is_nowhere_that_the_public_reads(final: Stage) -> None:
    to_the_check(final)
    before = results.of_year(year=YEAR, actor=final.actor("auditor"))
    points = [str(one.points) for row in before.bodies for one in row.blocks.values()]
    # Figures that stand for one result alone, so that each can be told from all the others.
    alone = [
        f"{block}/{row.body}"
        for row in before.bodies
        for block, one in row.blocks.items()
        if points.count(str(one.points)) == 1
    ]
    assert len(alone) >= 3
    checked(final, dict(zip(alone, ("state_secret", "official", "other"), strict=False)))
    consented(final)
    found = publication.of_year(year=YEAR)
    assert found is not None
    whole = results.of_year(year=YEAR, actor=final.actor("auditor"))
    secret = {
        str(one.points)
        for row in whole.bodies
        for one in (*row.blocks.values(), row.overall)
        if one.withheld
    }
    told = json.dumps(asdict(found), default=str)
    shown = set(re.findall(r'"points": "([^"]+)"', told))
    secret -= shown
    assert len(secret) >= 3 and len(shown) > 30
    pages = _public(final)
    assert f"/results/{YEAR}" in pages and "/help" in pages
    for place, text in {**pages, "json": told}.items():
        for points in secret:
            for written in (points, points.replace(".", ",")):
                assert not re.search(rf"(?<![\d.,]){re.escape(written)}(?![\d.,])", text), place
        for word in ("state_secret", "official_use", "withheld", "құпия", "тайна"):
            assert word not in text, (place, word)


def _public(stage: Stage) -> dict[str, str]:
    """What somebody reads who has not signed in, at every address that needs no number."""
    found = {}
    paths = {
        rule.rule
        for rule in stage.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments and rule.endpoint != "static"
    }
    for language in ("kk", "ru", "en"):
        visitor = Browser(stage.app)
        visitor.get(f"/language/{language}")
        for path in (*sorted(paths), f"/results/{YEAR}"):
            answer = visitor.get(path)
            found[path if language == "kk" else f"{path} {language}"] = answer.get_data(
                as_text=True
            )
    return found


class Statements:
    """Counts the statements that an engine sends."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self.count = engine, 0

    def __enter__(self) -> Statements:
        event.listen(self._engine, "before_cursor_execute", self._one)
        return self

    def __exit__(self, *_: Any) -> None:
        event.remove(self._engine, "before_cursor_execute", self._one)

    def _one(self, *_: Any) -> None:
        self.count += 1


def test_a_year_of_94_evaluations_takes_few_queries(final: Stage) -> None:
    for login in (OFFICER, "auditor"):
        reader = final.actor(login)
        with Statements(db.engine) as statements:
            page = years.year_page(year=YEAR, actor=reader, now=final.play.now)
        assert sum(len(row.cells) for row in page.rows) == 94
        assert statements.count <= 24, (login, statements.count)


def test_the_course_of_the_results_takes_few_queries(final: Stage) -> None:
    to_the_check(final)
    checked(final, WITHHELD)
    reader = final.actor(OFFICER)
    with Statements(db.engine) as statements:
        page = overall_page.overall_page(year=YEAR, actor=reader, now=final.play.now)
    assert sum(len(step.letters) for step in page.steps) == 65
    assert statements.count <= 24, statements.count
