"""Invented names of people for demonstrations, in three scripts; any likeness is chance.

Common given names and common surnames, put together by a number. Nobody of these names is
meant, and nobody is known to us who holds such an office under such a name.
"""

from __future__ import annotations

# (kk, ru, en) of one name; women's surnames are formed by their ending.
Name = tuple[str, str, str]

SURNAMES: tuple[Name, ...] = (
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
    ("Байжанов", "Байжанов", "Baizhanov"),
    ("Есенов", "Есенов", "Yessenov"),
    ("Жұмабеков", "Жумабеков", "Zhumabekov"),
    ("Көшербаев", "Кошербаев", "Kosherbayev"),
    ("Мәмбетов", "Мамбетов", "Mambetov"),
    ("Рахымов", "Рахимов", "Rakhimov"),
    ("Сұлтанов", "Султанов", "Sultanov"),
    ("Тілеуов", "Тлеуов", "Tleuov"),
    ("Үмбетов", "Умбетов", "Umbetov"),
    ("Шәріпов", "Шарипов", "Sharipov"),
)
MEN: tuple[Name, ...] = (
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
    ("Ғалым", "Галым", "Galym"),
    ("Жасұлан", "Жасулан", "Zhassulan"),
    ("Нұрлан", "Нурлан", "Nurlan"),
    ("Санжар", "Санжар", "Sanzhar"),
    ("Тимур", "Тимур", "Timur"),
    ("Ілияс", "Ильяс", "Ilyas"),
)
WOMEN: tuple[Name, ...] = (
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
    ("Алма", "Алма", "Alma"),
    ("Гүлмира", "Гульмира", "Gulmira"),
    ("Әйгерім", "Айгерим", "Aigerim"),
    ("Жұлдыз", "Жулдыз", "Zhuldyz"),
    ("Меруерт", "Меруерт", "Meruyert"),
    ("Назгүл", "Назгуль", "Nazgul"),
)
# Every seventh person bears a Russian name.
OTHER_SURNAMES: tuple[Name, ...] = (
    ("Ковалев", "Ковалев", "Kovalev"),
    ("Николаев", "Николаев", "Nikolayev"),
    ("Павлов", "Павлов", "Pavlov"),
    ("Соколов", "Соколов", "Sokolov"),
    ("Морозов", "Морозов", "Morozov"),
    ("Воробьев", "Воробьев", "Vorobyev"),
    ("Зайцев", "Зайцев", "Zaitsev"),
    ("Кузнецов", "Кузнецов", "Kuznetsov"),
    ("Тарасов", "Тарасов", "Tarassov"),
    ("Фролов", "Фролов", "Frolov"),
    ("Яковлев", "Яковлев", "Yakovlev"),
)
OTHER_MEN: tuple[Name, ...] = (
    ("Алексей", "Алексей", "Alexey"),
    ("Виктор", "Виктор", "Viktor"),
    ("Дмитрий", "Дмитрий", "Dmitriy"),
    ("Игорь", "Игорь", "Igor"),
    ("Сергей", "Сергей", "Sergey"),
)
OTHER_WOMEN: tuple[Name, ...] = (
    ("Анна", "Анна", "Anna"),
    ("Елена", "Елена", "Yelena"),
    ("Ирина", "Ирина", "Irina"),
    ("Марина", "Марина", "Marina"),
    ("Наталья", "Наталья", "Natalya"),
    ("Ольга", "Ольга", "Olga"),
    ("Татьяна", "Татьяна", "Tatyana"),
)


def name(number: int) -> dict[str, str]:
    """The invented name with this number, by language; the same number, the same name.

    Given name first. The lengths of the lists are primes, so that the first few hundred
    numbers hardly repeat a name.
    """
    if number % 7 == 0:
        return _put(number // 7, OTHER_SURNAMES, OTHER_MEN, OTHER_WOMEN)
    return _put(number, SURNAMES, MEN, WOMEN)


def _put(
    number: int, surnames: tuple[Name, ...], men: tuple[Name, ...], women: tuple[Name, ...]
) -> dict[str, str]:
    surname = surnames[number % len(surnames)]
    woman = (number // len(surnames) + number) % 2 == 1
    given = (women if woman else men)[number % len(women if woman else men)]
    ending = ("а", "а", "a") if woman else ("", "", "")
    return {
        language: f"{given[i]} {surname[i]}{ending[i]}"
        for i, language in enumerate(("kk", "ru", "en"))
    }
