"""The PDF, read by two libraries that did not write it."""

import io
import re

import pypdf
import pypdfium2
import pytest

from reports.document import Callout, Cell, Column, Heading, Item, Report, Table, Unprintable, as_pdf, to_pdf
from reports.document.as_pdf import content, known_characters
from tests.reports.document.reading import squeezed, texts


@pytest.fixture(scope="module")
def pages(pdf) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


@pytest.fixture(scope="module")
def structure(pdf) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def test_every_text_is_there(report, pages):
    read = squeezed("".join(pages)).replace(".", "")  # a chapter's number stands in a field of its own, without one
    assert [text for text in texts(report) if text.replace(".", "") not in read] == []


def test_no_character_is_missing(pages):
    assert not [c for page in pages for c in page if c in "\ufffd\x00" or "\ue000" <= c <= "\uf8ff"]


def test_contents_lead_to_the_page_of_each_heading(report, pages):
    listed = {
        squeezed(match[1]): int(match[2])
        for line in pages[1].splitlines()
        if (match := re.match(r"(.*?)[ .]{4,}(\d+)$", line.strip()))
    }
    assert len(listed) == len(report.headings(3))
    for heading in report.headings(3):
        page = listed[squeezed(heading.line if heading.level == 2 else heading.number + heading.text)]
        assert squeezed(heading.text) in squeezed(pages[page - 1])


def test_every_page_but_the_cover_has_its_number_and_head(report, pages):
    assert "- 1 -" not in pages[0]
    for number, page in enumerate(pages[1:], start=2):
        assert f"- {number} -" in page
        assert report.unit in page.splitlines()[0]


def test_it_is_tagged_and_says_its_title_and_language(report, structure):
    catalogue = structure.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "ko"
    assert structure.metadata.title == report.title
    assert structure.metadata.author == report.unit
    assert "pdfuaid" in catalogue["/Metadata"].get_object().get_data().decode()


def test_its_tags_name_headings_lists_and_tables(report, structure):
    found: dict[str, int] = {}

    def count(element) -> None:
        element = element.get_object()
        if not isinstance(element, dict):
            return
        if kind := element.get("/S"):
            found[kind] = found.get(kind, 0) + 1
        children = element.get("/K", [])
        for child in children if isinstance(children, list) else [children]:
            if not isinstance(child, int):
                count(child)

    count(structure.trailer["/Root"]["/StructTreeRoot"])
    assert found["/Table"] == len(report.tables())
    assert found["/H1"] == len([h for h in report.headings() if h.level == 1])
    assert found["/H3"] == len([h for h in report.headings() if h.level == 3])
    assert found["/TH"] == sum(len(row) for table in report.tables() for row in table.header)
    items = [block for block in report.blocks if isinstance(block, Item)]
    assert found["/LI"] == len(items) + len(report.headings(3)) - found.get("/TOCI", len(report.headings(3)))


def test_its_bookmarks_are_the_headings(report, structure):
    def flat(entries):
        for entry in entries:
            yield from flat(entry) if isinstance(entry, list) else [squeezed(entry.title)]

    assert list(flat(structure.outline)) == [squeezed(heading.text) for heading in report.headings()]


def test_only_its_own_fonts_are_used_and_they_are_embedded(structure):
    names = set()
    for page in structure.pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(inner["/FontDescriptor"].get_object())
            names.add(inner["/BaseFont"].partition("+")[2])
    assert {re.sub(r"[-_].*", "", name) for name in names} <= {"PretendardGOV", "NotoSansKR"}


def test_a_character_no_font_has_is_named(report):
    bad = Report(title="보고", date=report.date, unit="추진단", blocks=(Item(1, "웃음 😀 그리고 ᚠ"),))
    with pytest.raises(Unprintable, match=r"ᚠ \(U\+16A0, in “웃음 😀 그리고 ᚠ”\), 😀 \(U\+1F600"):
        to_pdf(bad)


def test_it_begins_with_a_chapter(report):
    part = Report(title="보고", date=report.date, unit="추진단", blocks=(Heading(3, "과제", "1"),))
    with pytest.raises(Unprintable, match="“1 과제” is of level 3"):
        to_pdf(part)


def test_what_typst_refuses_is_said_in_its_words(report, monkeypatch):
    monkeypatch.setattr(as_pdf, "document", lambda report: "#unknown()")
    with pytest.raises(as_pdf.UnableToTypeset, match="unknown variable: unknown"):
        to_pdf(report)


def test_missing_fonts_are_said_to_be_missing(report, monkeypatch, tmp_path):
    monkeypatch.setattr(as_pdf, "FONTS", tmp_path)
    known_characters.cache_clear()
    with pytest.raises(as_pdf.FontsMissing, match=r"python -m portal\.local\.frontend"):
        to_pdf(report)


def test_its_fonts_have_every_syllable_and_the_signs_of_reports():
    assert {chr(code) for code in range(0xAC00, 0xD7A4)} <= known_characters()
    assert set("□○※△▲▷◆①⑳ⅠⅩ⇒⇨→↓～≈×±℃㎡％「」『』【】《》·…‘’“”☎市區道全多現") <= known_characters()


def test_text_is_never_markup(report):
    signs = '#let *가* _나_ $x$ `y` @z <t> = 제목 // 말 /* */ \\n "따옴" ~ - 목록 1. 수 [a] {b}'
    made = to_pdf(Report(title=signs, date=report.date, unit="추진단", blocks=(Item(2, signs), Callout(signs))))
    with pypdfium2.PdfDocument(made) as document:
        text = squeezed("".join(page.get_textpage().get_text_range() for page in document))
    assert text.count(squeezed(signs)) >= 2


def test_words_are_kept_whole_unless_they_fit_no_line():
    assert content("1인가구 정책", room=10) == '[#w("1인가구") #w("정책")]'
    assert content("아주길고긴낱말,여기", room=5) == '[#"아주길고긴낱말,"#w("여기")]'


def test_a_table_of_many_columns_is_set_smaller(report):
    narrow = Table(
        name="표",
        columns=(Column(),) * 10,
        header=(),
        body=((Cell("1,063,520"),) * 10,),
    )
    made = to_pdf(Report(title="보고", date=report.date, unit="추진단", blocks=(narrow,)))
    with pypdfium2.PdfDocument(made) as document:
        assert document[0].get_textpage().get_text_range().count("1,063,520") == 10


def test_lines_that_announce_a_table_stay_with_those_beside_and_above_them():
    def first(*levels: int) -> int:
        return as_pdf._announcing([Item(level, "줄") for level in levels])

    assert first(1, 2, 2) == 0
    assert first(1, 2, 3, 3) == 0
    assert first(1, 2, 2, 3, 3) == 2
    assert first(1, 2, 2, 2, 2, 2) == 5
    assert first(2, 2) == 1
