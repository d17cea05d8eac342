"""The report as an HWPX file (KS X 6101), which Hancom Office opens.

python-hwpx gives the package, the styles and the page; paragraphs and tables are written here, since its tables have
rows a millimetre high, its page numbers stand twice and its ids are random. What was found: docs/report-files.md.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Sequence
from itertools import count
from xml.sax.saxutils import escape

from hwpx import HwpxDocument
from lxml import etree

from .hwpx_styles import BLACK, GREY, LINE, MID, NAVY, PALE, PALER, WHITE, Para, Styles
from .measure import lines, shares, size_that_fits, span
from .printing import full_day, normalised, plain, printed_pair, printed_run
from .tree import (
    Block,
    Callout,
    Cell,
    Contents,
    Cover,
    Flow,
    Heading,
    Item,
    Note,
    PageBreak,
    Paragraph,
    Report,
    Table,
)
from .words import Link, Pair, Run, Strong, Words, runs

_HP = "http://www.hancom.co.kr/hwpml/2011/paragraph"
_MM = 7200 / 25.4  # HWPUNIT in a millimetre
_MARGIN = 20
_WIDTH = round((210 - 2 * _MARGIN) * _MM)
_PAGE_HEIGHT = round(240 * _MM)
_PADDING = 510  # left and right in a cell
_TABLE_SIZES = (10, 9.5, 9, 8.5, 8, 7.5, 7)
_ROOM = 1.06  # 함초롬돋움 runs wider than what measure.py knows
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
# Hancom starts the first line at the left indent and hangs the others from there.
_ITEMS = {
    1: (15, True, Para(left=0, first=-6.8, before=9, after=2, keep=True)),
    2: (13, False, Para(left=6.5, first=-6, before=3, after=1)),
    3: (12.5, False, Para(left=12, first=-3.8, before=1.5, after=1)),
    4: (11, False, Para(left=15.5, first=-5.2, before=1.5, after=1)),
}
_ALIGN = {"left": "LEFT", "center": "CENTER", "right": "RIGHT"}


def render(report: Report) -> bytes:
    document = HwpxDocument.new()
    _describe(document, report)
    body = _Body(Styles(document), report)
    paragraphs = [body.opening(), *(part for block in report.blocks for part in body.block(block))]
    body.styles.finish()
    section = document.sections[0]
    parsed = etree.fromstring(f'<all xmlns:hp="{_HP}">{"".join(paragraphs)}</all>')
    first = section.element.find(f"{{{_HP}}}p")
    for cache in first.findall(f"{{{_HP}}}linesegarray"):
        first.remove(cache)
    first.extend(parsed[0])  # the runs that set up the page stand where the section's properties do
    section.element.extend(parsed[1:])
    section.mark_dirty()
    return _repeatable(document.to_bytes())


def _describe(document: HwpxDocument, report: Report) -> None:
    made = f"{report.date.isoformat()}T00:00:00Z"
    document.parts.clear_document_metadata(timestamp=made)
    document.parts.set_document_metadata(
        title=normalised(report.title), creator=normalised(report.unit), created_date=made, modified_date=made
    )
    document.parts.clear_preview()
    document.page.setup(
        paper_size="A4",
        margin_left_mm=_MARGIN,
        margin_right_mm=_MARGIN,
        margin_top_mm=15,
        margin_bottom_mm=15,
        header_margin_mm=10,
        footer_margin_mm=10,
    )


def _repeatable(data: bytes) -> bytes:
    """The same archive with no trace of when it was made, so that one tree gives one file."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(made, "w") as after:
        for member in before.infolist():
            entry = zipfile.ZipInfo(member.filename, _ZIP_DATE)
            entry.compress_type = member.compress_type
            after.writestr(entry, before.read(member))
    return made.getvalue()


class _Body:
    """Writes the section's paragraphs, one block after another."""

    def __init__(self, styles: Styles, report: Report) -> None:
        self.styles = styles
        self.report = report
        self._ids = count(1)
        self._new_page = False

    def opening(self) -> str:
        """The running head and the page number: `set_page_number` would write the number twice."""
        head = self._p(
            self._run(f"{self.report.title}  |  {self.report.unit}", 8.5, GREY),
            Para(align="RIGHT", line=130),
            in_cell=True,
        )
        story = f'<hp:header id="{next(self._ids)}" applyPageType="BOTH">{_sub_list(head, "TOP")}</hp:header>'
        number = '<hp:pageNum pos="BOTTOM_CENTER" formatType="DIGIT" sideChar="-"/>'
        hidden = '<hp:pageHiding hideHeader="1" hideFooter="0" hideMasterPage="0" hideBorder="0" hideFill="0" hidePageNum="1"/>'
        controls = (story, number, hidden) if Cover() in self.report.blocks[:1] else (story, number)
        inner = "".join(f"<hp:ctrl>{control}</hp:ctrl>" for control in controls)
        return f'<hp:p><hp:run charPrIDRef="{self.styles.char(9.5, GREY)}">{inner}</hp:run></hp:p>'

    def block(self, block: Block) -> Iterator[str]:
        match block:
            case PageBreak():
                self._new_page = True
            case Cover():
                yield from self._cover()
            case Contents():
                yield from self._contents(block)
            case Heading():
                yield from self._heading(block)
            case Item():
                size, bold, shape = _ITEMS[block.level]
                color = GREY if block.level == 4 else BLACK
                yield self._p(self._words((f"{block.marker} ", *runs(block.text)), size, color, bold=bold), shape)
            case Paragraph():
                yield from self._lines(
                    block.text, 12, Para(align=_ALIGN[block.align], before=3, after=3), in_cell=False
                )
            case Note():
                yield self._p(self._words(("※ ", *runs(block.text)), 10, GREY), Para(first=-4.8, before=2, after=4))
            case Callout():
                yield self._box(block)
            case Table():
                yield from self._table(block)
            case Flow():
                yield from self._flow(block)

    # --- Paragraphs and runs ---

    def _p(self, inner: str, shape: Para, *, style: int = 0, in_cell: bool = False) -> str:
        new_page = self._new_page and not in_cell
        self._new_page = self._new_page and in_cell
        return (
            f'<hp:p id="{next(self._ids)}" paraPrIDRef="{self.styles.para(shape)}" styleIDRef="{style}" '
            f'pageBreak="{int(new_page)}" columnBreak="0" merged="0">{inner or self._run("", 10)}</hp:p>'
        )

    def _run(self, text: str, size: float, color: str = BLACK, *, bold: bool = False) -> str:
        return f'<hp:run charPrIDRef="{self.styles.char(size, color, bold)}"><hp:t>{escape(text)}</hp:t></hp:run>'

    def _words(self, words: Sequence[Run], size: float, color: str = BLACK, *, bold: bool = False) -> str:
        return "".join(
            self._run(_shown(run).replace("\n", " "), size, color, bold=bold or isinstance(run, Strong))
            for run in words
        )

    def _lines(
        self, words: Words, size: float, shape: Para, color: str = BLACK, *, bold: bool = False, in_cell: bool = True
    ) -> Iterator[str]:
        """One paragraph a line."""
        for line in _split(runs(words)):
            yield self._p(self._words(line, size, color, bold=bold), shape, in_cell=in_cell)

    # --- Pages of their own ---

    def _cover(self) -> Iterator[str]:
        middle = {"align": "CENTER", "line": 130}
        yield self._p(self._run(self.report.organisation, 16, GREY), Para(before=40, **middle))
        yield self._p("", Para(before=90, **middle))
        title = self._p(self._run(self.report.title, 36, NAVY, bold=True), Para(**middle), in_cell=True)
        cell = self._tc(title, 0, 0, (1, 1), (_WIDTH, round(42 * _MM)), self.styles.border(PALER, NAVY, "1 mm"))
        yield self._tbl([[cell]], [_WIDTH], [round(42 * _MM)])
        yield self._p(self._run(full_day(self.report.date), 22), Para(before=170, **middle))
        yield self._p(self._run(self.report.unit, 24, bold=True), Para(before=150, **middle))

    def _contents(self, block: Contents) -> Iterator[str]:
        """Names only: page numbers come from a layout engine, and the native list is refused by stricter readers."""
        yield self._p(self._run(block.title, 26, NAVY, bold=True), Para(align="CENTER", before=10, after=24))
        looks = {
            1: (16, True, 0.0, 12.0),
            2: (13.5, False, 8.0, 5.0),
            3: (12, False, 16.0, 3.0),
            4: (11, False, 24.0, 2.0),
        }
        for heading in self.report.headings(block.depth):
            size, bold, left, before = looks[heading.level]
            yield self._p(
                self._run(normalised(heading.line), size, NAVY if bold else BLACK, bold=bold),
                Para(left=left, before=before),
            )

    def _heading(self, heading: Heading) -> Iterator[str]:
        outline = {"outline": heading.level, "keep": True}
        style = heading.level + 1  # 개요 1 is the third of the skeleton's styles
        text = normalised(heading.text)
        if heading.level == 2:
            shape = Para(before=10, after=10, line=130, rule=True, **outline)
            yield self._p(self._run(normalised(heading.line), 18, NAVY, bold=True), shape, style=style)
        elif heading.level == 4:
            yield self._p(self._run(text, 14, NAVY, bold=True), Para(before=10, after=5, **outline), style=style)
        else:
            size, fill, height = (21, NAVY, 14) if heading.level == 1 else (16, MID, 10)
            yield self._banner(heading, self._run(text, size, NAVY, bold=True), style, size, fill, round(height * _MM))
            yield self._p("", Para(line=60))

    def _banner(self, heading: Heading, title: str, style: int, size: float, fill: str, height: int) -> str:
        """A coloured number beside its title. The title's paragraph is what the document's outline shows."""
        first = round((17 if heading.level == 1 else 12) * _MM) if heading.number else 0
        frame = self.styles.border(PALE if heading.level == 1 else None, fill)
        shape = Para(left=3, line=130, outline=heading.level, keep=True)
        title_cell = self._tc(
            self._p(title, shape, style=style, in_cell=True),
            0,
            int(bool(first)),
            (1, 1),
            (_WIDTH - first, height),
            frame,
        )
        cells, widths = [title_cell], [_WIDTH]
        if first:
            number = self._p(
                self._run(normalised(heading.number), size, WHITE, bold=True),
                Para(align="CENTER", line=130),
                in_cell=True,
            )
            cells.insert(0, self._tc(number, 0, 0, (1, 1), (first, height), self.styles.border(fill, fill)))
            widths = [first, _WIDTH - first]
        return self._tbl([cells], widths, [height])

    def _box(self, callout: Callout) -> str:
        height = round(lines(plain(callout.text), 38) * 13 * 100 * 1.6 + 5 * _MM)
        inner = "".join(self._lines(callout.text, 13, Para(align="CENTER"), NAVY, bold=True))
        return self._tbl(
            [[self._tc(inner, 0, 0, (1, 1), (_WIDTH, height), self.styles.border(PALER, MID, "0.3 mm"))]],
            [_WIDTH],
            [height],
        )

    # --- Tables ---

    def _table(self, table: Table) -> Iterator[str]:
        if table.name_shown:
            yield self._p(
                self._run(f"< {normalised(table.name)} >", 11, bold=True), Para("CENTER", before=4, keep=True)
            )
        if plain(table.basis):
            shape = Para("RIGHT", before=3, after=1, line=130, keep=True)
            yield self._p(self._words(runs(table.basis), 9.5, GREY), shape)
        yield _Grid(self, table).xml()
        for note in table.notes:
            yield from self.block(Note(note))

    def _flow(self, flow: Flow) -> Iterator[str]:
        if flow.name:
            yield self._p(
                self._run(f"< {normalised(flow.name)} >", 11, bold=True), Para("CENTER", before=4, keep=True)
            )
        gap = round(8 * _MM)
        width = (_WIDTH - gap * (len(flow.steps) - 1)) // len(flow.steps)
        middle = Para("CENTER", line=130)
        framed, headed, open_ = (
            self.styles.border(None, MID),
            self.styles.border(PALE, MID),
            self.styles.border(None, None),
        )
        rows: list[list[str]] = [[], []]
        ems = (width - 2 * _PADDING) / 1000 / _ROOM
        heights = [0, 0]
        for at, step in enumerate(flow.steps):
            by = f"({plain(step.by)})" if plain(step.by) else ""
            tops = [(plain(step.title), 11, NAVY, True), (by, 9.5, NAVY, False)]
            rest = [(plain(step.note), 10, BLACK, False), (plain(step.when), 10, MID, True)]
            for row, parts, fill in ((0, tops, headed), (1, rest, framed)):
                texts = [part for part in parts if part[0]] or [("", 10, BLACK, False)]
                inner = "".join(
                    line
                    for text, size, color, bold in texts
                    for line in self._lines(text, size, middle, color, bold=bold)
                )
                tall = sum(round(lines(text, ems) * size * 130) for text, size, _, _ in texts) + 600
                heights[row] = max(heights[row], tall)
                rows[row].append(self._tc(inner, row, 2 * at, (1, 1), (width, tall), fill))
            if at + 1 < len(flow.steps):
                arrow = self._p(self._run("→", 15, MID, bold=True), middle, in_cell=True)
                rows[0].append(self._tc(arrow, 0, 2 * at + 1, (2, 1), (gap, sum(heights)), open_))
        widths = [gap if at % 2 else width for at in range(2 * len(flow.steps) - 1)]
        yield self._tbl(rows, widths, heights)
        yield self._p("", Para(line=60))

    def _tc(
        self,
        inner: str,
        row: int,
        column: int,
        spans: tuple[int, int],
        size: tuple[int, int],
        border: str,
        *,
        header: bool = False,
    ) -> str:
        return (
            f'<hp:tc name="" header="{int(header)}" hasMargin="0" protect="0" editable="0" dirty="0" '
            f'borderFillIDRef="{border}">{_sub_list(inner, "CENTER")}'
            f'<hp:cellAddr colAddr="{column}" rowAddr="{row}"/><hp:cellSpan colSpan="{spans[1]}" rowSpan="{spans[0]}"/>'
            f'<hp:cellSz width="{size[0]}" height="{size[1]}"/>'
            f'<hp:cellMargin left="{_PADDING}" right="{_PADDING}" top="141" bottom="141"/></hp:tc>'
        )

    def _tbl(
        self, rows: Sequence[Sequence[str]], widths: Sequence[int], heights: Sequence[int], *, header: bool = False
    ) -> str:
        """A table in a paragraph of its own. One too tall to stay together flows over pages, its heading repeated."""
        flows = sum(heights) > _PAGE_HEIGHT // 2
        body = "".join(f"<hp:tr>{''.join(row)}</hp:tr>" for row in rows)
        table = (
            f'<hp:tbl id="{next(self._ids)}" zOrder="0" numberingType="TABLE" textWrap="TOP_AND_BOTTOM" '
            f'textFlow="BOTH_SIDES" lock="0" dropcapstyle="None" pageBreak="CELL" repeatHeader="{int(header)}" '
            f'rowCnt="{len(rows)}" colCnt="{len(widths)}" cellSpacing="0" borderFillIDRef="{self.styles.border()}" '
            f'noAdjust="0"><hp:sz width="{sum(widths)}" widthRelTo="ABSOLUTE" height="{sum(heights)}" '
            f'heightRelTo="ABSOLUTE" protect="0"/><hp:pos treatAsChar="{int(not flows)}" affectLSpacing="0" '
            'flowWithText="1" allowOverlap="0" holdAnchorAndSO="0" vertRelTo="PARA" horzRelTo="COLUMN" vertAlign="TOP" '
            'horzAlign="LEFT" vertOffset="0" horzOffset="0"/><hp:outMargin left="0" right="0" top="0" bottom="0"/>'
            f'<hp:inMargin left="{_PADDING}" right="{_PADDING}" top="141" bottom="141"/>{body}</hp:tbl>'
        )
        return self._p(
            f'<hp:run charPrIDRef="{self.styles.char(10)}">{table}<hp:t/></hp:run>',
            Para("CENTER", line=100, before=4, after=4),
        )


class _Grid:
    """One table: what its cells say, how high its rows have to be, and its XML."""

    def __init__(self, body: _Body, table: Table) -> None:
        self.body, self.table = body, table
        self.widths = [round(width) for width in shares(table, _WIDTH)]
        points = [width / 100 for width in self.widths]
        self.size = size_that_fits(
            table, [width / _ROOM for width in points], _TABLE_SIZES, padding=2 * _PADDING / 100
        )
        head = len(table.header)
        self.cells = [(placed, placed.row, True) for placed in table.header_cells()]
        self.cells += [(placed, placed.row + head, False) for placed in table.body_cells()]
        self.heights = self._row_heights(head + len(table.body))

    def _row_heights(self, count: int) -> list[int]:
        """From a guess of the lines: Hancom makes rows higher as needed, other viewers take them at their word."""
        heights = [round(self.size * 130) + 500] * count
        for placed, row, _ in sorted(self.cells, key=lambda cell: cell[0].cell.rowspan):
            ems = (span(placed, self.widths) - 2 * _PADDING) / (self.size * 100) / _ROOM
            need = round(lines(plain(placed.cell.content), ems) * self.size * 130) + 500
            spanned = range(row, row + placed.cell.rowspan)
            if (missing := need - sum(heights[at] for at in spanned)) > 0:
                for at in spanned:
                    heights[at] += -(-missing // len(spanned))
        return heights

    def xml(self) -> str:
        body, rows = self.body, [[] for _ in self.heights]  # type: ignore[var-annotated]
        for placed, row, heading in self.cells:
            cell = placed.cell
            size = (round(span(placed, self.widths)), sum(self.heights[row : row + cell.rowspan]))
            fill = PALE if heading or cell.emphasis == "total" else PALER if cell.emphasis == "subtotal" else None
            inner = "".join(self._paragraphs(cell, placed.column, heading=heading))
            rows[row].append(
                body._tc(
                    inner,
                    row,
                    placed.column,
                    (cell.rowspan, cell.colspan),
                    size,
                    body.styles.border(fill, LINE),
                    header=heading,
                )
            )
        return body._tbl(rows, self.widths, self.heights, header=True)

    def _paragraphs(self, cell: Cell, column: int, *, heading: bool) -> Iterator[str]:
        words: Words = printed_pair(cell.content) if isinstance(cell.content, Pair) else cell.content
        align = cell.align or ("center" if heading or cell.colspan > 1 else self.table.columns[column].align)
        bold = heading or bool(cell.emphasis)
        for line in _split(runs(words)):
            hangs = line and _shown(line[0]).startswith("•")
            shape = Para(_ALIGN[align], first=-2.2 if hangs else 0, line=130)
            yield self.body._p(
                self.body._words(line, self.size, NAVY if heading else BLACK, bold=bold), shape, in_cell=True
            )


def _sub_list(inner: str, vertical: str) -> str:
    return (
        f'<hp:subList id="" textDirection="HORIZONTAL" lineWrap="BREAK" vertAlign="{vertical}" linkListIDRef="0" '
        f'linkListNextIDRef="0" textWidth="0" textHeight="0" hasTextRef="0" hasNumRef="0">{inner}</hp:subList>'
    )


def _shown(run: Run) -> str:
    text = printed_run(run)
    return f"{text}({run.url})" if isinstance(run, Link) else text


def _split(words: Sequence[Run]) -> list[list[Run]]:
    """The runs line by line; a run that holds a line's end is cut there and keeps its looks."""
    cut: list[list[Run]] = [[]]
    for run in words:
        for number, part in enumerate(_shown(run).split("\n")):
            if number:
                cut.append([])
            cut[-1].append(Strong(part) if isinstance(run, Strong) else part)
    return cut
