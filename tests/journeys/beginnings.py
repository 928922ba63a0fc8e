"""How a schedule (¶ 7–8) and a conclusion (¶ 46–47) come to be, by hand and in Kazakh."""

from __future__ import annotations

from playwright.sync_api import FilePayload, expect

from tests.journeys.person import Person

AKMOLA, AKTOBE = "Ақмола облысының әкімдігі", "Ақтөбе облысының әкімдігі"
SOURCE = "6 ресми статистикалық мәліметтер"
ORIGIN = "Статистика комитеті, 2018 жылғы 15 ақпандағы бюллетень"
TERMS = {
    "Есептік ақпарат, 1-блок": "2018-02-15",
    "Есептік ақпарат, 2-блок": "2018-02-15",
    "Есептік ақпарат, 3-блок": "2018-02-20",
    "Қорытындыларды бағаланушы органдарға ұсыну": "2018-03-30",
    "Шағымданудан кейінгі қорытындылар": "2018-05-11",
    "Жалпы бағалау нәтижелерін жұмыс органына ұсыну": "2018-05-25",
    "Нәтижелерді Президентке ұсыну": "2018-06-15",
}
LAST = "Нәтижелерді Президентке ұсыну"
REASONS = "Шағымдарға жеткілікті уақыт қалдырылсын."
INDICATORS = (
    ("1.1.1", "Мақсаттарға қол жеткізу деңгейі, %", "92,4", "36,5", "40"),
    ("1.1.2", "Мақсатты индикаторлардың орындалуы, %", "88", "25", "30"),
    ("1.2.1", "Бюджеттік бағдарламалар көрсеткіштері, %", "95,1", "27,75", "30"),
)
PARTS = {
    "Бағалау туралы қорытынды есеп": "Орган жоспарланған мақсаттардың көбіне жетті.",
    "Бұрынғы ұсынымдардың орындалуы": "Өткен жылғы үш ұсынымның екеуі орындалды.",
    "Тұжырымдар мен ұсынымдар": "Индикаторларды жоспарлау сапасын арттыру ұсынылады.",
}


def pdf(name: str) -> FilePayload:
    content = b"%PDF-1.4\n% An invented document.\n%%EOF\n"
    return {"name": name, "mimeType": "application/pdf", "buffer": content}


PROGRAM: FilePayload = {
    "name": "есеп.exe",
    "mimeType": "application/octet-stream",
    "buffer": b"MZ\x90\x00" + bytes(200),
}


def draft_schedule(officer: Person) -> None:
    """¶ 7: a date is left out, then two stand in the wrong order; nothing typed is lost."""
    officer.go("Істер")
    officer.page.get_by_role("link", name="Жаңа кесте").click()
    officer.write("Есепті жыл", "2017")
    officer.press("Істі ашу")
    officer.open_task("Кестені әзірлеу", "2017")
    officer.take()
    typed = {**TERMS, "Шағымданудан кейінгі қорытындылар": "2018-04-13"}
    for label, day in typed.items():
        officer.write(label, "" if label == LAST else day)
    officer.write("Түсіндірме жазба", "Наурызды ескердік.")
    officer.press("Бекітуге жіберу")

    refusal = officer.page.get_by_role("alert")
    expect(refusal).to_contain_text(f"{LAST}: Міндетті өріс толтырылмаған.")
    expect(refusal).to_contain_text("Тармақ ¶ 7(5)")
    for label, day in typed.items():
        expect(officer.page.get_by_label(label)).to_have_value("" if label == LAST else day)
    expect(officer.page.get_by_label("Түсіндірме жазба")).to_have_value("Наурызды ескердік.")

    officer.write(LAST, "2018-05-01")
    officer.press("Бекітуге жіберу")
    officer.reads("Кестедегі мерзімдердің ретін түзетіңіз: Жүйенің 7-тармағында")
    expect(officer.page.get_by_label(LAST)).to_have_value("2018-05-01")

    officer.write(LAST, typed[LAST])
    officer.press("Бекітуге жіберу")
    officer.reads("Орындалды.")


def return_schedule(head: Person) -> None:
    head.open_task("Кестені бекіту", "2017")
    head.take()
    head.choose("Пысықтауға қайтару")
    head.write("Қайтару себебі", REASONS)
    head.press("Шешімді тіркеу")
    head.reads("Орындалды.")


def draft_again(officer: Person) -> None:
    """The reasons stand on the page, and the draft as it was handed in."""
    officer.open_task("Кестені әзірлеу", "2017")
    officer.reads("Пысықтауға қайтарылды.")
    officer.reads(REASONS)
    for label, day in TERMS.items():
        if day != "2018-05-11":
            expect(officer.page.get_by_label(label)).to_have_value(day)
    officer.take()
    officer.write("Шағымданудан кейінгі қорытындылар", "2018-05-11")
    officer.press("Бекітуге жіберу")
    officer.reads("Орындалды.")


def approve_schedule(head: Person) -> None:
    head.open_task("Кестені бекіту", "2017")
    head.take()
    head.reads("2018 жылғы 11 мамыр")
    head.choose("Бекіту")
    head.write("Бұйрықтың нөмірі", "18-01-7.2")
    head.write("Бұйрықтың күні", "2018-01-10")
    head.press("Шешімді тіркеу")
    head.reads("№ 18-01-7.2 бұйрық, 2018 жылғы 10 қаңтар")
    head.reads("қолданыста")


def enter_conclusion(officer: Person, body: str) -> None:
    """¶ 9(3), 47: three indicators, three parts, and a document that confirms them."""
    officer.go("Істер")
    officer.page.get_by_role("link", name="Блок бойынша жаңа қорытынды").click()
    officer.page.get_by_label("Бағаланушы мемлекеттік орган").select_option(label=body)
    officer.choose("1-блок")
    officer.write("Есепті жыл", "2017")
    officer.press("Істі ашу")
    officer.open_task("Қорытынды жобасын дайындау", body)
    officer.take()
    table = officer.page.get_by_role("region", name="Көрсеткіштер")
    for n, row in enumerate(INDICATORS):
        if n == 2:
            officer.press("Жол қосу")
        cells = table.get_by_role("row").nth(-1 if n == 2 else n + 1).get_by_role("textbox")
        for cell, text in zip(cells.all(), row, strict=True):
            cell.fill(text)
    for label, text in PARTS.items():
        officer.write(label, text)
    officer.attach(PROGRAM, SOURCE, ORIGIN)
    officer.reads("Мұндай түрдегі файл қабылданбайды.")
    officer.attach(pdf("Есептік ақпарат 2017.pdf"), SOURCE, ORIGIN)
    expect(officer.page.get_by_role("checkbox", name="Есептік ақпарат 2017.pdf")).to_be_checked()
    officer.press("Қол қоюға жіберу")
    officer.reads("Орындалды.")


def cannot_sign(officer: Person, head: Person) -> None:
    """¶ 46: the first head signs; who follows the head's link to the task is told so."""
    expect(officer.page.get_by_text("Қорытындыға қол қою").first).to_be_visible()
    expect(officer.page.get_by_role("link", name="Қорытындыға қол қою")).to_have_count(0)
    officer.go("Тапсырмалар")
    expect(officer.task("Қорытындыға қол қою")).to_have_count(0)
    head.open_task("Қорытындыға қол қою", AKMOLA)
    officer.page.goto(head.page.url)
    expect(officer.page.get_by_role("heading", level=1)).to_have_text("Бұған рұқсатыңыз жоқ")
    officer.reads("Бұл тапсырма Сізге жүктелмеген")


def sign(head: Person, body: str) -> None:
    head.open_task("Қорытындыға қол қою", body)
    head.take()
    head.reads(PARTS["Тұжырымдар мен ұсынымдар"])
    head.choose("Қол қою")
    head.press("Шешімді тіркеу")
    head.reads("Орындалды.")
