"""Make `calendar.csv`, the first calendar register of an installation: 2016 to 2027.

The days come from the Python package `holidays` (release 0.109), which records the public
holidays and the Government's moves of days off; Russian names, moved days in plain words and
the corrections of 2026 are added here. Run without arguments to write the file beside this
script, or with `-` to print it. After installation the register is edited by people, with
the number of the act; this file is only where it starts.
"""

from __future__ import annotations

import csv
import io
import sys
from datetime import date
from pathlib import Path

import holidays
from holidays.countries.kazakhstan import KazakhstanStaticHolidays

YEARS = range(2016, 2028)
LIBRARY = "Python package holidays 0.109"
COLUMNS = ("day", "kind", "name_kk", "name_ru", "name_en", "source")
Row = tuple[str, str, str, str, str, str]

# English name in the package -> (kk, ru, en)
NAMES: dict[str, tuple[str, str, str]] = {
    "New Year's Day": ("Жаңа жыл", "Новый год", "New Year's Day"),
    "Orthodox Christmas": (
        "Православиелік Рождество",
        "Православное Рождество",
        "Orthodox Christmas",
    ),
    "International Women's Day": (
        "Халықаралық әйелдер күні",
        "Международный женский день",
        "International Women's Day",
    ),
    "Nowruz Holiday": ("Наурыз мейрамы", "Наурыз мейрамы", "Nauryz"),
    "Kazakhstan's People Solidarity Holiday": (
        "Қазақстан халқының бірлігі мерекесі",
        "Праздник единства народа Казахстана",
        "Unity Day of the People of Kazakhstan",
    ),
    "Defender of the Fatherland Day": (
        "Отан қорғаушы күні",
        "День защитника Отечества",
        "Defender of the Fatherland Day",
    ),
    "Victory Day": ("Жеңіс күні", "День Победы", "Victory Day"),
    "Capital Day": ("Астана күні", "День Столицы", "Capital Day"),
    "Constitution Day": (
        "Қазақстан Республикасының Конституциясы күні",
        "День Конституции Республики Казахстан",
        "Constitution Day",
    ),
    "Eid al-Adha": ("Құрбан айт", "Курбан-айт", "Kurban Ait"),
    "First President Day": (
        "Қазақстан Республикасының Тұңғыш Президенті күні",
        "День Первого Президента Республики Казахстан",
        "First President Day",
    ),
    "Republic Day": ("Республика күні", "День Республики", "Republic Day"),
    "Independence Day": ("Тәуелсіздік күні", "День Независимости", "Independence Day"),
}

# Labour Code art. 84: days off, not holidays; they are never carried over from a weekend.
DAYS_OFF = {"Orthodox Christmas", "Eid al-Adha"}

# The Government's acts that moved days off, as the package cites them (adilet.zan.kz).
ACTS = {
    2016: "P1600000067",
    2017: "P1700000005",
    2018: "P1700000864",
    2019: "P1800000888",
    2020: "P1900000820",
    2021: "P2000000930",
    2022: "P2200000796",
    2023: "P2300000326",
    2024: "G24G0000109",
    2025: "G24G0000436",
}

EGOV = "calendar of the eGov portal, as the press reported it on 2 January 2026"
EARLIER = "the package holidays 0.109 has no Constitution Day in 2026"
# Made by hand: what takes the place of the package's rows, or stands where it has none.
CORRECTIONS: tuple[Row, ...] = (
    (
        "2026-03-24",
        "day_off",
        "Наурыз мейрамы (ауыстырылған демалыс күні)",
        "Наурыз мейрамы (перенос выходного дня)",
        "Nauryz (day off carried over)",
        f"{EGOV}; {LIBRARY}",
    ),
    (
        "2026-03-25",
        "day_off",
        "Наурыз мейрамы (ауыстырылған демалыс күні)",
        "Наурыз мейрамы (перенос выходного дня)",
        "Nauryz (day off carried over)",
        f"{EGOV}; {LIBRARY}; other sources leave this day out: confirm it by the act",
    ),
    (
        "2026-08-30",
        "holiday",
        *NAMES["Constitution Day"],
        f"{EGOV}; {EARLIER}: confirm it by the act",
    ),
    (
        "2026-08-31",
        "day_off",
        "Қазақстан Республикасының Конституциясы күні (ауыстырылған демалыс күні)",
        "День Конституции Республики Казахстан (перенос выходного дня)",
        "Constitution Day (day off carried over)",
        f"{EGOV}; {EARLIER}: confirm it by the act",
    ),
)


def holiday_rows(year: int) -> list[Row]:
    """The holidays, days off and carried-over days of a year, without the moved ones."""
    rows: list[Row] = []
    for day, label in holidays.country_holidays("KZ", years=year, language="en_US").items():
        if "substituted" in label:
            continue
        name, _, rest = label.partition(" (")
        kk, ru, en = NAMES[name]
        source = LIBRARY
        if "estimated" in rest:
            source += "; estimated by the moon: confirm it when it is announced"
        if (year, name) == (2027, "Constitution Day"):
            source += "; confirm it by the act"
        kind = "day_off" if name in DAYS_OFF else "holiday"
        if "observed" in rest:
            kind = "day_off"
            kk += " (ауыстырылған демалыс күні)"
            ru += " (перенос выходного дня)"
            en += " (day off carried over)"
        rows.append((day.isoformat(), kind, kk, ru, en, source))
    return rows


def moves_of(year: int) -> list[tuple[int, ...]]:
    """Month and day of each day off that was moved, then of the day worked for it."""
    kept: dict[int, object] = dict(KazakhstanStaticHolidays.special_public_holidays)
    moves = kept.get(year, ())
    assert isinstance(moves, tuple)
    # One move stands in the package as a bare tuple, several as a tuple of tuples.
    return list(moves) if moves and isinstance(moves[0], tuple) else [moves] if moves else []


def moved_rows(year: int) -> list[Row]:
    """The days off that the Government moved in a year, and the days worked for them."""
    rows: list[Row] = []
    for move in moves_of(year):
        off, worked = date(year, move[0], move[1]), date(year, move[2], move[3])
        source = f"Government act on moving days off (adilet.zan.kz, {ACTS[year]}); {LIBRARY}"
        w, o = f"{worked:%d.%m.%Y}", f"{off:%d.%m.%Y}"
        rows.append(
            (
                off.isoformat(),
                "day_off",
                f"Демалыс күні ({w} күнінен ауыстырылды)",
                f"Выходной день (перенесен с {w})",
                f"Day off (moved from {w})",
                source,
            )
        )
        rows.append(
            (
                worked.isoformat(),
                "working_day",
                f"Жұмыс күні (демалыс күні {o} күніне ауыстырылды)",
                f"Рабочий день (выходной перенесен на {o})",
                f"Working day (the day off was moved to {o})",
                source,
            )
        )
    return rows


def make() -> str:
    """The whole register as CSV text, by day; corrections take the place of other rows."""
    by_day: dict[str, Row] = {}
    for year in YEARS:
        for row in (*holiday_rows(year), *moved_rows(year)):
            by_day[row[0]] = row
    by_day |= {row[0]: row for row in CORRECTIONS}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(by_day[day] for day in sorted(by_day))
    return out.getvalue()


def main(arguments: list[str]) -> None:
    """Write the file beside this script, or print it when the argument is `-`."""
    if arguments == ["-"]:
        sys.stdout.buffer.write(make().encode())
    else:
        Path(__file__).with_name("calendar.csv").write_text(make(), encoding="utf-8", newline="")


if __name__ == "__main__":
    main(sys.argv[1:])
