"""How a year's conclusions become its overall results (¶ 11, 48–53), by hand and in Kazakh."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.beginnings import AKMOLA, AKTOBE
from tests.journeys.person import Office, Person

TEXT = "Екі облыстың нәтижесі бар; қалғандарының қорытындылары енгізілмеген."
ORDERED = "Ұсынылмаған қорытындылар бойынша шаралар қабылдансын."
GROUND = "мемлекеттік құпия"
LATE, REORGANISED = "қорытынды мерзімінде ұсынылмады", "орган қайта ұйымдастырылды немесе таратылды"
YEAR = "2017"
EVALUATIONS = 94


def record_missing(officer: Person, final: int) -> None:
    """¶ 11: every conclusion that is not in needs a reason; one is given to all that have none."""
    officer.open_task("Енгізілмеген қорытындыларды тіркеу")
    officer.take()
    table = officer.page.get_by_role("region", name="Себептері")
    reasons = table.get_by_role("combobox")
    expect(reasons).to_have_count(EVALUATIONS - final)
    reasons.nth(1).select_option(label=REORGANISED)
    officer.write("Түсініктеме", TEXT)
    officer.press("Тіркеу")
    told = officer.page.get_by_role("alert")
    expect(told).to_contain_text("Енгізілмеген қорытындының себебі көрсетілмеген")
    # A dozen places are named, the others are counted.
    expect(told.get_by_role("link")).to_have_count(12)
    expect(told).to_contain_text(f"тағы {EVALUATIONS - final - 1 - 12} орын")
    expect(reasons.nth(1)).to_have_value("reorganised")
    expect(reasons.nth(2)).to_have_accessible_description(
        "Енгізілмеген қорытындының себебі көрсетілмеген: жалпы бағалау блоктар бойынша "
        "қорытындыларға негізделеді (Жүйенің 11-тармағы). Әр жол бойынша себепті таңдаңыз."
    )

    officer.page.get_by_label("Барлық бос жолға бір себеп").select_option(label=LATE)
    officer.press("Толтыру")
    expect(reasons.nth(2)).to_have_value("conclusion_late")
    expect(reasons.nth(1)).to_have_value("reorganised")
    expect(officer.page.get_by_label("Түсініктеме")).to_have_value(TEXT)
    officer.press("Тіркеу")
    officer.reads("Орындалды.")


def sign_results(office: Office, points: str) -> None:
    """¶ 48–49: one drafts, the first head signs; the results stand above the words."""
    officer, head = office["mne.officer1"], office["mne.head"]
    officer.open_task("Жалпы бағалауды әзірлеу")
    officer.take()
    expect(officer.page.get_by_role("row").filter(has_text=AKMOLA)).to_contain_text(points)
    officer.write("Жалпы бағалау мәтіні", TEXT)
    officer.press("Жіберу")
    officer.reads("Орындалды.")
    head.open_task("Жалпы бағалауға қол қою")
    head.take()
    head.reads(TEXT)
    expect(head.page.get_by_role("row").filter(has_text=AKMOLA)).to_contain_text(points)
    head.choose("Қол қою")
    head.press("Шешімді тіркеу")
    head.reads("Орындалды.")


def record_commission(working: Person, day: str) -> None:
    """¶ 49, 51–52: the Commission's conclusion, without programmes; instructions to all."""
    working.open_task("Комиссияның қорытындысын тіркеу")
    working.take()
    working.write("Қорытындының нөмірі", "7")
    working.write("Қорытындының күні", day)
    working.choose("Жоқ")
    working.press("Тіркеу")
    working.reads("Орындалды.")
    working.open_task("Тапсырмалар мен ұсынымдарды енгізу")
    working.take()
    working.write("Тапсырмалар мен ұсынымдар", ORDERED)
    working.press("Жіберу")
    working.reads("Орындалды.")


def check_secrets(officer: Person) -> None:
    """¶ 9(5), 53: one result is withheld; an overall one alone is not, nor without the check."""
    officer.open_task("Құпиялылығын тексеру")
    officer.take()
    table = officer.page.get_by_role("region", name="Жарияланбайтын нәтижелер")
    in_block, *_others, overall = table.get_by_role("combobox", name=AKTOBE).all()
    overall.select_option(label=GROUND)
    officer.press("Келісуге жіберу")
    refusal = officer.page.get_by_role("alert")
    expect(refusal).to_contain_text("Әрбір нәтиже тексерілді: Міндетті өріс толтырылмаған.")
    expect(overall).to_have_value("state_secret")
    officer.tick("Әрбір нәтиже тексерілді")
    officer.press("Келісуге жіберу")
    told = f"«{AKTOBE}» органының жалпы нәтижесін ғана жасыруға болмайды"
    expect(refusal.get_by_role("listitem")).to_contain_text(told)
    expect(overall).to_have_accessible_description(re.compile(told))
    in_block.select_option(label=GROUND)
    officer.press("Келісуге жіберу")
    officer.reads("Орындалды.")


def consent(working: Person, day: str) -> None:
    """¶ 53: the working body reads what is withheld, and consents."""
    working.open_task("Жариялауға келісу")
    working.take()
    expect(working.page.get_by_role("main")).to_contain_text(GROUND)
    working.choose("Келісу")
    working.write("Келісімнің нөмірі", "12-3")
    working.write("Келісімнің күні", day)
    working.press("Шешімді тіркеу")
    working.reads("Орындалды.")


def read_published(visitor: Person, points: str, secret: str) -> None:
    """What everybody reads, without signing in: the points, and nothing of what is withheld."""
    visitor.page.goto(f"/results/{YEAR}")
    main = visitor.page.get_by_role("main")
    expect(visitor.page.get_by_role("row").filter(has_text=AKMOLA)).to_contain_text(points)
    expect(main).to_contain_text("№ 12-3")
    assert secret not in visitor.page.content()
    expect(main).not_to_contain_text("құпия")


def read_tree(reader: Person, points: str, figure: str, document: str) -> None:
    """From a body's points down to the figure that it reported and the paper that confirms it."""
    reader.page.goto(f"/years/{YEAR}/results/akmola")
    reader.reads(points)
    for branch in ("Мақсаттарға қол жеткізу", "1.1 ", "1.1.1 "):
        found = reader.page.locator("summary").filter(has_text=branch)
        found.first.click()
    reached = reader.page.get_by_role("row").filter(has_text="fact").first
    expect(reached).to_contain_text(figure)
    expect(reader.page.get_by_role("link", name=document).first).to_be_visible()
