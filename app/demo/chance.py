"""Chance that is the same on every machine: a generator of its own for each thing it decides."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

Item = TypeVar("Item")


def chance(seed: int, *key: object) -> Random:
    """The generator of one decision, named by `key`: a body, a block, an indicator and so on.

    So a decision depends on its seed and its name alone, not on which others came before it,
    nor on the hashes of the process: text seeds are digested by SHA-512.
    """
    return Random("/".join(map(str, (seed, *key))))


def drawn(seed: int, *key: object, of: Sequence[Item], count: int) -> list[Item]:
    """`count` different items, or all where there are fewer, in the order of `of`."""
    chosen = set(chance(seed, *key).sample(range(len(of)), min(count, len(of))))
    return [item for place, item in enumerate(of) if place in chosen]
