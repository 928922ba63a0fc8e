"""The evidence store of the running installation, for who has only a transaction in hand."""

from __future__ import annotations

from typing import cast

from flask import current_app

from app.documents.store import BlobDamaged, BlobMissing, BlobStore
from app.domain.refusals import Conflict, TooLarge


def store() -> BlobStore:
    """The store that `create_app` made of the settings."""
    return cast(BlobStore, current_app.extensions["bagalau"].store)


def read(sha256: str, limit: int) -> bytes:
    """The whole content under a hash, verified; at most `limit` bytes.

    Raises:
        TooLarge: `file.too_large`. Conflict: `file.damaged`, the store lost or changed it.
    """
    try:
        with store().open(sha256, verify=True) as file:
            content = file.read(limit + 1)
    except (BlobMissing, BlobDamaged):
        raise Conflict("file.damaged") from None
    if len(content) > limit:
        raise TooLarge("file.too_large", max=max(1, limit // (1024 * 1024)))
    return content
