"""The tables of a year filled by hand: report, scores, missing conclusions, secrecy."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import html

from app.demo.player import EVIDENCE
from app.models.evaluation import IndicatorScore, PartScore, Report, ReportEvidence, ReportItem
from tests.journeys.plot import stage
from tests.services.evaluating import BUDGET, GOALS, Year, figures, year
from tests.web.browser import Browser, words
from tests.web.filling import Filled

__all__ = ["stage", "year"]

OFFICER, EVALUATOR = "akmola.officer1", "mne.officer1"
COMMA = {
    "kk": "Бөлшек сан үтірмен жазылған. Оны нүктемен жазыңыз, мысалы: 12.5.",
    "ru": "Дробное число записано с запятой. Запишите его с точкой, например: 12.5.",
}
WHOLE = {
    f"figures-{code}-{name}": value
    for code, values in {**GOALS, **BUDGET}.items()
    for name, value in values.items()
}


def page_of(found: Year, login: str, case: int, element: str) -> Filled:
    found.stage.app.extensions["bagalau"].clock.at = found.play.now
    task = found.stage.task(case, element)
    return Filled(Browser(found.stage.app, login), f"/tasks/{task}")


@pytest.fixture
def report(year: Year) -> Filled:
    """The form of Akmola's report in block 1."""
    return page_of(year, OFFICER, year.case_of("akmola"), "report")


def scoring(year: Year, login: str = EVALUATOR) -> Filled:
    return page_of(year, login, year.reported(), "score")


# --- the report (¶ 40) ---


def test_a_report_is_filled_in_with_its_evidence_and_goes_on(year: Year, report: Filled) -> None:
    assert set(WHOLE) < set(report.names("figures-"))
    assert "Отсутствуют" not in words(report.browser.get(report.path))
    report.fill({"figures-1.1.1-fact": "90"})
    report.attach()
    assert report.value("figures-1.1.1-fact") == "90"
    [document] = report.page.xpath("//input[@name='documents']/@value")
    report.fill(WHOLE | {"figures-1.1.1-documents": [document], "notes": "Түсінік"})
    assert report.send().status_code == 302
    [row] = year.stage.all(Report)
    assert row.missing == 0
    found = {(item.indicator, item.variable): item.value for item in year.stage.all(ReportItem)}
    assert found["1.1.1", "fact"] == "90" and found["1.2.1", "fact"] == "99.5"
    assert [item.indicator for item in year.stage.all(ReportEvidence)] == ["1.1.1"]


def test_no_data_and_gaps_are_taken_in(year: Year, report: Filled) -> None:
    report.fill({"figures-2.1.1-fact-none": "yes", "figures-1.1.2-fact": "50"})
    assert report.send().status_code == 302
    [row] = year.stage.all(Report)
    assert row.missing == 11
    found = {(item.indicator, item.variable): item.value for item in year.stage.all(ReportItem)}
    assert found == {("2.1.1", "fact"): None, ("1.1.2", "fact"): "50"}


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_wrong_cells_come_back_as_typed_with_a_sentence_each(report: Filled, language: str) -> None:
    report.browser.get(f"/language/{language}?next=/")
    report.read(report.browser.get(report.path))
    wrong = {"figures-1.1.1-fact": "12,5", "figures-1.1.1-plan": "көп", "figures-2.1.2-fact": "1"}
    report.fill({**wrong, "figures-2.1.2-fact-none": "yes", "figures-1.1.2-fact": "50"})
    answer = report.send()
    assert answer.status_code == 422
    for name, text in {**wrong, "figures-1.1.2-fact": "50"}.items():
        assert report.value(name) == text
    assert report.sent["figures-2.1.2-fact-none"] == ["yes"]
    assert report.told("figures-1.1.1-fact") == COMMA[language]
    assert report.told("figures-1.1.1-plan") and report.told("figures-2.1.2-fact")
    links = [link.get("href") for link in report.page.xpath("//*[@data-errors]//li/a")]
    assert links == [
        "#f-figures-1-1-1-fact",
        "#f-figures-1-1-1-plan",
        "#f-figures-2-1-2-fact",
    ]
    # It is kept as a draft too.
    report.read(report.browser.get(report.path))
    assert report.value("figures-1.1.1-fact") == "12,5"


def test_what_the_methodology_does_not_ask_is_told_and_not_lost(report: Filled) -> None:
    report.sent |= {"figures-9.9-fact": "7", "figures-1.1.1-sum": "8"}
    assert report.send().status_code == 422
    assert "9.9" in report.told("figures-9.9")
    assert "sum" in report.told("figures-1.1.1")
    assert "fact = 7" in words(report.browser.get(report.path))


def test_a_draft_comes_back_with_every_cell(report: Filled) -> None:
    report.attach()
    [document] = report.page.xpath("//input[@name='documents']/@value")
    cells = {"figures-1.1.1-fact": "1,5", "figures-1.1.1-plan": "", "figures-2.1.3-plan": "x"}
    report.fill({**cells, "figures-1.2.1-documents": [document], "notes": "Әлі"})
    report.fill({"figures-1.1.2-plan-none": "yes"})
    assert "сақталды" in words(report.send("draft", htmx=True))
    kept = dict(report.sent)
    report.read(report.browser.get(report.path))
    del kept["documents-source"], kept["documents-origin"]
    assert {name: report.sent.get(name) for name in kept} == {
        name: [value] if name.endswith("-none") else value for name, value in kept.items()
    }


def test_attaching_while_typing_adds_a_choice_to_every_row(report: Filled) -> None:
    report.fill({"figures-1.1.1-fact": "12,5"})
    answer = report.attach(htmx=True).get_data(as_text=True)
    for code in (*GOALS, *BUDGET):
        place = f"figures-{code}-documents"
        assert f'hx-swap-oob="beforeend:#f-{place.replace(".", "-")}"' in answer
        assert f'name="{place}"' in answer
    other = EVIDENCE.replace(b"invented", b"imagined")
    again = report.attach(htmx=True, content=other).get_data(as_text=True)
    # Only what is new is added: what is there may have been ticked since.
    assert again.count('name="figures-1.1.1-documents"') == 1
    report.read(report.browser.get(report.path))
    assert report.value("figures-1.1.1-fact") == "12,5"
    assert len(report.page.xpath("//input[@name='figures-1.1.1-documents']")) == 2


def test_a_returned_report_begins_with_what_was_handed_in(year: Year) -> None:
    case = year.case_of("akmola")
    document = year.attach(OFFICER, case, "report")
    year.report(case, figures(document))
    year.certify(case, "return")
    again = page_of(year, OFFICER, case, "report")
    assert again.value("figures-1.2.1-fact") == "99.5"
    assert again.sent["figures-1.1.1-documents"] == [str(document)]


# --- reading it: certify, take in, approve ---


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_whoever_certifies_sees_figures_gaps_and_words(year: Year, language: str) -> None:
    case = year.case_of("akmola")
    gap: dict[str, Any] = {"values": {"fact": "80"}, "no_data": [], "documents": []}
    none: dict[str, Any] = {"values": {}, "no_data": ["fact", "plan"], "documents": []}
    given = figures(year.attach(OFFICER, case, "report"), **{"2.1.1": gap, "2.1.2": none})
    year.play.do(OFFICER, case, "report", {"figures": given, "notes": "Жоспар бекітілмеген."})
    head = page_of(year, "akmola.head", case, "certify")
    head.browser.get(f"/language/{language}?next=/")
    head.read(head.browser.get(head.path))
    [table] = head.page.xpath("//section[@id='figures']")
    shown = " ".join(table.text_content().split())
    assert "99.5" in shown if language == "en" else "99,5" in shown
    missing, no_data = {
        "kk": ("енгізілмеген", "дерек жоқ"),
        "ru": ("не указано", "нет данных"),
        "en": ("missing", "no data"),
    }[language]
    assert len(table.xpath(".//tr[@class='gap']")) == 1
    assert missing in shown and no_data in shown
    # 80 last year, 90 now.
    assert ("+10 (+12.5 %)" if language == "en" else "+10 (+12,5 %)") in shown
    assert "Жоспар бекітілмеген." in head.page.text_content()
    assert "Есеп.pdf" in shown
    assert not table.xpath(".//input | .//select")
    head.fill(decision="certify")
    assert head.send().status_code == 302
    intake = page_of(year, "mne.officer2", case, "intake")
    assert intake.page.xpath("//section[@id='figures']")
    intake.fill(decision="accept")
    assert intake.send().status_code == 302


# --- scores (¶ 4, 9(3), 20) ---


def test_scores_begin_with_what_was_reported(year: Year) -> None:
    form = scoring(year)
    assert form.value("scores-1.1.1-fact") == "90"
    assert form.sent["scores-1.1.1-status"] == ["counted"]
    assert form.sent["scores-1.1.1-source"] == "6"
    assert len(form.sent["scores-1.1.1-documents"]) == 1
    assert form.names("scores-2") == []
    assert "47,31" in words(form.browser.get(form.path))
    assert form.send().status_code == 302
    [row] = year.stage.all(PartScore)
    assert (row.part, row.points, row.max) == ("goals", "47.31", "60.00")


def test_points_are_counted_while_somebody_types(year: Year) -> None:
    form = scoring(year)
    form.fill({"scores-1.1.1-fact": "100"})
    told = form.send("points", htmx=True)
    assert told.status_code == 200
    assert "49,41" in words(told) and "21,00 / 21,00" in words(told)
    # Each piece finds its place on the page, so no indicator comes that the body is not asked for.
    pieces = html.fromstring(told.get_data(as_text=True)).xpath("//*[@hx-swap-oob]/@id")
    assert "run" in pieces and len(pieces) > 1
    assert set(pieces) <= set(form.page.xpath("//@id"))
    # Nothing is kept of it, and a formula that fails says why.
    form.read(form.browser.get(form.path))
    assert form.value("scores-1.1.1-fact") == "90"
    form.fill({"scores-1.1.1-plan": "0"})
    assert "1.1.1" in words(form.send("points", htmx=True))


def test_points_are_counted_without_the_script_too(year: Year) -> None:
    form = scoring(year)
    form.fill({"scores-1.1.1-fact": "100", "scores-1.1.2-fact": "1,5"})
    assert form.send("points").status_code == 302
    form.read(form.browser.get(form.path))
    assert form.value("scores-1.1.2-fact") == "1,5"
    assert form.page.xpath("string(//*[@id='run']//output)") == "38,91"


def test_nobody_else_has_points_counted(year: Year) -> None:
    form = scoring(year)
    stranger = Browser(year.stage.app, "mof.officer1")
    stranger.get("/")
    assert stranger.post(f"{form.path}/points", form.sent, htmx=True).status_code == 403


def test_a_score_that_rests_on_nothing_comes_back(year: Year) -> None:
    form = scoring(year)
    form.fill({"scores-1.1.1-documents": [], "scores-1.1.2-source": "", "scores-1.2.1-plan": "1,5"})
    form.fill({"scores-1.1.2-plan": "", "scores-1.2.1-fact": "көп"})
    assert form.send().status_code == 422
    told = {
        place: form.told(f"scores-{place}")
        for place in (
            "1.1.1-documents", "1.1.2-source", "1.1.2-plan", "1.2.1-fact", "1.2.1-plan",
        )
    }  # fmt: skip
    assert "9-тармағының 3)" in told["1.1.1-documents"]
    assert "4-тармағында" in told["1.1.2-source"]
    assert told["1.2.1-plan"] == COMMA["kk"]
    assert form.value("scores-1.1.2-plan") == "" and form.value("scores-1.2.1-fact") == "көп"
    assert "scores-1.1.1-documents" not in form.sent
    assert year.stage.all(PartScore) == []


def test_an_indicator_without_a_decision_or_with_none_declared_comes_back(year: Year) -> None:
    form = scoring(year)
    del form.sent["scores-1.1.1-status"]
    form.sent |= {"scores-7.7-fact": "1", "scores-7.7-status": "counted"}
    assert form.send().status_code == 422
    assert "1.1.1" in form.told("scores-1.1.1-status")
    assert "7.7" in form.told("scores-7.7")
    assert "scores-1.1.1-status" not in form.sent


def test_what_is_not_counted_needs_words_and_is_no_zero(year: Year) -> None:
    form = scoring(year)
    form.fill({"scores-1.1.2-status": "not_counted"})
    refused = form.send()
    assert refused.status_code == 422 and "1.1.2" in words(refused)
    assert form.sent["scores-1.1.2-status"] == ["not_counted"]
    form.fill(explanation="Статистика әлі жоқ.")
    assert form.send().status_code == 302
    rows = {row.indicator: row for row in year.stage.all(IndicatorScore)}
    assert rows["1.1.2"].status == "not_counted" and rows["1.1.2"].points is None
    head = page_of(year, "mne.head", year.case_of("akmola"), "approve")
    shown = " ".join(head.page.text_content().split())
    assert "Статистика әлі жоқ." in shown and "саналмайды" in shown
    assert "1.1.1" in shown and "2.1.1" not in shown
    head.fill(decision="approve")
    assert head.send().status_code == 302


def test_the_evaluators_own_document_may_be_named(year: Year) -> None:
    form = scoring(year)
    form.attach()
    choices = form.page.xpath("//input[@name='scores-1.1.1-documents']/@value")
    [own] = form.page.xpath("//input[@name='documents']/@value")
    assert len(choices) == 2 and choices[-1] == own
    form.fill({"scores-1.1.1-documents": [own]})
    assert form.send().status_code == 302


def test_whoever_drafts_the_conclusion_reads_every_part(year: Year) -> None:
    draft = page_of(year, "mne.officer2", year.scored(), "draft")
    [table] = draft.page.xpath("//section[@id='figures']")
    shown = " ".join(table.text_content().split())
    assert all(code in shown for code in (*GOALS, *BUDGET))
    assert "79,31 / 100,00" in shown
