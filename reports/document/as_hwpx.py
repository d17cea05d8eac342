"""The report as an HWPX file (KS X 6101), which Hancom Office opens.

python-hwpx gives the package, the styles and the page. Paragraphs and tables are written by hwpx_writer.py, since its
own tables have rows a millimetre high, its page numbers stand twice and its ids are random (docs/report-files.md).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest
from typing import NamedTuple

from hwpx import HwpxDocument
from lxml import etree

from .hwpx_styles import BLACK, GREY, MID, NAVY, PALE, PALER, WHITE, Frame, Para, Styles
from .hwpx_tables import ALIGN, box_xml, flow_xml, table_xml
from .hwpx_writer import MARGIN, MM, WIDTH, Place, Writer, sub_list
from .measure import LONG_TITLE, width
from .printing import full_day, normalised, plain
from .tree import Block, Callout, Contents, Cover, Flow, Heading, Item, Note, PageBreak, Paragraph, Report, Table
from .words import runs

_HP = "http://www.hancom.co.kr/hwpml/2011/paragraph"
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
# Hancom starts the first line at the left indent and hangs the others from there.
_ITEMS = {
    1: (15, True, Para(left=0, first=-6.8, before=7, after=1, line=150, keep=True)),
    2: (13, False, Para(left=6.5, first=-6, before=2, after=1, line=150)),
    3: (12.5, False, Para(left=12, first=-3.8, before=1, after=0.5, line=150)),
    4: (11, False, Para(left=15.5, first=-5.2, before=1, after=0.5, line=150)),
}
_AROUND = ("left", "right", "top", "bottom")


class _Looks(NamedTuple):
    size: float
    ground: str | None  # the colour behind the number
    shape: Para


_HEADINGS = {
    1: _Looks(21, NAVY, Para(
        before=0, after=14, line=130, outline=1, keep=True, frame=Frame(NAVY, ("bottom",), "0.7 mm", PALE, 2)
    )),
    2: _Looks(18, None, Para(before=10, after=12, line=130, outline=2, keep=True, frame=Frame(NAVY, offset=1))),
    3: _Looks(16, MID, Para(
        before=10, after=8, line=130, outline=3, keep=True, frame=Frame(MID, _AROUND, "0.3 mm", offset=1.6)
    )),
    4: _Looks(14, None, Para(before=10, after=5, outline=4, keep=True)),
}  # fmt: skip
_CONTENTS = {
    1: (16, True, Para(left=0, before=9, line=140)),
    2: (13, False, Para(left=8, before=3, line=140)),
    3: (12, False, Para(left=16, before=2, line=140)),
    4: (11, False, Para(left=24, before=1, line=140)),
}


def render(report: Report) -> bytes:
    document = HwpxDocument.new()
    _describe(document, report)
    writer = Writer(Styles(document))
    paragraphs = [
        _opening(writer, report),
        *(
            part
            for block, after in zip_longest(report.blocks, report.blocks[1:])
            for part in _block(writer, block, report, announces=_announces(block, after))
        ),
    ]
    writer.styles.finish()
    parsed = etree.fromstring(f'<all xmlns:hp="{_HP}">{"".join(paragraphs)}</all>')
    section = document.sections[0]
    first = section.paragraphs[0].element
    for lines in first.findall(f"{{{_HP}}}linesegarray"):
        first.remove(lines)  # a layout of the empty skeleton
    first.extend(parsed[0])  # head and page number stand where the section's properties do
    section.element.extend(parsed[1:])
    section.mark_dirty()
    return _repeatable(document.to_bytes())


def _describe(document: HwpxDocument, report: Report) -> None:
    made = f"{report.date.isoformat()}T00:00:00Z"
    document.parts.clear_document_metadata(timestamp=made)
    document.parts.set_document_metadata(title=normalised(report.title), creator=normalised(report.unit))
    document.parts.clear_preview()
    document.page.setup(
        paper_size="A4",
        margin_left_mm=MARGIN,
        margin_right_mm=MARGIN,
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


def _opening(writer: Writer, report: Report) -> str:
    """The running head and the page number, neither of them on a cover. `set_page_number` would write it twice."""
    text = f"{normalised(report.title)}  |  {normalised(report.unit)}"
    head = writer.p(writer.run(text, 8.5, GREY), Para("RIGHT", line=130), in_cell=True)
    controls = [
        f'<hp:header id="{writer.new_id()}" applyPageType="BOTH">{sub_list(head, "TOP")}</hp:header>',
        '<hp:pageNum pos="BOTTOM_CENTER" formatType="DIGIT" sideChar="-"/>',
    ]
    if report.blocks and isinstance(report.blocks[0], Cover):
        # python-hwpx would write "true" here, which stricter readers refuse.
        controls.append(
            '<hp:pageHiding hideHeader="1" hideFooter="0" hideMasterPage="0" hideBorder="0" hideFill="0" '
            'hidePageNum="1"/>'
        )
    inner = "".join(f"<hp:ctrl>{control}</hp:ctrl>" for control in controls)
    return f'<hp:p><hp:run charPrIDRef="{writer.styles.char(9.5, GREY)}">{inner}</hp:run></hp:p>'


def _announces(block: Block, after: Block | None) -> bool:
    deeper = isinstance(block, Item) and isinstance(after, Item) and after.level > block.level
    return deeper or isinstance(after, Table | Flow)


def _block(writer: Writer, block: Block, report: Report, *, announces: bool) -> Iterator[str]:
    """`announces`: what is behind it stands on the same page."""
    match block:
        case PageBreak():
            writer.break_page()
        case Cover():
            yield from _cover(writer, report)
        case Contents():
            yield from _contents(writer, block, report)
        case Heading():
            yield from _heading(writer, block)
        case Callout():
            yield box_xml(writer, block)
        case Flow():
            yield flow_xml(writer, block)
        case Table():
            yield from _table(writer, block)
        case _:
            yield from _text(writer, block, announces=announces)


def _text(writer: Writer, block: Item | Paragraph | Note, *, announces: bool) -> Iterator[str]:
    match block:
        case Item():
            size, bold, shape = _ITEMS[block.level]
            shape = replace(shape, keep=True) if announces else shape
            color = GREY if block.level == 4 else BLACK
            yield writer.p(writer.words((f"{block.marker} ", *runs(block.text)), size, color, bold=bold), shape)
        case Note():
            yield writer.p(writer.words(("※ ", *runs(block.text)), 10, GREY), Para(first=-4.8, before=2, after=4))
        case Paragraph():
            yield writer.lines(block.text, 12, Para(ALIGN[block.align], before=3, after=3), in_cell=False)


def _table(writer: Writer, table: Table) -> Iterator[str]:
    if table.name_shown:
        name = writer.run(f"< {normalised(table.name)} >", 11, bold=True)
        yield writer.p(name, Para("CENTER", before=4, keep=True))
    if plain(table.basis):
        yield writer.p(writer.words(runs(table.basis), 9.5, GREY), Para("RIGHT", before=3, line=130, keep=True))
    yield table_xml(writer, table)
    for note in table.notes:
        yield writer.p(writer.words(("※ ", *runs(note)), 10, GREY), Para(first=-4.8, before=1, after=4))


def _cover(writer: Writer, report: Report) -> Iterator[str]:
    def line(text: str, size: float, color: str, before: float, *, bold: bool = False) -> str:
        return writer.p(writer.run(normalised(text), size, color, bold=bold), Para("CENTER", before=before, line=130))

    yield line(report.organisation, 16, GREY, 40)
    yield line("", 10, BLACK, 90)
    tall = round(42 * MM)
    size = 36 if width(report.title) <= LONG_TITLE else 27
    title = writer.p(
        writer.run(normalised(report.title), size, NAVY, bold=True), Para("CENTER", line=130), in_cell=True
    )
    frame = writer.styles.border(PALER, NAVY, "1 mm")
    yield writer.table([[writer.cell(title, Place(0, 0, WIDTH, tall), frame)]], [WIDTH], [tall])
    yield line(full_day(report.date), 22, BLACK, 150)
    yield line(report.unit, 24, BLACK, 140, bold=True)


def _contents(writer: Writer, block: Contents, report: Report) -> Iterator[str]:
    """Names only: page numbers come from a layout engine, and the native list is refused by stricter readers."""
    title = writer.run(normalised(block.title), 26, NAVY, bold=True)
    yield writer.p(title, Para("CENTER", before=10, after=24))
    for heading in report.headings(block.depth):
        size, bold, shape = _CONTENTS[heading.level]
        yield writer.p(writer.run(normalised(heading.line), size, NAVY if bold else BLACK, bold=bold), shape)


def _heading(writer: Writer, heading: Heading) -> Iterator[str]:
    """A paragraph of the document's outline; its number is typed, and stands on a ground of its own colour."""
    looks = _HEADINGS[heading.level]
    number = normalised(heading.number)
    shown = ""
    if number and looks.ground:
        shown = writer.run(f" {number} ", looks.size, WHITE, bold=True, shade=looks.ground)
        shown += writer.run("  ", looks.size, NAVY)
    elif number:
        shown = writer.run(f"{number}. ", looks.size, NAVY, bold=True)
    shown += writer.run(normalised(heading.text), looks.size, NAVY, bold=True)
    yield writer.p(shown, looks.shape, style=heading.level + 1)  # 개요 1 is the third of the skeleton's styles
