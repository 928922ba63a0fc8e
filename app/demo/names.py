"""Invented names of people for demonstrations, in three scripts; any likeness is chance."""

from __future__ import annotations

# (kk, ru, en); women's surnames are formed by their ending.
SURNAMES = (
    ("Нұрланов", "Нурланов", "Nurlanov"),
    ("Сейітов", "Сеитов", "Seitov"),
    ("Төлегенов", "Толегенов", "Tolegenov"),
    ("Бекенов", "Бекенов", "Bekenov"),
    ("Жақсыбеков", "Жаксыбеков", "Zhaksybekov"),
    ("Қасымов", "Касымов", "Kassymov"),
    ("Омаров", "Омаров", "Omarov"),
    ("Ысқақов", "Искаков", "Iskakov"),
    ("Мұратов", "Муратов", "Muratov"),
    ("Әбенов", "Абенов", "Abenov"),
    ("Қаратаев", "Каратаев", "Karatayev"),
    ("Сәрсенов", "Сарсенов", "Sarsenov"),
    ("Дүйсенов", "Дуйсенов", "Duisenov"),
    ("Оспанов", "Оспанов", "Ospanov"),
    ("Тұрсынов", "Турсынов", "Tursynov"),
    ("Ғабдуллин", "Габдуллин", "Gabdullin"),
    ("Ермеков", "Ермеков", "Yermekov"),
    ("Баймұханов", "Баймуханов", "Baimukhanov"),
    ("Кәрімов", "Каримов", "Karimov"),
)
MEN = (
    ("Ерлан", "Ерлан", "Yerlan"),
    ("Бауыржан", "Бауыржан", "Bauyrzhan"),
    ("Қуаныш", "Куаныш", "Kuanysh"),
    ("Дәурен", "Даурен", "Dauren"),
    ("Нұрбол", "Нурбол", "Nurbol"),
    ("Асқар", "Аскар", "Askar"),
    ("Талғат", "Талгат", "Talgat"),
    ("Марат", "Марат", "Marat"),
    ("Самат", "Самат", "Samat"),
    ("Олжас", "Олжас", "Olzhas"),
    ("Руслан", "Руслан", "Ruslan"),
)
WOMEN = (
    ("Әсел", "Асель", "Assel"),
    ("Гүлнар", "Гульнар", "Gulnar"),
    ("Жанар", "Жанар", "Zhanar"),
    ("Айгүл", "Айгуль", "Aigul"),
    ("Динара", "Динара", "Dinara"),
    ("Мәдина", "Мадина", "Madina"),
    ("Салтанат", "Салтанат", "Saltanat"),
    ("Ботагөз", "Ботагоз", "Botagoz"),
    ("Перизат", "Перизат", "Perizat"),
    ("Айнұр", "Айнур", "Ainur"),
    ("Қарлығаш", "Карлыгаш", "Karlygash"),
    ("Зәуре", "Зауре", "Zaure"),
    ("Венера", "Венера", "Venera"),
)


def name(number: int) -> dict[str, str]:
    """The invented name with this number, by language; the same number, the same name.

    Given name first; there are 19 surnames, 11 men's and 13 women's names (all coprime), so
    the first few thousand numbers do not repeat a name often.
    """
    surname = SURNAMES[number % len(SURNAMES)]
    woman = (number // len(SURNAMES) + number) % 2 == 1
    given = (WOMEN if woman else MEN)[number % len(WOMEN if woman else MEN)]
    ending = ("а", "а", "a") if woman else ("", "", "")
    return {
        language: f"{given[i]} {surname[i]}{ending[i]}"
        for i, language in enumerate(("kk", "ru", "en"))
    }
