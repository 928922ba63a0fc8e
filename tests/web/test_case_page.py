"""What a case's page leaves out, and what stands on every page of a demonstration."""

from __future__ import annotations

from tests.journeys.plot import CONCLUSION, Stage
from tests.web.browser import Browser, words

OFFICER, HEAD = "akmola.officer1", "mne.head"


def test_the_strip_leaves_out_what_was_passed_by(received: Stage) -> None:
    """Once receipt is known, and the term for objections is over, neither is still to come."""
    browser = Browser(received.app, HEAD)
    for day in (received.play.now, received.play.now.replace(day=4, month=4)):
        if day > received.play.now:
            received.play.pass_time(day)
        received.app.extensions["bagalau"].clock.at = day
        page = browser.get(f"/cases/{CONCLUSION}").get_data(as_text=True)
        strip = page.split('<ol class="steps"')[1].split("</ol>")[0]
        assert "Қорытындыны алғанын растау" in strip
        assert "Алынғанын тапсыру құжаты бойынша тіркеу" not in strip


def test_that_nothing_is_real_stands_on_every_page_and_letter(received: Stage) -> None:
    told = "Көрсетілім: адамдар, цифрлар және құжаттар ойдан шығарылған."
    officer = Browser(received.app, OFFICER)
    listed = officer.get("/letters").get_data(as_text=True)
    letter = listed.split('href="/letters/')[1].split('"')[0]
    for path in ("/inbox", "/cases", f"/cases/{CONCLUSION}", "/help", "/years", "/nowhere"):
        assert words(officer.get(path)).count(told) == 1, path
    # On the sheet too, for it is printed without the page around it.
    sheet = officer.get(f"/letters/{letter}").get_data(as_text=True).split("<article")[1]
    assert told in sheet
    for path in ("/sign-in", "/results"):
        assert told in words(Browser(received.app).get(path)), path
