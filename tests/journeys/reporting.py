"""How a body's report (¶ 40, 64) and its scores (¶ 4, 9, 20) come to be, by hand and in Kazakh."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from playwright.sync_api import Locator, expect

from app.demo.methodologies import example
from app.domain.methodology import Methodology, read
from tests.journeys.beginnings import AKMOLA, ORIGIN, SOURCE, pdf
from tests.journeys.person import Office, Person
from tests.journeys.year_opened import BUDGET, FIGURES, GOALS, YEAR

REPORT = "Есептік ақпарат 2017.pdf"
COMMA = "Бөлшек сан үтірмен жазылған. Оны нүктемен жазыңыз, мысалы: 12.5."
NOTES = "Жоспарлар облыстық бюджет нақтыланғаннан кейін өзгертілді."
UNCONFIRMED = "1.2.3"
"""The indicator at which the report names no document."""


@cache
def method() -> Methodology:
    """The methodology by which the forms ask."""
    return read(example(1, YEAR))


def label(code: str, variable: str, *, accepted: bool = False) -> str:
    """How a cell of the tables is named."""
    [name] = [v.label["kk"] for v in method().indicator(code).variables if v.name == variable]
    return f"{code} {name}, Қабылданған мән" if accepted else f"{code} {name}"


def cell(person: Person, code: str, variable: str, *, accepted: bool = False) -> Locator:
    """The input of a figure."""
    return person.page.get_by_label(label(code, variable, accepted=accepted), exact=True)


def rows_of(person: Person, code: str) -> Locator:
    """The rows of an indicator in the table of a form."""
    name = f"{code} {method().indicator(code).name['kk']}"
    head = person.page.get_by_role("rowheader", name=name)
    return person.page.get_by_role("rowgroup").filter(has=head)


def type_figures(person: Person, figures: Mapping[str, Mapping[str, str]]) -> None:
    """Type figures into the report."""
    for code, values in figures.items():
        for variable, text in values.items():
            cell(person, code, variable).fill(text)


def stands_typed(person: Person, figures: Mapping[str, Mapping[str, str]]) -> None:
    """Expect the report's figures to stand as they were typed."""
    for code, values in figures.items():
        for variable, text in values.items():
            expect(cell(person, code, variable)).to_have_value(text)


def report(officer: Person) -> None:
    """¶ 40: a file without its source and a decimal comma are refused; nothing typed is lost."""
    officer.open_task("Есептік ақпаратты толтыру", "1-блок")
    officer.take()
    wrong = {**FIGURES, "1.1.1": {**FIGURES["1.1.1"], "fact": "12,5"}}
    type_figures(officer, wrong)
    officer.write("Түсініктеме", NOTES)
    officer.attach(pdf(REPORT), "Көзі, ¶ 4", ORIGIN)
    officer.reads("Жүйенің 4-тармағында аталған ақпарат көздерінің бірін")
    officer.attach(pdf(REPORT), SOURCE, ORIGIN)
    expect(officer.page.get_by_role("checkbox", name=REPORT).first).to_be_checked()
    for code in FIGURES:
        if code != UNCONFIRMED:
            rows_of(officer, code).get_by_role("checkbox", name=REPORT).check()

    officer.press("Растауға жіберу")
    refusal = officer.page.get_by_role("alert")
    expect(refusal.get_by_role("listitem")).to_have_count(1)
    expect(refusal).to_contain_text(COMMA)
    expect(cell(officer, "1.1.1", "fact")).to_have_accessible_description(COMMA)
    stands_typed(officer, wrong)
    expect(officer.page.get_by_label("Түсініктеме")).to_have_value(NOTES)
    for code in FIGURES:
        tick = rows_of(officer, code).get_by_role("checkbox", name=REPORT)
        expect(tick).to_be_checked(checked=code != UNCONFIRMED)

    cell(officer, "1.1.1", "fact").fill("12.5")
    officer.press("Растауға жіберу")
    officer.reads("Орындалды.")


def certify(head: Person) -> None:
    """¶ 64: the head reads the figures; who sends them back says why, so the head is told."""
    head.open_task("Есептік ақпаратты растау", AKMOLA)
    head.take()
    figures = head.page.get_by_role("region", name="Есептік ақпарат").first
    expect(figures).to_contain_text("12,5")
    expect(figures).to_contain_text(REPORT)
    head.reads(NOTES)
    head.choose("Пысықтауға қайтару")
    head.press("Шешімді тіркеу")
    refusal = head.page.get_by_role("alert")
    expect(refusal).to_contain_text("Қайтару себебі: Міндетті өріс толтырылмаған.")
    expect(head.page.get_by_role("radio", name="Пысықтауға қайтару")).to_be_checked()
    head.choose("Растау")
    head.press("Шешімді тіркеу")
    head.reads("Орындалды.")


def take_in(officer: Person) -> None:
    """¶ 40: in time and whole."""
    officer.open_task("Есептік ақпаратты қабылдау", AKMOLA)
    officer.take()
    officer.choose("Қабылдау")
    officer.press("Шешімді тіркеу")
    officer.reads("Орындалды.")


def score_goals(officer: Person) -> None:
    """¶ 9(3): points run along; a score that rests on nothing and an empty figure are refused."""
    officer.open_task("Көрсеткіштерді бағалау", AKMOLA)
    officer.take()
    points = officer.page.locator("#run output")
    expect(points).to_have_text("55,39")
    cell(officer, "1.1.1", "fact", accepted=True).fill("20")
    expect(points).to_have_text("53,77")
    expect(rows_of(officer, "1.1.1")).to_contain_text("2,70 / 5,40")
    cell(officer, "1.1.1", "fact", accepted=True).fill("12.5")
    cell(officer, "1.1.2", "plan", accepted=True).fill("")
    officer.press("Бекітуге жіберу")

    refusal = officer.page.get_by_role("alert")
    expect(refusal.get_by_role("listitem")).to_have_count(2)
    expect(refusal).to_contain_text("«1.1.2» көрсеткішінің мәні енгізілмеген")
    expect(refusal).to_contain_text("9-тармағының 3) тармақшасына сәйкес")
    expect(cell(officer, "1.1.2", "plan", accepted=True)).to_have_accessible_description(
        "«1.1.2» көрсеткішінің мәні енгізілмеген. Мәнді енгізіңіз немесе көрсеткішті "
        "есептелмейді деп белгілеп, себебін жазыңыз."
    )
    expect(rows_of(officer, UNCONFIRMED)).to_contain_text("растайтын құжатты қоса тіркеңіз")
    expect(cell(officer, "1.1.1", "fact", accepted=True)).to_have_value("12.5")

    cell(officer, "1.1.2", "plan", accepted=True).fill(GOALS["1.1.2"]["plan"])
    rows_of(officer, UNCONFIRMED).get_by_role("checkbox", name=REPORT).check()
    expect(points).to_have_text("55,39")
    officer.press("Бекітуге жіберу")
    officer.reads("Орындалды.")


def score_budget(officer: Person) -> None:
    """What was reported is accepted as it is."""
    officer.open_task("Көрсеткіштерді бағалау", AKMOLA)
    officer.take()
    for code in BUDGET:
        expect(
            rows_of(officer, code).get_by_role("radio", name="есепке алынды").first
        ).to_be_checked()
    officer.press("Бекітуге жіберу")
    officer.reads("Орындалды.")


def approve(office: Office, author: str, head: str) -> None:
    """¶ 9(2): another than the author, who is told so by following the head's link."""
    writer, approver = office[author], office[head]
    approver.open_task("Балдарды бекіту", AKMOLA)
    writer.page.goto(approver.page.url)
    expect(writer.page.get_by_role("heading", level=1)).to_have_text("Бұған рұқсатыңыз жоқ")
    approver.take()
    approver.reads(REPORT)
    approver.choose("Бекіту")
    approver.press("Шешімді тіркеу")
    approver.reads("Орындалды.")
