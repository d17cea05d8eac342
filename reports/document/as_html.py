"""The report as a piece of a web page: for reading, checking and following each number to its rows.

Class names only (the portal's policy refuses inline styles); static/css/report.css makes it look like the document.
"""

from __future__ import annotations

from html import escape

from .grid import Placed
from .outline import Branch, grouped, nested
from .printing import full_day, normalised, plain, printed, printed_run
from .tree import Block, Callout, Contents, Cover, Flow, Heading, Note, PageBreak, Paragraph, Report, Step, Table
from .words import Link, Number, Pair, Run, Strong, Words, runs

_WIDE, _NARROW = 8, 3  # columns from which a table scrolls far sideways on a small screen, up to which not at all


def render(report: Report, *, top: int = 2) -> str:
    """The whole report; a chapter's heading is an `h<top>`, since the page around it has its own `h1`."""
    anchors = {id(heading): f"section-{number}" for number, heading in enumerate(report.headings(), start=1)}
    pieces = [
        _items(nested(block)) if isinstance(block, tuple) else _piece(block, report, anchors, top)
        for block in grouped(report.blocks)
    ]
    inner = "\n".join(pieces)
    return f'<article class="report" lang="ko">\n{inner}\n</article>\n'


def _piece(block: Block, report: Report, anchors: dict[int, str], top: int) -> str:
    match block:
        case Cover():
            piece = _cover(report)
        case Contents():
            piece = _contents(block, report, anchors)
        case Heading():
            piece = _heading(block, anchors[id(block)], top)
        case Table():
            piece = _table(block)
        case Flow():
            piece = _flow(block)
        case PageBreak():
            piece = '<div class="report-break"></div>'
        case Callout():
            piece = f'<p class="report-callout">{words(block.text)}</p>'
        case Note():
            piece = f'<p class="report-note">※ {words(block.text)}</p>'
        case Paragraph():
            piece = f'<p class="report-text {block.align}">{words(block.text)}</p>'
        case _:
            raise TypeError(f"The web page knows no {type(block).__name__}.")
    return piece


def _cover(report: Report) -> str:
    return (
        f'<header class="report-cover"><p class="report-organisation">{_text(report.organisation)}</p>'
        f'<p class="report-title">{_text(report.title)}</p>'
        f'<p class="report-date"><time datetime="{report.date.isoformat()}">{full_day(report.date)}</time></p>'
        f'<p class="report-unit">{_text(report.unit)}</p></header>'
    )


def _contents(block: Contents, report: Report, anchors: dict[int, str]) -> str:
    lines = "".join(
        f'<li class="level-{heading.level}"><a href="#{anchors[id(heading)]}">{_text(heading.line)}</a></li>'
        for heading in report.headings(block.depth)
    )
    title = _text(block.title)
    return f'<nav class="report-contents" aria-label="{title}"><p>{title}</p><ol>{lines}</ol></nav>'


def _heading(heading: Heading, anchor: str, top: int) -> str:
    tag = f"h{min(6, top + heading.level - 1)}"
    number = f'<span class="report-numeral">{_text(heading.number)}</span> ' if heading.number else ""
    return f'<{tag} class="report-heading level-{heading.level}" id="{anchor}">{number}{_text(heading.text)}</{tag}>'


def _items(branches: tuple[Branch, ...]) -> str:
    return f'<ul class="report-items">{"".join(_item(branch) for branch in branches)}</ul>'


def _item(branch: Branch) -> str:
    item = branch.item
    marker = f'<span class="report-marker" aria-hidden="true">{item.marker}</span>'
    children = _items(branch.children) if branch.children else ""
    return f'<li class="level-{item.level}">{marker} <span>{words(item.text)}</span>{children}</li>'


# --- Tables and flows ----------------------------------------------------------------------------


def _table(table: Table) -> str:
    name = _text(table.name)
    basis = f'<p class="report-basis">{words(table.basis)}</p>' if plain(table.basis) else ""
    shown = "" if table.name_shown else ' class="report-hidden"'
    header = _rows(table, table.header_cells(), len(table.header), heading=True)
    head = f"<thead>{header}</thead>" if header else ""
    body = _rows(table, table.body_cells(), len(table.body))
    columns = len(table.columns)
    wide = " wide" if columns >= _WIDE else " narrow" if columns <= _NARROW else ""
    notes = "".join(f'<p class="report-note">※ {words(note)}</p>' for note in table.notes)
    return (
        f'{basis}<div class="report-table{wide}" role="region" aria-label="{name}" tabindex="0"><table>'
        f"<caption{shown}>{name}</caption>{head}<tbody>{body}</tbody></table></div>{notes}"
    )


def _rows(table: Table, cells: tuple[Placed, ...], count: int, *, heading: bool = False) -> str:
    rows: list[list[str]] = [[] for _ in range(count)]
    for placed in cells:
        rows[placed.row].append(_cell(table, placed, heading=heading))
    return "".join(f"<tr>{''.join(row)}</tr>" for row in rows)


def _cell(table: Table, placed: Placed, *, heading: bool) -> str:
    cell = placed.cell
    attributes = _scope(table, placed, heading=heading)
    tag = "th" if attributes else "td"
    if cell.rowspan > 1:
        attributes += f' rowspan="{cell.rowspan}"'
    if cell.colspan > 1:
        attributes += f' colspan="{cell.colspan}"'
    align = cell.align or ("center" if heading or cell.colspan > 1 else table.columns[placed.column].align)
    content = _pair(cell.content) if isinstance(cell.content, Pair) else words(cell.content)
    return f'<{tag} class="{f"{align} {cell.emphasis}".strip()}"{attributes}>{content}</{tag}>'


def _scope(table: Table, placed: Placed, *, heading: bool) -> str:
    if heading:
        return f' scope="{"colgroup" if placed.cell.colspan > 1 else "col"}"'
    if placed.column < table.row_headings:
        return f' scope="{"rowgroup" if placed.cell.rowspan > 1 else "row"}"'
    return ""


def _pair(pair: Pair) -> str:
    first, second = _number(pair.first), _number(pair.second)
    if pair.style == "slash":
        both = printed(pair.first) == printed(pair.second) == pair.first.form.none
        return first if both else f"{first}/{second}"
    return f"(×{first})<br>{second}" if pair.style == "above" else f"{first}<br>({second})"


def _flow(flow: Flow) -> str:
    name = f"<figcaption>{_text(flow.name)}</figcaption>" if flow.name else ""
    return f'<figure class="report-flow">{name}<ol>{"".join(_step(step) for step in flow.steps)}</ol></figure>'


def _step(step: Step) -> str:
    parts = (("by", step.by), ("note", step.note), ("when", step.when))
    rest = "".join(f'<span class="report-{name}">{words(part)}</span>' for name, part in parts if plain(part))
    return f'<li><strong class="report-step">{words(step.title)}</strong>{rest}</li>'


# --- Words ---------------------------------------------------------------------------------------


def words(words_: Words) -> str:
    return "".join(_run(run) for run in runs(words_))


def _run(run: Run) -> str:
    match run:
        case Number():
            return _number(run)
        case Strong():
            return f"<strong>{_text(run.text)}</strong>"
        case Link():
            return f'<a href="{escape(run.url)}">{_text(run.text)}</a>'
        case _:
            return _text(printed_run(run))


def _number(number: Number) -> str:
    source = number.source
    text = _text(printed(number))
    if number.strong:
        text = f"<strong>{text}</strong>"
    if source is None or not source.url:
        return text
    counted = f" · {source.rows:,}행" if source.rows is not None else ""
    title = escape(normalised(f"{source.label} · 기준일 {full_day(source.as_of)}{counted}"))
    return f'<a class="report-number" href="{escape(source.url)}" title="{title}">{text}</a>'


def _text(text: str) -> str:
    return escape(normalised(text)).replace("\n", "<br>")
