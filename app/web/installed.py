"""What an entry point takes from the installation: its evidence store and its limits."""

from __future__ import annotations

from typing import cast

from flask import current_app

from app.documents.store import BlobStore


def store() -> BlobStore:
    """Where evidence is kept."""
    return cast(BlobStore, current_app.extensions["bagalau"].store)


def largest_file() -> int:
    """The largest file that is taken, in bytes."""
    return int(current_app.extensions["bagalau"].settings.max_upload)
