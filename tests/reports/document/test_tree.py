"""The tree refuses what could not be printed as it is meant, and says where."""

import datetime as dt
from decimal import Decimal

import pytest

from reports.document import (
    Callout,
    Cell,
    Column,
    Flow,
    Form,
    Formula,
    Heading,
    Item,
    Link,
    Number,
    Pair,
    Report,
    Source,
    Step,
    Table,
    Unprintable,
    disagreements,
    rate,
    ratio,
    total,
    without_source,
)
from reports.document.outline import grouped, nested
from tests.reports.document import sample, sample_tables


def table(*rows: tuple[Cell, ...], columns: int = 2, header: tuple = ()) -> Table:
    return Table(name="표", columns=(Column(pair=("앞", "뒤")),) * columns, header=header, body=rows)


def a_report(*blocks) -> Report:
    return Report(title="보고", date=dt.date(2021, 11, 2), unit="추진단", blocks=blocks)


def test_spans_that_tile_are_accepted_and_placed():
    made = table((Cell("가", rowspan=2), Cell("나")), (Cell("다"),), (Cell("라", colspan=2),))
    assert [(placed.row, placed.column, placed.cell.content) for placed in made.body_cells()] == [
        (0, 0, "가"),
        (0, 1, "나"),
        (1, 1, "다"),
        (2, 0, "라"),
    ]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (((Cell("가"),),), "표: no cell covers row 1, column 2."),
        (((Cell("가"), Cell("나"), Cell("다")),), r"row 1, column 3 \(다\) reaches beyond column 2"),
        (((Cell("가", colspan=3),),), r"row 1, column 1 \(가\) reaches beyond column 2"),
        (((Cell("가", rowspan=2), Cell("나")),), r"row 1, column 1 \(가\) reaches below row 1"),
        (
            ((Cell("가"), Cell("나", rowspan=2)), (Cell("다", colspan=2),)),
            r"row 2, column 1 \(다\) overlaps .* \(나\)",
        ),
        (((Cell("가", colspan=0), Cell("나")),), r"row 1, column 1 \(가\) spans less than one"),
    ],
)
def test_spans_that_do_not_tile_are_refused_with_their_cell(rows, words):
    with pytest.raises(Unprintable, match=words):
        table(*rows)


def test_a_heading_does_not_reach_into_the_body():
    with pytest.raises(Unprintable, match=r"표, heading: .* reaches below row 1"):
        table((Cell(), Cell()), header=((Cell("가", rowspan=2), Cell("나")),))


def test_a_pair_needs_the_names_of_its_numbers():
    pair = Cell(Pair(Number(1), Number(2)))
    with pytest.raises(Unprintable, match="column 1 holds a pair"):
        Table(name="표", columns=(Column(),), header=(), body=((pair,),))


@pytest.mark.parametrize("value", [1.5, True, "3"])
def test_numbers_are_exact(value):
    with pytest.raises(TypeError, match="an int, a Decimal or None"):
        Number(value)


def test_a_number_is_finite():
    with pytest.raises(Unprintable, match="finite"):
        Number(Decimal("NaN"))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//elsewhere", "data:text/html,x", '/rows/"onclick='])
def test_addresses_lead_to_pages_only(url):
    with pytest.raises(Unprintable, match="an address is"):
        Link("여기", url)
    with pytest.raises(Unprintable, match="an address is"):
        sample.source("x", "수치").__class__(
            name="x", label="수치", as_of=dt.date(2021, 10, 31), known_at=sample_tables.KNOWN, query="수", url=url
        )


def test_known_at_has_its_zone():
    with pytest.raises(Unprintable, match="time zone"):
        Source("x", "수치", dt.date(2021, 10, 31), dt.datetime(2021, 11, 1), "수")  # noqa: DTZ001


@pytest.mark.parametrize(
    "make",
    [
        lambda: Heading(5, "제목"),
        lambda: Heading(1, " "),
        lambda: Item(0, "줄"),
        lambda: Flow((Step("하나"),)),
        lambda: Form(scale=0),
        lambda: Formula("ratio", ("a",)),
        lambda: Formula("sum", ()),
        lambda: Table(name="", columns=(Column(),), header=(), body=((Cell(),),)),
        lambda: Table(name="표", columns=(Column(width=0),), header=(), body=((Cell(),),)),
    ],
)
def test_what_cannot_be_printed_is_refused_at_once(make):
    with pytest.raises(Unprintable):
        make()


def test_no_level_of_heading_is_left_out():
    a_report(Heading(2, "묶음"), Heading(3, "과제"), Heading(1, "장"))
    with pytest.raises(Unprintable, match="“1 과제” of level 3 follows one of level 1"):
        a_report(Heading(1, "장"), Heading(3, "과제", "1"))


def test_a_formula_names_numbers_of_its_table():
    with pytest.raises(Unprintable, match="'b', which has no cell of its own"):
        table((Cell(Number(1, key="a")), Cell(Number(1, formula=total("a", "b")))))


def test_a_formula_stays_in_one_unit():
    thousand = Form(scale=1000)
    with pytest.raises(Unprintable, match="another unit"):
        table((Cell(Number(1000, key="a")), Cell(Number(1000, thousand, formula=total("a")))))


def test_keys_are_unique():
    with pytest.raises(Unprintable, match="two numbers are called 'a'"):
        table((Cell(Number(1, key="a")), Cell(Number(1, key="a"))))


def test_totals_that_disagree_are_named():
    right = table((Cell(Number(3, key="a")), Cell(Number(3, formula=total("a")))))
    wrong = table((Cell(Number(3, key="a")), Cell(Number(4, key="t", formula=total("a")))))
    rates = table((Cell(Number(3, key="a")), Cell(Number(rate(3, 3), formula=ratio("a", "a")))))
    assert disagreements(a_report(right, rates)) == ()
    assert disagreements(a_report(wrong)) == ("표: t 4 ≠ 3 (a 3)",)
    assert disagreements(sample.report()) == ()


def test_numbers_without_a_source_are_named():
    sourced = Number(1, source=sample.source("x", "수치"))
    made = Number(2, formula=total("a"))
    blocks = (
        Item(1, ("신청 ", sourced, "과 ", Number(7, unit="건"))),
        table((Cell(Number(2, key="a", source=sourced.source)), Cell(made))),
        Callout("글"),
    )
    assert without_source(a_report(*blocks)) == ("7건: 신청 1과 7건",)


def test_lines_become_the_tree_they_are_read_as():
    items = tuple(Item(level, str(place)) for place, level in enumerate([1, 2, 3, 2, 4, 1, 3]))
    shape = [
        (branch.item.text, [(child.item.text, [c.item.text for c in child.children]) for child in branch.children])
        for branch in nested(items)
    ]
    assert shape == [("0", [("1", ["2"]), ("3", ["4"])]), ("5", [("6", [])])]


def test_runs_of_lines_come_in_one_piece():
    first, second, callout = Item(1, "가"), Item(2, "나"), Callout("다")
    assert list(grouped((first, second, callout, first))) == [(first, second), callout, (first,)]
