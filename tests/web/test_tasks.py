"""The list of tasks, and a task from taking it to completing it, refusals included."""

from __future__ import annotations

import io
import re

from app.demo.player import EVIDENCE
from tests.journeys.plot import CONCLUSION, Stage
from tests.web.browser import HTMX, Browser, words

OFFICER, COLLEAGUE, FOREIGNER = "akmola.officer1", "akmola.officer2", "atyrau.officer1"


def objecting(received: Stage) -> tuple[Browser, int]:
    browser, task = Browser(received.app, OFFICER), received.task(CONCLUSION, "object")
    browser.get(f"/tasks/{task}")
    return browser, task


def test_the_list_shows_what_can_be_done_with_the_days_left(received: Stage) -> None:
    browser = Browser(received.app, OFFICER)
    page = words(browser.get("/"))
    assert "Қарсылық жіберу" in page
    assert "Б1-2017-0002" in page
    # Received on Monday 26 March, today is Wednesday: Thursday, Friday, Monday are left.
    assert "3 жұмыс күні" in page
    assert "Ештеңе табылмады" in words(browser.get("/inbox?q=жоқ-нәрсе"))
    assert "Б1-2017-0002" in words(browser.get("/inbox?q=акмол&block=1&body=akmola"))
    assert "Б1-2017-0002" not in words(browser.get("/inbox?block=2"))


def test_htmx_gets_the_list_alone(received: Stage) -> None:
    browser = Browser(received.app, OFFICER)
    answer = browser.get("/inbox?view=queue", **HTMX)
    assert "<html" not in answer.get_data(as_text=True)
    assert "HX-Request" in answer.headers["Vary"]
    assert "Қарсылық жіберу" in words(answer)


def test_taking_and_releasing_in_the_list(received: Stage) -> None:
    browser, task = objecting(received)
    taken = browser.post(f"/tasks/{task}/claim", htmx=True, number="Б1-2017-0002")
    assert taken.status_code == 200
    assert "Кезекке қайтару" in words(taken)
    other = Browser(received.app, COLLEAGUE)
    assert other.post(f"/tasks/{task}/claim", htmx=True).status_code == 409
    assert "Жұмысқа алу" in words(browser.post(f"/tasks/{task}/release", htmx=True))
    assert other.post(f"/tasks/{task}/claim").status_code == 302


def test_a_task_shows_why_and_until_when(received: Stage) -> None:
    browser, task = objecting(received)
    page = words(browser.get(f"/tasks/{task}"))
    assert "26 наурыз күнінен кейін 5 жұмыс күні" in page
    assert "3 жұмыс күні қалды" in page
    assert "Мақсаттарға қол жеткізу деңгейі" in page
    assert words(browser.get(f"/tasks/{task}/peek")).strip()


def test_a_strangers_task_is_not_told_from_a_missing_one_by_its_content(received: Stage) -> None:
    task = received.task(CONCLUSION, "object")
    browser = Browser(received.app, FOREIGNER)
    refused = browser.get(f"/tasks/{task}")
    assert refused.status_code == 403
    assert "Б1-2017-0002" not in words(refused)
    assert browser.get("/tasks/999999").status_code == 404


def test_a_refused_form_keeps_what_was_typed(received: Stage) -> None:
    browser, task = objecting(received)
    refused = browser.post(f"/tasks/{task}/complete", points="1.1.2", grounds="")
    assert refused.status_code == 422
    page = refused.get_data(as_text=True)
    assert re.search(r'value="1\.1\.2" checked', page)
    assert 'href="#f-grounds"' in page
    assert "data-errors" in page
    # It is kept as a draft as well: nothing is lost with the page.
    again = browser.get(f"/tasks/{task}").get_data(as_text=True)
    assert re.search(r'value="1\.1\.2" checked', again)


def test_a_field_that_the_form_does_not_have_is_refused(received: Stage) -> None:
    browser, task = objecting(received)
    refused = browser.post(
        f"/tasks/{task}/complete", points="1.1.2", grounds="Негіз", outcome="accepted"
    )
    assert refused.status_code == 422
    assert "outcome" in words(refused)
    assert received.tasks(CONCLUSION) == ["object"]


def test_whoever_comes_second_is_told_and_loses_nothing(received: Stage) -> None:
    browser, task = objecting(received)
    Browser(received.app, COLLEAGUE).post(f"/tasks/{task}/claim")
    late = browser.post(f"/tasks/{task}/complete", points="1.1.1", grounds="Менің негіздемем")
    assert late.status_code == 409
    assert "Менің негіздемем" in late.get_data(as_text=True)


def test_a_draft_is_its_authors_alone(received: Stage) -> None:
    browser, task = objecting(received)
    kept = browser.post(f"/tasks/{task}/draft", htmx=True, grounds="Әлі жазып жатырмын")
    assert "сақталды" in words(kept)
    assert "Әлі жазып жатырмын" in browser.get(f"/tasks/{task}").get_data(as_text=True)
    other = Browser(received.app, COLLEAGUE).get(f"/tasks/{task}").get_data(as_text=True)
    assert "Әлі жазып жатырмын" not in other


def test_a_document_needs_its_source_and_origin(received: Stage) -> None:
    browser, task = objecting(received)

    def attach(htmx: bool = True, **more: str) -> object:
        return browser.post(
            f"/tasks/{task}/documents",
            {"documents-file": (io.BytesIO(EVIDENCE), "Статистика.pdf")},
            htmx=htmx,
            attach="documents",
            grounds="Терілген мәтін",
            **more,
        )

    assert attach().status_code == 422
    assert attach(**{"documents-source": "6"}).status_code == 422
    whole = {"documents-source": "6", "documents-origin": "stat.gov.kz"}
    taken = attach(**whole)
    assert taken.status_code == 200
    assert "Статистика.pdf" in words(taken)
    page = browser.get(f"/tasks/{task}").get_data(as_text=True)
    assert "Терілген мәтін" in page
    assert re.search(r'name="documents" value="\d+" checked', page)
    assert browser.post(f"/tasks/{task}/documents", attach="documents").status_code == 422


def test_an_objection_goes_from_the_page_to_the_commission(received: Stage) -> None:
    browser, task = objecting(received)
    browser.post(
        f"/tasks/{task}/documents",
        {"documents-file": (io.BytesIO(EVIDENCE), "Статистика.pdf")},
        attach="documents",
        **{"documents-source": "6", "documents-origin": "stat.gov.kz"},
    )
    page = browser.get(f"/tasks/{task}").get_data(as_text=True)
    [document] = re.findall(r'name="documents" value="(\d+)" checked', page)
    done = browser.post(
        f"/tasks/{task}/complete", points="1.1.1", grounds="Есептеу қате", documents=document
    )
    assert done.status_code == 302
    place, _, seq = done.location.partition("?done=")
    assert place == f"/cases/{CONCLUSION}"
    shown = words(browser.get(done.location))
    assert "Есептеу қате" in shown
    assert (told := f"{seq}-оқиғасы болып жазылды") in shown
    # Only an act of one's own is told of, whatever the address says.
    assert all(
        told not in words(browser.get(f"{place}{other}")) for other in ("", "?done=2", "?done=x")
    )
    head = Browser(received.app, "mne.head")
    form = received.task(3, "form")
    shown = words(head.get(f"/tasks/{form}"))
    # ¶ 59: who took part stays visible, with the reason.
    assert "бағалауға қатысқан, Б1-2017-0002 ісі" in shown
    download = head.get(f"/documents/{document}")
    assert download.status_code == 200
    assert download.data == EVIDENCE
    assert download.headers["Content-Disposition"].startswith("attachment")
    assert download.headers["Cache-Control"] == "no-store"
    assert Browser(received.app, FOREIGNER).get(f"/documents/{document}").status_code == 404


def test_numbers_of_indicators_are_told_row_by_row(received: Stage) -> None:
    evaluator = Browser(received.app, "mne.officer2")
    evaluator.get("/cases/start/conclusion?organisation=mne")
    started = evaluator.post(
        "/cases/start/conclusion",
        organisation="mne",
        evaluated_body="atyrau",
        block="1",
        year="2017",
    )
    assert started.status_code == 302
    case = int(started.location.rsplit("/", 1)[1])
    task = received.task(case, "enter")
    evaluator.get(f"/tasks/{task}")
    rows = {}
    for number, (value, points) in enumerate([("92,4", "36,5"), ("88,0", "50")]):
        cells = {"code": f"1.1.{number}", "name": "Көрсеткіш", "value": value, "points": points}
        for column, text in {**cells, "max": "40"}.items():
            rows[f"indicators-{number}-{column}"] = text
    refused = evaluator.post(f"/tasks/{task}/complete", rows, final_report="Есеп")
    assert refused.status_code == 422
    page = refused.get_data(as_text=True)
    assert 'id="f-indicators-1-points" name="indicators-1-points" value="50"' in page
    assert 'id="f-indicators-1-points-e"' in page
    assert 'id="f-indicators-0-points-e"' not in page


def test_a_task_that_is_closed_shows_no_form_that_leads_nowhere(received: Stage) -> None:
    browser, task = objecting(received)
    browser.post(f"/tasks/{task}/claim")
    other = Browser(received.app, COLLEAGUE)
    page = other.get(f"/tasks/{task}").get_data(as_text=True)
    assert "data-form" not in page
    assert f'href="/cases/{CONCLUSION}"' in page
    # What somebody had typed already comes back with the reason, to be copied.
    refused = other.post(f"/tasks/{task}/complete", grounds="Есептеу қатесі бар", points="1.1.1")
    assert refused.status_code == 409
    assert "Есептеу қатесі бар" in refused.get_data(as_text=True)
    assert "Есептеу қатесі бар" in words(other.get(f"/tasks/{task}"))
