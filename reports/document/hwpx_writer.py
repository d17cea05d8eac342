"""Paragraphs, runs and tables of an HWPX section, as XML text. Ids count up, so that one tree gives one file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from xml.sax.saxutils import escape

from .hwpx_styles import BLACK, Para, Styles
from .printing import hangs, printed_run
from .words import Link, Number, Run, Strong, Words, runs

MM = 7200 / 25.4  # HWPUNIT in a millimetre
MARGIN = 20  # mm left and right of the text
WIDTH = round((210 - 2 * MARGIN) * MM)
PADDING = 510  # left and right in a cell
ROOM = 1.06  # 함초롬돋움 runs wider than what measure.py knows
CENTER = Para("CENTER", line=130)
_BREAK = '<hp:run charPrIDRef="0"><hp:t><hp:lineBreak/></hp:t></hp:run>'
_TALL = round(210 * MM)  # a table that hardly fits a page flows over to the next; others stay whole


@dataclass(frozen=True)
class Place:
    """Where a cell of a table stands, and how large it is."""

    row: int
    column: int
    width: int
    height: int
    rowspan: int = 1
    colspan: int = 1


class Writer:
    def __init__(self, styles: Styles) -> None:
        self.styles = styles
        self._ids = count(1)
        self._new_page = False

    def new_id(self) -> int:
        return next(self._ids)

    def break_page(self) -> None:
        """HWPX knows no page break of its own: the next paragraph begins a page."""
        self._new_page = True

    def p(self, inner: str, shape: Para, *, style: int = 0, in_cell: bool = False) -> str:
        new_page = self._new_page and not in_cell
        self._new_page = self._new_page and in_cell
        return (
            f'<hp:p id="{self.new_id()}" paraPrIDRef="{self.styles.para(shape)}" styleIDRef="{style}" '
            f'pageBreak="{int(new_page)}" columnBreak="0" merged="0">{inner or self.run("", 10)}</hp:p>'
        )

    def run(self, text: str, size: float, color: str = BLACK, *, bold: bool = False, shade: str | None = None) -> str:
        char = self.styles.char(size, color, bold, shade)
        return f'<hp:run charPrIDRef="{char}"><hp:t>{escape(text)}</hp:t></hp:run>'

    def words(self, words: Sequence[Run], size: float, color: str = BLACK, *, bold: bool = False) -> str:
        return "".join(
            self.run(shown(run).replace("\n", " "), size, color, bold=bold or _is_strong(run)) for run in words
        )

    def lines(
        self, words: Words, size: float, shape: Para, color: str = BLACK, *, bold: bool = False, in_cell: bool = True
    ) -> str:
        """One paragraph with line breaks; in a cell with bullets one a line, each hanging behind its own.

        (A viewer that does not lay out anew spreads the paragraphs of a cell over its height, cutting them short.)
        """
        parts = [(self.words(line, size, color, bold=bold), _text(line)) for line in _split(runs(words))]
        if not in_cell or not any(hangs(text) for _, text in parts):
            return self.p(_BREAK.join(inner for inner, _ in parts), shape, in_cell=in_cell)
        hanging = Para(shape.align, first=-2.2, line=shape.line)
        return "".join(self.p(inner, hanging if hangs(text) else shape, in_cell=in_cell) for inner, text in parts)

    def cell(self, inner: str, place: Place, border: str, *, header: bool = False) -> str:
        return (
            f'<hp:tc name="" header="{int(header)}" hasMargin="0" protect="0" editable="0" dirty="0" '
            f'borderFillIDRef="{border}">{sub_list(inner, "CENTER")}'
            f'<hp:cellAddr colAddr="{place.column}" rowAddr="{place.row}"/>'
            f'<hp:cellSpan colSpan="{place.colspan}" rowSpan="{place.rowspan}"/>'
            f'<hp:cellSz width="{place.width}" height="{place.height}"/>'
            f'<hp:cellMargin left="{PADDING}" right="{PADDING}" top="141" bottom="141"/></hp:tc>'
        )

    def table(
        self,
        rows: Sequence[Sequence[str]],
        widths: Sequence[int],
        heights: Sequence[int],
        *,
        header: bool = False,
    ) -> str:
        """A table in a paragraph of its own. One too tall to stay together flows over pages, its heading repeated."""
        flows = sum(heights) > _TALL
        body = "".join(f"<hp:tr>{''.join(row)}</hp:tr>" for row in rows)
        table = (
            f'<hp:tbl id="{self.new_id()}" zOrder="0" numberingType="TABLE" textWrap="TOP_AND_BOTTOM" '
            f'textFlow="BOTH_SIDES" lock="0" dropcapstyle="None" pageBreak="CELL" repeatHeader="{int(header)}" '
            f'rowCnt="{len(rows)}" colCnt="{len(widths)}" cellSpacing="0" borderFillIDRef="{self.styles.border()}" '
            f'noAdjust="0"><hp:sz width="{sum(widths)}" widthRelTo="ABSOLUTE" height="{sum(heights)}" '
            f'heightRelTo="ABSOLUTE" protect="0"/><hp:pos treatAsChar="{int(not flows)}" affectLSpacing="0" '
            'flowWithText="1" allowOverlap="0" holdAnchorAndSO="0" vertRelTo="PARA" horzRelTo="COLUMN" '
            'vertAlign="TOP" horzAlign="LEFT" vertOffset="0" horzOffset="0"/>'
            f'<hp:outMargin left="0" right="0" top="{283 * flows}" bottom="{283 * flows}"/>'
            f'<hp:inMargin left="{PADDING}" right="{PADDING}" top="141" bottom="141"/>{body}</hp:tbl>'
        )
        around = Para("CENTER", line=100, before=4, after=4)
        return self.p(f'<hp:run charPrIDRef="{self.styles.char(10)}">{table}<hp:t/></hp:run>', around)


def sub_list(inner: str, vertical: str) -> str:
    return (
        f'<hp:subList id="" textDirection="HORIZONTAL" lineWrap="BREAK" vertAlign="{vertical}" linkListIDRef="0" '
        f'linkListNextIDRef="0" textWidth="0" textHeight="0" hasTextRef="0" hasNumRef="0">{inner}</hp:subList>'
    )


def shown(run: Run) -> str:
    """A field for a link is refused by stricter readers; on paper its address has to be read anyway."""
    text = printed_run(run)
    return f"{text}({run.url})" if isinstance(run, Link) else text


def _text(line: Sequence[Run]) -> str:
    return "".join(shown(run) for run in line)


def _split(words: Sequence[Run]) -> list[list[Run]]:
    """The runs line by line; a run that holds a line's end is cut there and keeps its looks."""
    cut: list[list[Run]] = [[]]
    for run in words:
        for number, part in enumerate(shown(run).split("\n")):
            if number:
                cut.append([])
            cut[-1].append(Strong(part) if _is_strong(run) else part)
    return cut


def _is_strong(run: Run) -> bool:
    return isinstance(run, Strong) or (isinstance(run, Number) and run.strong)
