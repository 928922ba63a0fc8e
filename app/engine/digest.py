"""The digest of a case's state: equal wherever and whenever the same acts are executed.

SHA-256 over canonical JSON (UTF-8, keys sorted, no spaces) of the release's hash and, for
each workflow of the case, its tasks in the order of the tree: element, place of the parent,
state, visit, the data each changed, its internal data. Ids of the engine, the wall clock and
the library's forecasts are not in it.
"""

from __future__ import annotations

import hashlib

import orjson

from app.engine.codec import Content

_TICK = 5  # the rank among changes of state: it orders work, it says nothing of the case


def digest_of(release_hash: str, content: Content) -> str:
    """The digest (hex) of a snapshot under a release."""
    return hashlib.sha256(text_of(release_hash, content)).hexdigest()


def text_of(release_hash: str, content: Content) -> bytes:
    """What is digested of a snapshot."""
    flows = [
        [
            flow["spec"],
            flow["at"],
            flow["completed"],
            flow["success"],
            [row[:_TICK] + row[_TICK + 1 :] for row in flow["tasks"]],
        ]
        for flow in content["flows"]
    ]
    return orjson.dumps([release_hash, flows], option=orjson.OPT_SORT_KEYS)
