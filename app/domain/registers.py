"""The registers of bodies, mandates and parts as values, and the reading of their rows.

Rows are mappings of text by column, as in `config/seeds/` or from the register's tables. A
role of ¶ 10 is not a body: bodies hold roles from a day to a day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Self

from app.domain.refusals import Conflict, Invalid, NotFound

# ¶ 10, in its order: a closed list.
AUTHORITY_ROLES = (
    "presidential_administration",
    "prime_minister_office",
    "state_planning",
    "civil_service",
    "budget_execution",
    "legal_statistics",
    "informatisation",
    "service_integrator",
)
# ¶ 12: held by a body as well, but no role of ¶ 10.
WORKING_BODY = "working_body"
BLOCKS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Body:
    """A state body or a holder of a role of ¶ 10.

    `kind` is central, local or holder (holds a role, is not evaluated); `blocks` are those by
    which it is evaluated (Annex 2); `scope_excluded` names activity outside the evaluation.
    """

    code: str
    kind: str
    name_kk: str
    name_ru: str
    name_en: str
    short_kk: str
    short_ru: str
    short_en: str
    blocks: tuple[int, ...]
    scope_excluded: str
    directly_under_president: bool
    time_zone: str

    @property
    def evaluated(self) -> bool:
        """Say whether the body is on the roster (¶ 1, 15, Annex 2)."""
        return bool(self.blocks)

    def name(self, language: str) -> str:
        """The full name in `language` (kk, ru, en); Kazakh for any other."""
        return {"ru": self.name_ru, "en": self.name_en}.get(language, self.name_kk)

    def short(self, language: str) -> str:
        """The short name in `language` (kk, ru, en); Kazakh for any other."""
        return {"ru": self.short_ru, "en": self.short_en}.get(language, self.short_kk)

    @classmethod
    def read(cls, row: Mapping[str, str]) -> Self:
        """Read a row of the register of bodies; `blocks` is text such as `1 2 3`."""
        texts = {
            name: row[name]
            for name in (
                "code",
                "kind",
                "name_kk",
                "name_ru",
                "name_en",
                "short_kk",
                "short_ru",
                "short_en",
                "scope_excluded",
                "time_zone",
            )
        }
        return cls(
            **texts,
            blocks=tuple(sorted(int(block) for block in row["blocks"].split())),
            directly_under_president=row["directly_under_president"] == "yes",
        )


@dataclass(frozen=True, slots=True)
class Bodies:
    """The register of bodies, by code."""

    by_code: Mapping[str, Body]

    @classmethod
    def read(cls, rows: Iterable[Mapping[str, str]]) -> Self:
        """Read the rows of the register."""
        bodies = [Body.read(row) for row in rows]
        return cls({body.code: body for body in bodies})

    def get(self, code: str) -> Body:
        """The body with `code`.

        Raises:
            NotFound: `body.unknown`.
        """
        try:
            return self.by_code[code]
        except KeyError:
            raise NotFound("body.unknown", body=code) from None

    def evaluated(self, block: int | None = None) -> tuple[Body, ...]:
        """The bodies on the roster, all or those evaluated by `block`, in the register's order."""
        return tuple(
            body
            for body in self.by_code.values()
            if (block in body.blocks if block is not None else body.evaluated)
        )


@dataclass(frozen=True, slots=True)
class Mandate:
    """A body holds a role from `since` to `until`, both days included; None has no end."""

    role: str
    holder: str
    since: date
    until: date | None
    basis: str

    def in_force(self, day: date) -> bool:
        """Say whether the mandate holds on `day`."""
        return self.since <= day and (self.until is None or day <= self.until)

    @classmethod
    def read(cls, row: Mapping[str, str]) -> Self:
        """Read a row: role, holder, starts_on, ends_on (ISO, may be empty), basis.

        Raises:
            Invalid: `mandate.role_unknown`, ¶ 10.
        """
        if row["role"] not in (*AUTHORITY_ROLES, WORKING_BODY):
            raise Invalid("mandate.role_unknown", paragraph="10")
        until = date.fromisoformat(row["ends_on"]) if row["ends_on"] else None
        since = date.fromisoformat(row["starts_on"])
        return cls(row["role"], row["holder"], since, until, row["basis"])


@dataclass(frozen=True, slots=True)
class Mandates:
    """Who holds the roles of ¶ 10 and ¶ 12, and when; one holder of a role on a day."""

    rows: tuple[Mandate, ...]

    def __post_init__(self) -> None:
        """Refuse two holders of a role on one day.

        Raises:
            Invalid: `mandate.overlap`.
        """
        ordered = sorted(self.rows, key=lambda row: (row.role, row.since))
        for earlier, later in pairwise(ordered):
            if earlier.role == later.role and earlier.in_force(later.since):
                raise Invalid("mandate.overlap", role=later.role, date=later.since.isoformat())

    @classmethod
    def read(cls, rows: Iterable[Mapping[str, str]]) -> Self:
        """Read the rows of the register."""
        return cls(tuple(Mandate.read(row) for row in rows))

    def holder(self, role: str, day: date) -> str:
        """The code of the body that holds `role` on `day`.

        Raises:
            Conflict: `mandate.none`, nobody holds it on that day.
        """
        for row in self.rows:
            if row.role == role and row.in_force(day):
                return row.holder
        raise Conflict("mandate.none", role=role, date=day.isoformat())

    def roles_of(self, body: str, day: date) -> frozenset[str]:
        """The roles that `body` holds on `day`."""
        return frozenset(row.role for row in self.rows if row.holder == body and row.in_force(day))


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a block: the role that evaluates it as a rule, and the role it is brought to."""

    block: int
    code: str
    name_kk: str
    name_ru: str
    name_en: str
    general_evaluator: str
    consolidator: str
    basis: str

    def name(self, language: str) -> str:
        """The name in `language` (kk, ru, en); Kazakh for any other."""
        return {"ru": self.name_ru, "en": self.name_en}.get(language, self.name_kk)

    @classmethod
    def read(cls, row: Mapping[str, str]) -> Self:
        """Read a row of the register of parts."""
        names = ("code", "name_kk", "name_ru", "name_en", "general_evaluator", "consolidator")
        texts = {name: row[name] for name in (*names, "basis")}
        return cls(block=int(row["block"]), **texts)


# Looks up the decision table of who evaluates whom. Given: block (integer), part, kind, blocks
# (those of the body), under_president, roles (of ¶ 10 that the body holds). Found: `evaluator`
# and `concluder`, roles of ¶ 10, empty where nobody evaluates; `paragraph`.
Decide = Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Registers:
    """What the rules on who evaluates whom read: registers at one version each, and the table.

    `decide` asks the decision table of a legal release.
    """

    bodies: Bodies
    mandates: Mandates
    parts: tuple[Part, ...]
    decide: Decide

    def parts_of(self, block: int) -> tuple[Part, ...]:
        """The parts of a block, in the register's order."""
        return tuple(part for part in self.parts if part.block == block)
