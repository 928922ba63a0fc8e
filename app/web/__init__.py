"""Pages: views by topic over one service call each, templates, forms, headers and errors."""

from __future__ import annotations

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from app.web import errors, filters, frame, headers, languages, turns
from app.web.blueprint import pages


def init_app(app: Flask) -> None:
    """Hang the pages on the application."""
    from app.web import (  # noqa: F401 - each hangs its views on the blueprint
        account,
        calendar,
        calendar_changes,
        cases,
        documents,
        health,
        help,
        incidents,
        late,
        letters,
        mandates,
        methodologies,
        people,
        published,
        signin,
        task_tables,
        tasks,
        years,
    )

    # The token lasts as long as the session that it belongs to.
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    # Three hundred indicators of a dozen figures with their ticks and documents, and three texts
    # of 20 000 letters.
    app.config["MAX_FORM_PARTS"] = 20_000
    app.config["MAX_FORM_MEMORY_SIZE"] = 2 * 1024 * 1024
    headers.init_app(app)
    errors.init_app(app)
    CSRFProtect(app)
    languages.init_app(app)
    filters.init_app(app)
    frame.init_app(app)
    if app.extensions["bagalau"].settings.sqlite_file is not None:
        app.wsgi_app = turns.InTurns(app.wsgi_app)  # type: ignore[method-assign]  # as Flask says
    app.register_blueprint(pages)
