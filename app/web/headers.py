"""Headers of every answer: a strict policy for content, and what may be kept by a browser."""

from __future__ import annotations

from flask import Flask, request
from werkzeug.wrappers import Response

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
FIXED = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
YEAR = 365 * 24 * 3600
DAY = 24 * 3600


def init_app(app: Flask) -> None:
    """Put the headers on every answer of `app`."""
    app.after_request(harden)


def harden(answer: Response) -> Response:
    """Add the fixed headers, and say who may keep the answer and for how long.

    A built file whose address bears its version may be kept for ever; official data in no
    browser's store at all.
    """
    there = {name for name, _ in answer.headers}
    for name, value in FIXED.items():
        if name not in there:
            answer.headers.add(name, value)
    if request.is_secure:
        answer.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}")
    if request.endpoint == "static" and answer.status_code in (200, 206, 304):
        kept = f"max-age={YEAR}, immutable" if "v" in request.args else f"max-age={DAY}"
        answer.headers["Cache-Control"] = f"public, {kept}"
    elif "Cache-Control" not in answer.headers:
        # Every page has a token of its session, and most have a person's name.
        answer.headers["Cache-Control"] = "no-store"
    return answer
