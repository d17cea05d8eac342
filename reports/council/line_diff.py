"""Two texts line by line: what was added, what was taken away, and a little of what stands around."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_AROUND = 2  # unchanged lines shown before and after a change


@dataclass(frozen=True)
class Line:
    kind: Literal["same", "added", "removed", "gap"]
    text: str = ""


def line_diff(before: str, after: str) -> list[Line]:
    """Nothing where they are the same; a gap stands for unchanged lines that are left out."""
    old, new = before.splitlines(), after.splitlines()
    lines: list[Line] = []
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(_AROUND):
        if lines or group[0][1]:
            lines.append(Line("gap"))
        lines += [line for step in group for line in _step(step, old, new)]
    return lines


def _step(step: tuple[str, int, int, int, int], old: list[str], new: list[str]) -> Iterator[Line]:
    tag, old_from, old_to, new_from, new_to = step
    if tag == "equal":
        yield from (Line("same", text) for text in old[old_from:old_to])
        return
    yield from (Line("removed", text) for text in old[old_from:old_to])
    yield from (Line("added", text) for text in new[new_from:new_to])
