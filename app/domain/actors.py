"""Who acts: a signed-in person with the roles held on that day, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Holding:
    """A role held in an organisation on the day of the act.

    `organisation` is the code of a body or of a holder of a role of ¶ 10; `acting` marks
    somebody who stands in for the head ("acting head").
    """

    role: str
    organisation: str
    acting: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """A person who acts, with the roles in force at the moment of the act.

    `person` is the person's code (`p-0012`); `name` is for display only and never goes on
    the trail; `language` is kk, ru or en.
    """

    person: str
    name: str
    language: str
    holdings: tuple[Holding, ...]

    def holds(self, role: str, organisation: str) -> bool:
        """Say whether the person holds `role` in `organisation`."""
        return any(h.role == role and h.organisation == organisation for h in self.holdings)

    @property
    def roles(self) -> frozenset[str]:
        """Every role held anywhere."""
        return frozenset(h.role for h in self.holdings)

    @property
    def organisations(self) -> frozenset[str]:
        """Every organisation in which a role is held."""
        return frozenset(h.organisation for h in self.holdings)

    def holding_for(self, role: str, organisation: str) -> Holding | None:
        """The holding under which an act of `role` in `organisation` is done, if any."""
        return next(
            (h for h in self.holdings if h.role == role and h.organisation == organisation), None
        )


@dataclass(frozen=True, slots=True)
class SystemActor:
    """The system acting by itself: `timer`, `message`, `installation`, `retry`."""

    name: str
