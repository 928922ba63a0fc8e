"""The one blueprint of all pages; modules of topics hang their views on it."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("web", __name__)
