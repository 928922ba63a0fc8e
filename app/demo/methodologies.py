"""The example methodologies, brought in as a real one is: drafted, agreed, approved (¶ 17)."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.demo import accounts
from app.demo.player import Player
from app.documents.store import BlobStore
from app.domain.methodology import OVERALL
from app.services import documents, tasks

FOLDER = Path(__file__).resolve().parents[2] / "config" / "seeds" / "methodologies"
BLOCKS = (1, 2, 3, OVERALL)
ORIGIN = "Көрсетілім: үлгі әдістеме, оны ешбір орган бекітпеген"
# ¶ 18: how the examples meet the six requirements, in the state language.
REQUIREMENTS: Mapping[str, str] = {
    "requirement_1": "Көрсеткіштер ресми статистикаға және органдардың есептеріне негізделген.",
    "requirement_2": "Әр мән құжатпен расталады, оның дереккөзі 4-тармақ бойынша көрсетіледі.",
    "requirement_3": "Әр көрсеткіштің анықтамасы, өлшем бірлігі және формуласы жазылған.",
    "requirement_4": "Қолда бар деректер ғана сұралады.",
    "comparability": "explain",
    "requirement_5": "Бұл үлгі, алдыңғы жылдың әдістемесі жоқ.",
    "requirement_6": "Көрсеткіштер блоктың барлық бөлігін қамтиды.",
}


@dataclass(frozen=True, slots=True)
class People:
    """Who plays, by login; `drafters` and `heads` are by the code of the lead author."""

    drafters: Mapping[str, str] = field(default_factory=dict)
    heads: Mapping[str, str] = field(default_factory=dict)
    planning_head: str = "mne.head"
    working_body: str = "ap.working"

    def drafter(self, body: str) -> str:
        """The officer of a lead author who drafts."""
        return self.drafters.get(body, f"{body}.officer1")

    def head(self, body: str) -> str:
        """The first head of a lead author."""
        return self.heads.get(body, f"{body}.head")


# The bodies that lead the blocks in 2017: holders of the roles of ¶ 10 in the seeds.
AUTHORS: Mapping[int, str] = {OVERALL: "mne", 1: "mne", 2: "acsa", 3: "mic"}
PLANNING = "mne"
USUAL = People()


def example(block: int, year: int) -> bytes:
    """The example methodology of a block (0: overall) as it would be for `year`."""
    found = json.loads((FOLDER / f"block-{block}.json").read_bytes())
    return json.dumps({**found, "year": year}, ensure_ascii=False, indent=2).encode()


def play(
    player: Player,
    store: BlobStore,
    *,
    year: int,
    people: People = USUAL,
    blocks: Sequence[int] = BLOCKS,
    say: Callable[[str], None] = lambda _line: None,
) -> dict[int, int]:
    """Draft, agree and approve the example of each block at the player's clock, as real acts.

    Returns the cases by block.

    Raises:
        NothingToDo, Refusal: what the services say to an act that does not fit.
    """
    cases = {}
    for block in blocks:
        body = AUTHORS[block]
        case = player.start(people.drafter(body), "methodology", body, year=year, block=str(block))
        draft(player, store, people.drafter(body), case, example(block, year))
        agree(player, case, people, asked=body != PLANNING)
        order = {"order_number": f"{year}-{block}-ә", "order_date": player.today()}
        player.do(people.head(body), case, "approve", {"decision": "approve", **order})
        say(f"The example methodology of block {block} for {year} is approved.")
        cases[block] = case
    return cases


def draft(
    player: Player, store: BlobStore, login: str, case: int, content: bytes, **changed: Any
) -> None:
    """Attach `content` to the task `draft` of a case and hand it in for agreement."""
    person = accounts.actor(login, player.now)
    task = player.find(login, case, "draft").task_id
    tasks.claim(task_id=task, actor=person, now=player.now)
    attached = documents.attach(
        task_id=task,
        actor=person,
        upload=documents.Upload("methodology.json", io.BytesIO(content)),
        source="10",
        origin=ORIGIN,
        now=player.now,
        store=store,
    )
    answers = {**REQUIREMENTS, "documents": [attached.id], **changed}
    tasks.complete(task_id=task, actor=person, answers=answers, now=player.now)


def agree(player: Player, case: int, people: People = USUAL, *, asked: bool = True) -> None:
    """Let the working body agree, and the planning authority where it is `asked`."""
    if asked:
        agreed = {"planning_decision": "agree"}
        player.do(people.planning_head, case, "agree_planning", agreed)
    agreed = {"working_body_decision": "agree"}
    player.do(people.working_body, case, "agree_working_body", agreed)
