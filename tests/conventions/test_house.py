"""The rules of the house that no linter knows, held for every file that git would keep."""

from __future__ import annotations

import ast
import hashlib
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE = 300
LONGEST_FUNCTION = 40
# Written by Alembic, once and for ever: a migration is a list, and its length is the list's.
GENERATED = "migrations/versions/"
PARTS = (".py", ".js", ".mjs", ".css", ".html")

# `# long: what makes it long, and why it stays in one piece`
LONG = re.compile(r"\blong: *\S+(?: +\S+){2,}")
OPT_OUT = re.compile(r"#\s*(?:(?:ruff:\s*)?noqa\b|mypy:|type:\s*ignore|pragma:\s*no\b)", re.I)
# The codes, then a reason of three words at least.
EXPLAINED = re.compile(
    r"#\s*(?:(?:ruff:\s*)?noqa:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*"
    r"|type:\s*ignore\[[\w, -]+\]|pragma:\s*no \w+|mypy:\s*[\w-]+)"
    r"\s*(?:#|--?|—|:)\s*\S+(?:\s+\S+){2,}"
)

# Written in pieces, so that this file passes its own test.
HOSTS = ("pypi" + ".org", "python" + "hosted.org", "registry.npm" + "js.org", "deb.debian" + ".org")
PLACES = re.compile(
    r"(?<![\w.~])/(?:wo" + r"rk/(?:main|shared)|ro" + r"ot/|ho" + r"me/\w|opt/py" + r"pi|opt/wh"
    r"eels)|(?<![\w/])sha" + r"red/(?:domain|facts|looks|hooks|design|README)"
)

# SHA-256 (12 hex digits) of the names of products of the same kind: README.md stands on its
# own feet and names none of them, and so neither does this file.
RIVALS = (
    "246db064ec1c 3003f4d75c90 3202e7bd6731 3ec3f77efde3 4011aff50080 45eb5a269cdc "
    "495fe697f2e5 4f835914e341 65336c3e7138 66df1d071794 6d37c6dbdb22 73e3f82a41ee "
    "756f29d770e8 a407b375c1bb a762f5ba3be8 ab7cebfb86d4 b7a915f4364a c5ac447c4552 "
    "cb997b428456 cd51313f5fe4 d3ef6182c947 ea6e9d684d45 fc6a1e9e9547"
)

UNCLOCKED = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "monotonic"),
}
# Of the standard library, what has a state, a clock, chance or the outside world in it.
IMPURE = (
    "asyncio http logging multiprocessing os random secrets shutil signal socket sqlite3 ssl "
    "subprocess tempfile threading time urllib uuid"
)


@cache
def kept() -> tuple[Path, ...]:
    """Every file that git keeps or, being new and not ignored, would keep."""
    words = ["git", "-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"]
    listed = subprocess.run(words, cwd=ROOT, capture_output=True, check=True).stdout
    paths = (ROOT / name for name in listed.decode().split("\0") if name)
    return tuple(sorted({path for path in paths if path.is_file()}))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def text(path: Path) -> str:
    """The text of a file; empty for one that is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(text(path), filename=name(path))


def python(*folders: str) -> list[Path]:
    """The Python files in `folders`, or all of them."""
    found = [path for path in kept() if path.suffix == ".py"]
    if not folders:
        return found
    return [path for path in found if path.relative_to(ROOT).parts[0:1][0] in folders]


def domain() -> list[Path]:
    return [
        path for path in kept() if name(path).startswith("app/domain/") and path.suffix == ".py"
    ]


def assert_none(found: list[str], rule: str) -> None:
    assert not found, f"{rule}:\n  " + "\n  ".join(found)


def test_there_is_something_to_test() -> None:
    # Were git's list empty, every test below would pass without looking at anything.
    assert ROOT / "app" / "db.py" in kept()
    assert len(domain()) > 1


def test_files_are_short() -> None:
    found = []
    for path in kept():
        lines = text(path).splitlines()
        if path.suffix not in PARTS or len(lines) <= LONGEST_FILE:
            continue
        if name(path).startswith(GENERATED):
            continue
        if not any(LONG.search(line) for line in lines[:20]):
            found.append(f"{name(path)}: {len(lines)} lines")
    assert_none(found, f"Over {LONGEST_FILE} lines, with no 'long: reason' in the first 20")


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring: explaining is never too long."""
    assert node.end_lineno is not None
    lines = node.end_lineno - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node) is not None and first.end_lineno is not None:
        lines -= first.end_lineno - first.lineno + 1
    return lines


def test_functions_are_short() -> None:
    found = []
    for path in python():
        if name(path).startswith(GENERATED):
            continue
        lines = text(path).splitlines()
        for node in functions(path):
            start = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            # The reason stands above the function or in its head.
            head = lines[max(start - 2, 0) : node.body[0].lineno]
            if length(node) > LONGEST_FUNCTION and not any(map(LONG.search, head)):
                found.append(f"{name(path)}:{node.lineno} {node.name}: {length(node)} lines")
    assert_none(found, f"Over {LONGEST_FUNCTION} lines, with no '# long: reason' above")


def comments(path: Path) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(text(path)).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def test_every_opt_out_says_why() -> None:
    found = [
        f"{name(path)}:{line} {comment}"
        for path in python()
        for line, comment in comments(path)
        if OPT_OUT.search(comment) and not EXPLAINED.search(comment)
    ]
    assert_none(found, "A check is switched off without its code and a reason")


def test_no_module_is_a_drawer() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc"}
    found = [name(path) for path in python() if drawers & {path.stem, path.parent.name}]
    assert_none(found, "A module is named after what it holds")


def test_every_package_is_one() -> None:
    found = [
        f"{name(path.parent)} (it holds {path.name})"
        for path in python("app", "config")
        if not (path.parent / "__init__.py").exists()
    ]
    assert_none(sorted(set(found)), "No __init__.py, so the layers do not see it")


def test_no_place_of_this_machine() -> None:
    found = [
        f"{name(path)}:{number} {line.strip()[:80]}"
        for path in kept()
        for number, line in enumerate(text(path).splitlines(), 1)
        if PLACES.search(line) or any(host in line for host in HOSTS)
    ]
    assert_none(found, "A path of one machine, or a host that packages came from")


def test_locks_name_no_host() -> None:
    locks = [p for p in kept() if re.match(r"(requirements.*|package-lock|.*/locks/.*)", name(p))]
    assert locks
    found = [
        f"{name(path)}:{number}"
        for path in locks
        for number, line in enumerate(text(path).splitlines(), 1)
        if re.search(r'"resolved"|index-url|find-links|^[\w.-]+ *@ *\w+:', line)
    ]
    assert_none(found, "A lock names versions and hashes, not where they lie")


def pins(lock: str) -> dict[str, str]:
    found = re.findall(r"^([\w.-]+)==(\S+)", text(ROOT / lock), re.MULTILINE)
    return {package.lower(): version for package, version in found}


@pytest.mark.parametrize(
    "lock", ["requirements.txt", "config/locks/s3.txt", "config/locks/build.txt"]
)
def test_locks_agree(lock: str) -> None:
    """What is tested is what runs: the tests' lock holds the same versions."""
    tested = pins("requirements-dev.txt")
    assert pins(lock)
    found = [
        f"{package}: {version} in {lock}, {tested[package]} in requirements-dev.txt"
        for package, version in pins(lock).items()
        if package in tested and tested[package] != version
    ]
    assert_none(found, "Two locks disagree")


def test_what_runs_is_what_was_tested() -> None:
    tested = pins("requirements-dev.txt").keys()
    assert pins("requirements.txt").keys() < pins("config/locks/s3.txt").keys() <= tested


def test_readme_names_no_rival() -> None:
    words = re.findall(r"[a-z0-9]+", text(ROOT / "README.md").lower())
    said = {*words, *(f"{a} {b}" for a, b in pairwise(words))}
    found = [w for w in said if hashlib.sha256(w.encode()).hexdigest()[:12] in RIVALS]
    assert_none(found, "README.md names a rival")


def calls(path: Path) -> Iterator[tuple[int, str, str]]:
    """Every call `owner.method(…)`: its line, the owner's last name, the method."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value).rsplit(".", 1)[-1]
            yield node.lineno, owner, node.func.attr


def test_only_one_place_commits() -> None:
    found = {
        f"{name(path)}:{line}"
        for path in python("app", "config")
        for line, _, method in calls(path)
        if method == "commit"
    }
    allowed = {place for place in found if place.startswith("app/db.py:")}
    assert len(allowed) == 1
    assert_none(sorted(found - allowed), "A commit outside app/db.py")


def test_the_domain_reads_no_clock() -> None:
    found = [
        f"{name(path)}:{line} {owner}.{method}()"
        for path in domain()
        for line, owner, method in calls(path)
        if (owner, method) in UNCLOCKED
    ]
    assert_none(found, "The domain is handed the time")


def imports(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.lineno, node.module or ""


def test_the_domain_is_pure() -> None:
    allowed = sys.stdlib_module_names - set(IMPURE.split())
    found = [
        f"{name(path)}:{line} imports {module}"
        for path in domain()
        for line, module in imports(path)
        if module.split(".")[0] not in allowed and not module.startswith("app.domain")
    ]
    assert_none(found, "The domain imports only what has no state of the standard library")
