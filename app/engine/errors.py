"""What can go wrong in the engine, and what a release's check found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

# Characters of what an incident tells: it stands on pages and in the trail, and may quote data.
LONGEST_DETAIL: Final = 2_000


class EngineError(Exception):
    """The model failed during an act: an incident. Nothing of the act may be kept.

    `process`, `element` and `line` say where in the diagram (line 0: not known); `code` is a
    word of this package (`unknown_name`, `too_many_steps`, …), `detail` is for whoever mends
    the diagram.
    """

    def __init__(self, process: str, element: str, line: int, code: str, detail: str) -> None:
        detail = detail[:LONGEST_DETAIL]
        super().__init__(f"{process}/{element}, line {line}: {code}: {detail}")
        self.process = process
        self.element = element
        self.line = line
        self.code = code
        self.detail = detail


class TaskGone(Exception):
    """The case has no such open task, or no such waiting timer: somebody was first."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class NotWaiting(Exception):
    """The case does not wait for a message of that name now."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class StateUnreadable(Exception):
    """Saved bytes are no state of this release, or of a codec this program does not know."""


class StateTooLarge(Exception):
    """A case has grown beyond what is saved; the act that made it so is an incident."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is wrong, or doubtful, in a release.

    `file` is the path in the release, `line` its line (0: the whole file), `element` the id
    of the element (empty: the file itself), `code` a word, `detail` what exactly.
    """

    file: str
    line: int
    element: str
    code: str
    detail: str
    level: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}"
        return f"{where}: {self.level} {self.code} [{self.element}] {self.detail}"


class ReleaseError(Exception):
    """The files are no release; `findings` says why, errors and warnings alike."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        errors = [str(f) for f in findings if f.level == "error"]
        super().__init__("\n".join(errors))
        self.findings = tuple(findings)
