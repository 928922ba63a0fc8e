"""WSGI entry point for a server of one's own: `gunicorn wsgi:app`."""

from app import create_app
from config.settings import from_environment

app = create_app(from_environment())
