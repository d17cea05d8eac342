"""Lines that follow one another as the tree they are read as: □ holds ○, ○ holds -."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from .tree import Block, Item


@dataclass(frozen=True)
class Branch:
    item: Item
    children: tuple[Branch, ...]


def nested(items: Sequence[Item]) -> tuple[Branch, ...]:
    branches = []
    at = 0
    while at < len(items):
        end = at + 1
        while end < len(items) and items[end].level > items[at].level:
            end += 1
        branches.append(Branch(items[at], nested(items[at + 1 : end])))
        at = end
    return tuple(branches)


def grouped(blocks: Sequence[Block]) -> Iterator[Block | tuple[Item, ...]]:
    """The blocks, with each run of items in one piece."""
    for is_item, run in groupby(blocks, key=lambda block: isinstance(block, Item)):
        if is_item:
            yield tuple(block for block in run if isinstance(block, Item))
        else:
            yield from run
