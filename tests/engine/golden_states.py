"""Golden states: cases of a release of this product, kept for good.

`python -m tests.engine.golden_states` plays each process of `bpmn/` to an end and writes
`golden/<release hash>.json.xz`: the release's files, the record of every act with the digest
after it, and the saved bytes of some states. It is run once for each release of the product,
before its tag is set, and what it wrote is never written again: whoever runs that release has
such states in the database, and a later program must read them and go on.
"""

from __future__ import annotations

import base64
import json
import lzma
from pathlib import Path
from typing import Any

from app.engine.release import compile_release, read_files
from tests.conventions.diagrams import BPMN
from tests.engine.exploring import Node, explore
from tests.engine.hosts import states
from tests.engine.shipped import ANSWERS, OWN, STARTS

GOLDEN = Path(__file__).parent / "golden"
MOST = 800


def read(path: Path) -> dict[str, Any]:
    """What an archive holds: `files` by path, `cases` by name."""
    found: dict[str, Any] = json.loads(lzma.decompress(path.read_bytes()))
    return found


def files_of(archive: dict[str, Any]) -> dict[str, bytes]:
    """The files of an archive's release."""
    return {path: text.encode("utf-8") for path, text in archive["files"].items()}


def archives() -> list[Path]:
    """Every archive, in the order of their names."""
    return sorted(GOLDEN.glob("*.json.xz"))


def record(nodes: list[Node]) -> list[dict[str, Any]]:
    """The acts on a path, each with what it asked and gave; the state of every third is kept."""
    acts = []
    for number, node in enumerate(nodes):
        kind, key, values = node.deed
        acts.append({
            "kind": kind, "key": key, "values": values, "now": node.now.isoformat(),
            "calls": [[c.name, dict(c.parameters), c.result] for c in node.step.calls],
            "digest": states(node.step)[0],
        })  # fmt: skip
        if number % 3 == 0:
            acts[-1]["state"] = base64.b64encode(node.step.state).decode()
    return acts


def main() -> None:
    """Write the archive of the present release, unless it is there."""
    files = read_files(BPMN)
    release = compile_release(files)
    path = GOLDEN / f"{release.hash}.json.xz"
    if path.exists():
        print(f"{path.name} is there and is never written again")
        return
    cases: dict[str, Any] = {}
    for name, (process, data) in STARTS.items():
        found = explore(release, process, data, ANSWERS, OWN, MOST)
        ends = [node.path() for node in found.states.values() if node.step.ended]
        cases[name] = record(max(ends, key=len))
    texts = {path: data.decode("utf-8") for path, data in sorted(files.items())}
    text = json.dumps({"files": texts, "cases": cases}, ensure_ascii=False, sort_keys=True)
    path.write_bytes(lzma.compress(text.encode("utf-8"), preset=9))
    print(f"{path.name}: {len(cases)} cases, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
