"""How a year's conclusions become its overall results (¶ 11, 48–53), by hand and in Kazakh."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.beginnings import AKMOLA, AKTOBE
from tests.journeys.person import Office, Person

TEXT = "Екі облыс бағаланды; қалғандарының қорытындылары енгізілмеген."
ORDERED = "Уақтылы ұсынылмаған қорытындылар бойынша шаралар қабылдансын."
SECRET = "мемлекеттік құпия"
EVALUATIONS = 94


def record_missing(officer: Person, received: int) -> None:
    """¶ 11: every conclusion that is not in gets its reason."""
    officer.open_task("Енгізілмеген қорытындыларды тіркеу")
    officer.take()
    table = officer.page.get_by_role("region", name="Себептері")
    reasons = table.get_by_role("row").get_by_role("combobox")
    expect(reasons).to_have_count(EVALUATIONS - received)
    reasons.first.select_option(label="органды қайта ұйымдастыру")
    officer.press("Тіркеу")
    told = officer.page.get_by_role("alert")
    expect(told).to_contain_text("Енгізілмеген қорытындының себебі көрсетілмеген")
