"""The web page of a report: its structure, its links, and nothing that the portal's policy refuses."""

import re
from html.parser import HTMLParser

import pytest

from reports.document import Heading, Item, Link, Report, Strong, to_html
from tests.reports.document.reading import squeezed, texts

VOID = {"br", "hr", "img", "meta", "link", "input"}


class Page(HTMLParser):
    """The text, the elements and the tables of a page; an element that is not closed in order is an error."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.elements, self._open = "", [], []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def all(self, tag: str) -> list[dict]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def page(html) -> Page:
    return Page(html)


def test_every_text_is_there(report, page):
    read = squeezed(page.text)
    assert [text for text in texts(report) if text.replace(".", "") not in read.replace(".", "")] == []


def test_each_number_with_rows_leads_to_them(report, page):
    links = [attributes["href"] for attributes in page.all("a") if "report-number" in attributes.get("class", "")]
    assert links == [n.source.url for n in report.numbers() if n.source and n.source.url]
    titles = {attributes["title"] for attributes in page.all("a") if "title" in attributes}
    assert "도어지킴이 신청 · 기준일 2021. 10. 22. · 1,077행" in titles


def test_tables_have_captions_and_scopes(report, html, page):
    tables = report.tables()
    assert len(page.all("table")) == len(page.all("caption")) == len(tables)
    assert {heading["scope"] for heading in page.all("th")} == {"col", "colgroup", "row", "rowgroup"}
    assert len(re.findall("<tr>", html)) == sum(len(table.header) + len(table.body) for table in tables)
    assert all(region["aria-label"] and region["tabindex"] == "0" for region in page.all("div") if "role" in region)


def test_contents_lead_to_the_headings(report, page):
    ids = [attributes["id"] for tag, attributes in page.elements if re.fullmatch("h[1-6]", tag)]
    assert len(ids) == len(report.headings())
    assert len(set(ids)) == len(ids)
    inside = [link["href"][1:] for link in page.all("a") if link["href"].startswith("#")]
    assert inside == [anchor for anchor, heading in zip(ids, report.headings(), strict=True) if heading.level <= 3]


def test_headings_begin_where_the_page_around_says(report):
    small = Report(title="보고", date=report.date, unit="추진단", blocks=(Heading(1, "장"), Heading(2, "묶음")))
    assert re.findall("<(h.)", to_html(small, top=3)) == ["h3", "h4"]


def test_nothing_is_inline(page):
    assert not [attributes for _, attributes in page.elements if "style" in attributes]
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert not {tag for tag, _ in page.elements} & {"script", "style", "iframe"}


def test_text_is_never_markup(report):
    words = ("<script>alert(1)</script>", Strong("<b>&"), Link('"><i>', "https://example.org/?a=1&b=2"))
    page = Page(to_html(Report(title="<t>", date=report.date, unit="u", blocks=(Item(1, words),))))
    assert not page.all("script")
    assert not page.all("i")
    assert page.all("a")[0]["href"] == "https://example.org/?a=1&b=2"
    assert '<script>alert(1)</script><b>&"><i>' in page.text
