"""The reader's language: the person's own, then the one chosen here, then Kazakh."""

from __future__ import annotations

from pathlib import Path

from babel import Locale
from flask import Flask, g, has_request_context, session
from flask_babel import Babel

from app import login
from app.services.sentences import LANGUAGES

FIRST = "kk"
CATALOGUES = Path(__file__).parents[1] / "translations"


def init_app(app: Flask) -> None:
    """Set up gettext with the catalogues in `app/translations`."""
    Babel().init_app(
        app,
        default_locale="en",
        default_translation_directories=str(CATALOGUES),
        default_timezone="UTC",
        locale_selector=_locale,
    )


def language() -> str:
    """The code of the reader's language: kk, ru or en."""
    if not has_request_context():
        return FIRST
    if "language" not in g:
        g.language = _kept() if g.get("bare") else login.language()
    return str(g.language)


def _locale() -> Locale:
    return _LOCALES[language()]


# Made once: a code would be taken apart and looked up at every request.
_LOCALES = {code: Locale.parse(code) for code in LANGUAGES}


def _kept() -> str:
    """What was chosen in this browser, asked of nobody else."""
    chosen = session.get(login.LANGUAGE)
    return chosen if chosen in LANGUAGES else FIRST
