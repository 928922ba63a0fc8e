"""Facts that an event claims together: `<table>/<id>*<number>`, and one digest of all.

The digest is SHA-256 of the canonical JSON of the list of the rows' digests in the order of
their ids. Shares no code with what writes it (`app.audit.rows`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.audit.recheck import Broken, json_bytes, sha256
from app.audit.report import Findings

_NAME = re.compile(r"([a-z_]+)/([1-9][0-9]{0,9})(?:\*([1-9][0-9]{0,4}))?")


@dataclass(frozen=True)
class Name:
    """What a claim is of: a table, the first row's id, and how many rows (None for that one)."""

    table: str
    first: int
    count: int | None


def named(claim: str) -> Name | None:
    """Read the name of a claim; None for one that is no name of rows."""
    found = _NAME.fullmatch(claim)
    if found is None:
        return None
    return Name(found[1], int(found[2]), int(found[3]) if found[3] else None)


@dataclass
class _Group:
    claim: str
    digest: str
    count: int
    numbers: list[int] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)


class Groups:
    """The groups of one table, whose rows come in the order of their ids.

    A group is held until its last row has come; rows of different events may be mixed.
    """

    def __init__(self, table: str, findings: Findings) -> None:
        """Note what is wrong in `findings`."""
        self._table = table
        self._findings = findings
        self._open: dict[str, _Group] = {}

    def has(self, claimed: Mapping[str, str]) -> bool:
        """Whether an event claims rows of the table together."""
        return self._claim(claimed) is not None

    def _claim(self, claimed: Mapping[str, str]) -> tuple[str, Name] | None:
        for claim in claimed:
            name = named(claim) if claim.startswith(f"{self._table}/") else None
            if name is not None and name.count is not None:
                return claim, name
        return None

    def add(self, label: str, claimed: Mapping[str, str], number: int, digest: str) -> None:
        """Take in one more row of the event `label`; raises Broken if its group is not right."""
        group = self._open.get(label)
        if group is None:
            claim, name = self._claim(claimed) or ("", Name("", 0, 0))
            group = self._open[label] = _Group(claim, claimed[claim], name.count or 0)
            if number != name.first:
                self._findings.add(
                    label, f"{self._table}/{number} ({label}): its event knows nothing of it."
                )
        group.numbers.append(number)
        group.digests.append(digest)
        if len(group.digests) == group.count:
            del self._open[label]
            if sha256(json_bytes(group.digests)) != group.digest:
                raise Broken(f"{group.claim} are not as their event recorded them")

    def finish(self) -> None:
        """Note the groups of which not every row has come."""
        for label, group in self._open.items():
            here, last = len(group.numbers), group.numbers[-1]
            self._findings.add(
                label,
                f"{group.claim} ({label}): there are {here} of {group.count}, "
                f"the last one {self._table}/{last}.",
            )
