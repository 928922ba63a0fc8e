"""Tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lay out rows of text under their headings, each column as wide as its widest cell."""
    widths = [
        max(len(cells[column]) for cells in (headings, *rows)) for column in range(len(headings))
    ]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
        for cells in (headings, *rows)
    )
