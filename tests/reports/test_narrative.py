"""The text of a section read into blocks: items, figures in their places, tables, flows, and what cannot be placed."""

import datetime as dt

import pytest

from reports.council.edition import Edition
from reports.council.narrative import Reading, read
from reports.document import Callout, Flow, Heading, Item, Number, PageBreak, Paragraph, Strong, Table, plain
from reports.models import Statement

DAY = dt.date(2021, 10, 31)


@pytest.fixture
def edition(db) -> Edition:
    def state(name: str, day: dt.date = DAY, **more) -> None:
        Statement.objects.create(name=name, label=name, as_of=day, source="보고서", synthetic=True, **more)

    state("test.entries", dt.date(2021, 9, 30), value=600)
    state("test.entries", value=622)
    state("test.money", value=43_600_000)
    state("test.share", value="52.1")
    state("test.media", rows=[["구분", "내용"], ["라디오", "TBS"], ["TV", "SBS"]])
    return Edition(dt.date(2021, 11, 2), {"contest": dt.date(2021, 9, 30)})


@pytest.fixture
def blocks(edition):
    def of(text: str) -> list:
        reading = read(text, edition)
        assert reading.problems == []
        return reading.blocks

    return of


def test_each_line_is_its_block(blocks):
    made = blocks("> 목적\n## 소제목\n\n□ 배경\n○ 하나\n- 둘\n※ 셋\n[쪽]\n그냥 글")
    assert made == [
        Callout("목적"),
        Heading(4, "소제목"),
        *(Item(level, text) for level, text in enumerate(("배경", "하나", "둘", "셋"), 1)),
        PageBreak(),
        Paragraph("그냥 글"),
    ]


def test_an_empty_text_has_no_blocks(edition):
    assert read("\n \r\n", edition) == Reading()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("{test.entries unit=건}", "622건"),
        ("{test.entries as_of=@contest unit=건}", "600건"),
        ("{test.entries as_of=2021-10-01}", "600"),
        ("{test.money form=million unit=백만원}", "44백만원"),
        ("{test.money form=ten_thousand unit=만원}", "4,360만원"),
        ("{test.money form=million decimals=1}", "43.6"),
        ("{test.share form=percent unit=%}", "52.1%"),
    ],
)
def test_a_figure_stands_in_its_place(blocks, written, shown):
    (item,) = blocks(f"○ 모두 {written}(누계)")
    assert plain(item.text) == f"모두 {shown}(누계)"
    assert item.text[1].source.name in {"test.entries", "test.money", "test.share"}


def test_strong_words_hold_figures_too(blocks):
    (item,) = blocks("○ 총 **{test.entries unit=건}** 가운데 **20건 선정**")
    before, number, between, strong = item.text
    assert (before, between, strong) == ("총 ", " 가운데 ", Strong("20건 선정"))
    assert isinstance(number, Number)
    assert number.strong


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("{nothing.here}", "‘nothing.here’ 지표가 없습니다."),
        ("{test.entries as_of=어제}", "날짜가 아닙니다"),
        ("{test.entries as_of=@unnamed}", "‘@unnamed’ 기준일이 없습니다"),
        ("{test.entries form=billion}", "없는 표기입니다"),
        ("{test.entries decimals=9}", "0에서 3까지"),
        ("{test.entries colour=red}", "쓸 수 없는 조건"),
        ("{test.entries as_of=2021-01-01}", "기준일에 값이 없습니다"),
        ("[표 없는표]", "‘없는표’ 표가 없습니다"),
        ("[표 자료 test.none]", "‘test.none’ 자료가"),
        ("[표 자료 test.media colour=red]", "쓸 수 없는 조건"),
        ("[표 인력]", "인력 자료"),
        ("[표 예산집행현황]", "2021년 예산이 없습니다"),
        ("|가|나|\n|다|", "칸 수가 같아야"),
        ("|가|나|\n|---|---|", "표에 내용이 없습니다"),
        ("[표제 이름]\n○ 표가 아님", "표 이름 바로 아래에"),
        ("[흐름]\n하나", "two to six steps"),
        ("|가|나|\n|^|<|\n|다|^|", "no cell covers|reaches|overlaps"),
    ],
)
def test_what_cannot_be_placed_is_said_and_leaves_a_mark(edition, written, problem):
    reading = read(f"{written}\n\n□ 다음", edition)
    assert reading.blocks[-1] == Item(1, "다음")
    (said,) = reading.problems
    assert any(part in said for part in problem.split("|"))
    if "값이 없습니다" not in problem:
        assert said in str(reading.blocks)


def test_a_flow_is_its_lines_up_to_an_empty_one(blocks):
    flow, item = blocks("[흐름 운영 체계]\n접수 | 자치구 | 선착순 | 9월\n선정 | | {test.entries unit=건}\n\n○ 끝")
    assert isinstance(flow, Flow)
    assert (flow.name, len(flow.steps)) == ("운영 체계", 2)
    assert (flow.steps[0].by, plain(flow.steps[1].note), flow.steps[1].when) == ("자치구", "622건", "")
    assert item == Item(2, "끝")


def test_a_table_of_ones_own(blocks):
    (table,) = blocks("| 구분 | 건수 |\n|---|---|\n| 접수 | {test.entries} / 누계 |")
    assert isinstance(table, Table)
    assert (table.name, table.name_shown) == ("구분 건수", False)
    assert [[plain(cell.content) for cell in row] for row in (*table.header, *table.body)] == [
        ["구분", "건수"],
        ["접수", "622\n누계"],
    ]
    assert [column.align for column in table.columns] == ["center", "left"]


def test_dashes_are_widths_and_colons_sides(blocks):
    (table,) = blocks("|---:|:------|\n| 가 | 나 |")
    assert table.header == ()
    assert [(column.width, column.align) for column in table.columns] == [(3, "right"), (6, "left")]


def test_cells_span_to_the_left_and_above(blocks):
    (table,) = blocks("| 가 | < | 나 |\n|---|---|---|\n| 다 | 라 | 마 |\n| ^ | 바 | < |")
    assert [[(cell.content, cell.rowspan, cell.colspan) for cell in row] for row in (*table.header, *table.body)] == [
        [("가", 1, 2), ("나", 1, 1)],
        [("다", 2, 1), ("라", 1, 1), ("마", 1, 1)],
        [("바", 1, 2)],
    ]


def test_what_spans_columns_does_not_widen_the_first(blocks):
    (table,) = blocks("| 아주 길고 긴 이름의 부서 | < |\n| **하나** | 둘둘 |")
    assert len({column.width for column in table.columns}) == 1


@pytest.mark.parametrize(("directive", "shown"), [("표제", True), ("표이름", False)])
def test_a_table_is_named_above_it(blocks, directive, shown):
    (table,) = blocks(f"[{directive} 협약사항 | (단위: 원)]\n| 가 | 나 |")
    assert (table.name, table.basis, table.name_shown) == ("협약사항", "(단위: 원)", shown)


def test_a_remark_below_a_table_is_its_note(blocks):
    table, item = blocks("| 가 | 나 |\n\n※ 누계 {test.entries unit=건}\n○ 다음\n")
    assert [plain(note) for note in table.notes] == ["누계 622건"]
    assert item == Item(2, "다음")


def test_a_stated_table_says_its_source_unless_told(blocks):
    told, hidden = blocks("[표 자료 test.media]\n[표 자료 test.media name=shown source=hidden]")
    assert (told.notes, told.name_shown) == (("출처: 보고서",), False)
    assert (hidden.notes, hidden.name_shown) == ((), True)
    assert [[cell.content for cell in row] for row in told.body] == [["라디오", "TBS"], ["TV", "SBS"]]
