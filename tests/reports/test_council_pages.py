"""The pages of the council report: who sees what, days, sections, and two editors at once."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from programs.models.jobs import JobState
from reports.council.writing import copy_report, save_section
from reports.models import CouncilReport, ReportFile, ReportSection, SectionVersion
from tests.budget.conftest import DAY
from tests.factories import cast as c
from tests.programs.signed_in import client_of
from tests.reports.council_pages import address, published


# --- Who ---------------------------------------------------------------------------------------------
def test_the_council_sees_only_what_is_published(book, written, city, council):
    report, section = written
    draft = copy_report(report.pk, as_of=DAY, title="아직 쓰는 글", actor=book.officer)
    assert report.title not in council.get(address("council")).text
    published(book, report)
    page = council.get(address("council")).text
    assert report.title in page
    assert draft.title not in page
    for name in ("council_report", "council_preview", "council_recomputed", "council_compare"):
        assert council.get(address(name, report.pk)).status_code == 200, name
        assert council.get(address(name, draft.pk)).status_code == 404, name
    for name in ("council_copy", "council_days", "council_publish"):
        assert council.get(address(name, report.pk)).status_code == 403, name
    assert council.get(address("council_section", report.pk, section.code)).status_code == 403
    assert draft.title not in council.get(address("council_compare", report.pk)).text
    asked = council.get(address("council_compare", report.pk), {"other": draft.pk})
    assert asked.status_code == 422


def test_a_district_and_a_stranger_see_nothing(book, written):
    report, _section = written
    published(book, report)
    officer = client_of(c.Actor.of(c.member(Role.DISTRICT_OFFICER, c.DONGJAK)))
    for url in (address("council"), address("council_report", report.pk), address("council_preview", report.pk)):
        assert officer.get(url).status_code == 403
    assert client_of(book.finance).get(address("council_report", report.pk)).status_code == 403


def test_what_is_not_there_is_404(city, written):
    report, _section = written
    nobody = uuid.uuid4()
    for url in (
        address("council_report", nobody), address("council_preview", nobody), address("council_file", nobody),
        address("council_section", report.pk, "nothing"), address("council_section", nobody, "budget"),
        address("council_history", report.pk, "nothing"), address("statement", "no.such"),
        address("council_recomputed", report.pk),  # not published
    ):  # fmt: skip
        assert city.get(url).status_code == 404, url


def test_the_list_takes_the_same_few_statements_however_many(book, written, city):
    report, _section = written
    url = address("council")
    city.get(url)
    with CaptureQueriesContext(
        connection,
    ) as few:
        city.get(url)
    for n in range(8):
        copy_report(report.pk, as_of=DAY + dt.timedelta(days=n), title=f"보고 {n}", actor=book.officer)
        ReportFile.objects.create(report=report, state=JobState.DONE)
    with CaptureQueriesContext(connection) as many:
        city.get(url)
    assert len(many) == len(few) <= 12


# --- Working on it -----------------------------------------------------------------------------------
def test_the_report_page_shows_sections_days_and_what_is_wrong(book, written, city):
    report, section = written
    ReportSection.objects.create(
        report=report, code="empty", sort=2, chapter_no="Ⅰ", chapter="일반현황", title="빈 절"
    )
    save_section(section.pk, body="□ {nothing.there}", written_on=1, actor=book.officer)
    page = city.get(address("council_report", report.pk))
    (chapter,) = page.context["chapters"]
    states = [row["state"][0] for row in chapter["rows"]]
    assert states == ["점검할 것 1건", "비어 있음"]
    assert len(page.context["problems"]) == 2
    for code in ("budget", "empty"):
        assert f'<a href="{address("council_section", report.pk, code)}">' in page.text
    assert "nothing.there" in page.text
    assert "시 담당자" in page.text  # who saved it
    assert "@budget" in page.text


def test_a_new_report_is_a_copy_with_its_own_date(book, written, city):
    report, _section = written
    assert city.get(address("council_copy", report.pk)).status_code == 200
    assert city.post(address("council_copy", report.pk), {"title": "", "as_of": ""}).status_code == 422
    answer = city.post(address("council_copy", report.pk), {"title": "다음 보고", "as_of": "2026-06-01"})
    made = CouncilReport.objects.get(title="다음 보고")
    assert answer.url == address("council_report", made.pk)
    assert (made.as_of, made.copied_from) == (dt.date(2026, 6, 1), report)


def test_days_are_set_added_and_dropped(written, city):
    report, _section = written
    url = address("council_days", report.pk)
    asked = {"title": "새 제목", "unit": "반", "as_of": "2026-03-20", "day-budget": "", "new_name": "@staffing"}
    assert "이름과 날짜를 함께" in city.post(url, asked).text
    assert city.post(url, asked | {"new_day": "2026-03-01"}).status_code == 302
    report.refresh_from_db()
    assert (report.title, report.cutoffs) == ("새 제목", {"staffing": "2026-03-01"})
    wrong = asked | {"new_day": "2026-03-01", "new_name": "인력"}
    assert city.post(url, wrong).status_code == 422
    assert "이미 있는 이름" in city.post(url, wrong | {"new_name": "staffing"}).text


# --- Writing -----------------------------------------------------------------------------------------
def test_a_section_is_saved_as_a_new_version(written, city):
    report, section = written
    url = address("council_section", report.pk, section.code)
    page = city.get(url)
    assert page.context["form"]["written_on"].value() == 1
    assert "{budget.spent form=thousand unit=천원}" in page.text  # how to place it
    assert "[표 예산집행현황]" in page.text
    assert "333천원" in page.text  # its preview
    assert city.post(url, {"body": "□ 새 글", "written_on": 1}).url == url
    assert section.versions.get(number=2).body == "□ 새 글"


def test_without_its_version_nothing_is_saved(written, city):
    report, section = written
    url = address("council_section", report.pk, section.code)
    answer = city.post(url, {"body": "□ 길 잃은 글"})
    assert answer.status_code == 422
    assert "□ 길 잃은 글" in answer.text
    assert section.versions.count() == 1


def test_the_second_of_two_editors_loses_nothing(book, written, city):
    report, section = written
    other = client_of(book.second)
    url = address("council_section", report.pk, section.code)
    city.post(url, {"body": "□ 첫째의 글\n○ 같은 줄", "written_on": 1})
    mine = "□ 둘째의 글 <b>\n○ 같은 줄"
    answer = other.post(url, {"body": mine, "written_on": 1})
    assert answer.status_code == 409
    assert section.versions.count() == 2
    form = answer.context["form"]
    assert (form["body"].value(), form["written_on"].value()) == (mine, 2)
    lines = [(line.kind, line.text) for line in answer.context["their_diff"]]
    assert lines == [("removed", "□ 첫째의 글"), ("added", "□ 둘째의 글 <b>"), ("same", "○ 같은 줄")]
    assert "□ 첫째의 글" in answer.text
    assert "시 담당자" in answer.text
    assert other.post(url, {"body": mine, "written_on": 2}).status_code == 302
    assert [v.body for v in section.versions.order_by("number")][1:] == ["□ 첫째의 글\n○ 같은 줄", mine]


def test_a_text_too_long_or_for_a_published_report_stays_in_the_form(book, written, city):
    report, section = written
    url = address("council_section", report.pk, section.code)
    answer = city.post(url, {"body": "가" * 100_001, "written_on": 1})
    assert (answer.status_code, "100,000자" in answer.text) == (409, True)
    published(book, report)
    answer = city.post(url, {"body": "□ 늦은 글", "written_on": 1})
    assert answer.status_code == 409
    assert "□ 늦은 글" in answer.text
    assert "발행한 보고서" in city.get(url).text


def test_a_preview_saves_nothing(written, city):
    report, section = written
    url = address("council_section", report.pk, section.code)
    asked = {"body": "□ 지출액 {budget.spent} {nothing.there}", "written_on": 1, "act": "preview"}
    whole = city.post(url, asked)
    assert "333,000" in whole.text
    assert whole.context["form"]["body"].value() == asked["body"]
    part = city.post(url, asked, headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "333,000" in part.text
    assert "nothing.there" in part.text
    assert section.versions.count() == 1


def test_versions_are_compared_and_brought_back(book, written, city):
    report, section = written
    for number in (1, 2):
        save_section(section.pk, body=f"□ 글 {number}", written_on=number, actor=book.officer)
    url = address("council_history", report.pk, section.code)
    page = city.get(url, {"before": 2, "after": 3})
    assert [(line.kind, line.text) for line in page.context["diff"]] == [("removed", "□ 글 1"), ("added", "□ 글 2")]
    assert city.get(url, {"before": 9, "after": 3}).status_code == 422
    back = address("council_restore", report.pk, section.code)
    city.post(back, {"number": 2, "written_on": 2})  # a page from before the last save
    assert section.versions.count() == 3
    city.post(back, {"number": 2, "written_on": 3})
    section.refresh_from_db()
    assert (section.version, section.versions.get(number=4).body) == (4, "□ 글 1")
    city.post(back, {"number": 99, "written_on": 4})
    assert section.versions.count() == 4


def test_a_long_history_takes_few_statements(book, written, city):
    report, section = written
    SectionVersion.objects.bulk_create(
        SectionVersion(section=section, number=n, body=f"{n}", saved_by=book.officer.user) for n in range(2, 40)
    )
    ReportSection.objects.filter(pk=section.pk).update(version=39)
    url = address("council_history", report.pk, section.code)
    city.get(url)
    with CaptureQueriesContext(connection) as statements:
        assert len(city.get(url).context["page"]) == 30
    assert len(statements) <= 12


def test_what_is_typed_comes_out_as_text(written, city):
    report, section = written
    save = {"body": "□ <script>alert(1)</script> **<i>**\n|<b>|<u>|\n|---|---|\n|<s>|{a.b}|", "written_on": 1}
    city.post(address("council_section", report.pk, section.code), save)
    for url in (address("council_section", report.pk, section.code), address("council_preview", report.pk)):
        page = city.get(url).text
        assert "<script>alert" not in page
        assert not any(tag in page for tag in ("<i>", "<u>", "<s>"))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_page_is_there_in_both_languages(book, written, city, language):
    report, section = written
    later = copy_report(report.pk, as_of=DAY, title="다음", actor=book.officer)
    published(book, report)
    city.cookies["django_language"] = language
    for url in (
        address("council"), address("council_report", report.pk), address("council_report", later.pk),
        address("council_days", later.pk), address("council_publish", later.pk), address("council_preview", report.pk),
        address("council_recomputed", report.pk), address("council_compare", later.pk),
        address("council_section", later.pk, section.code), address("council_history", later.pk, section.code),
        address("statements"), address("statement", "mentoring.mentees"), address("statement_new"),
    ):  # fmt: skip
        page = city.get(url)
        assert page.status_code == 200, url
        assert f'<html lang="{language}"' in page.text
