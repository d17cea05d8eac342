"""Tables that staff write in the text, a row a line, with `|` between the cells.

    [표제 공급업체 협약사항 | 단위: 원]      a caption, and what stands at the top right; [표이름 …]: out of sight
    | 구 분 | 제공사항 | < |                 `<` widens the cell to its left, `^` heightens the one above
    |---|------:|:------|                    above: the heading; dashes are the widths, colons the sides
    | 월 이용료 | {terms.door_guard.agreement_price unit=원} / 현금 | 시중가 |      ` / ` ends a line

Above no line of dashes there is no heading; as the first line it gives widths and sides alone. Equal dashes leave the
widths to what the cells hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from reports.council.edition import UnableToPlace
from reports.council.tables import width_of
from reports.document import Cell, Column, Table, Words
from reports.document.tree import Align, Row

_DIVIDER = re.compile(r"\|(\s*:?-+:?\s*\|)+")
_LEFT, _UP, _LINE = "<", "^", " / "
_PLACED = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True)
class Caption:
    name: str
    basis: str = ""
    shown: bool = True


@dataclass(frozen=True)
class _Rule:
    """A line of dashes."""

    widths: tuple[int, ...]
    aligns: tuple[Align | None, ...]


def parse(lines: Sequence[str], caption: Caption | None, words: Callable[[str], Words]) -> Table:
    """Raises UnableToPlace where the rows do not fit together."""
    at = next((n for n, line in enumerate(lines) if _DIVIDER.fullmatch(line)), 0)
    rule = _rule(lines[at]) if _DIVIDER.fullmatch(lines[at]) else None
    texts = [_texts(line) for n, line in enumerate(lines) if not (rule and n == at)]
    width = max(map(len, texts), default=0)
    if any(len(row) != width for row in texts) or (rule and len(rule.widths) != width):
        raise UnableToPlace(_("표의 줄마다 칸 수가 같아야 합니다: %(line)s") % {"line": lines[0]})
    heading, body = texts[:at], texts[at:]
    if not body:
        raise UnableToPlace(_("표에 내용이 없습니다: %(line)s") % {"line": lines[0]})
    caption = caption or Caption(_name_of(texts[0]), shown=False)
    return Table(
        name=caption.name,
        columns=_columns(texts, rule),
        header=tuple(_rows(heading, words)),
        body=tuple(_rows(body, words)),
        basis=words(caption.basis) if caption.basis else "",
        name_shown=caption.shown,
    )


def _texts(line: str) -> list[str]:
    return [part.strip() for part in line.strip("|").split("|")]


def _rule(line: str) -> _Rule:
    parts = _texts(line)
    sides: dict[tuple[bool, bool], Align] = {(True, True): "center", (True, False): "left", (False, True): "right"}
    return _Rule(
        tuple(part.count("-") for part in parts),
        tuple(sides.get((part.startswith(":"), part.endswith(":"))) for part in parts),
    )


def _name_of(first: Sequence[str]) -> str:
    return " ".join(part for part in first if part not in {"", _LEFT, _UP})[:60] or _("표")


def _columns(texts: Sequence[Sequence[str]], rule: _Rule | None) -> tuple[Column, ...]:
    """The first is in the middle, the others at the left, unless the rule says otherwise."""
    widths: list[float] = [width_of(_shown(row, n) for row in texts) for n in range(len(texts[0]))]
    if rule and len(set(rule.widths)) > 1:
        widths = list(rule.widths)
    aligns = rule.aligns if rule else (None,) * len(widths)
    return tuple(
        Column(width, align or ("left" if n else "center"))
        for n, (width, align) in enumerate(zip(widths, aligns, strict=True))
    )


def _shown(row: Sequence[str], n: int) -> str:
    """Roughly what is read in a cell; nothing of one that has the room of its neighbours too."""
    if row[n + 1 : n + 2] == [_LEFT]:
        return ""
    return _PLACED.sub("0,000", row[n]).replace("**", "").replace(_LINE, "\n")


def _rows(texts: Sequence[Sequence[str]], words: Callable[[str], Words]) -> Iterator[Row]:
    """The cells of each row with their spans; a span that is no rectangle is refused by the table."""
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    owners: dict[tuple[int, int], tuple[int, int]] = {}
    for n, row in enumerate(texts):
        for m, text in enumerate(row):
            above, left = owners.get((n - 1, m)), owners.get((n, m - 1))
            owner = (above if text == _UP else left if text == _LEFT else None) or (n, m)
            owners[n, m] = owner
            high, wide = spans.get(owner, (1, 1))
            spans[owner] = max(high, n - owner[0] + 1), max(wide, m - owner[1] + 1)
    for n, row in enumerate(texts):
        yield tuple(
            Cell(words(text.replace(_LINE, "\n")), *spans[n, m])
            for m, text in enumerate(row)
            if owners[n, m] == (n, m)
        )
