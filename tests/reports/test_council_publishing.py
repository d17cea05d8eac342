"""The council report's publishing, its files, and comparing two reports."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budget.models import EntryKind
from budget.refusals import Posting
from programs.models.jobs import JobState
from reports.council import files
from reports.council.writing import copy_report, save_section
from reports.models import CouncilReport, ReportFile
from tests.budget.conftest import DAY
from tests.programs.signed_in import client_of
from tests.reports.council_pages import address, published
from tests.reports.test_council_reports import make_report, prepare
from tests.scratch import in_threads


# --- Publishing --------------------------------------------------------------------------------------
def test_publishing_asks_once_and_happens_once(book, written, city):
    report, _section = written
    url = address("council_publish", report.pk)
    assert "되돌릴 수 없습니다" in city.get(url).text
    assert city.post(url).status_code == 422
    answer = city.post(url, {"seen": "on"}, follow=True)
    assert answer.status_code == 200
    report.refresh_from_db()
    assert report.state == CouncilReport.State.PUBLISHED
    assert report.content_sha256 in answer.text
    assert ReportFile.objects.filter(report=report).count() == 1
    again = client_of(book.second).post(url, {"seen": "on"})
    assert again.status_code == 409
    assert "이미 발행한" in again.text
    assert ReportFile.objects.filter(report=report).count() == 1


def test_of_two_who_publish_at_once_one_does(scratch_database):
    book = prepare()
    report, _section = make_report(book)
    clients = [client_of(book.officer), client_of(book.second)]
    url = address("council_publish", report.pk)
    answers = in_threads(lambda n: clients[n].post(url, {"seen": "on"}).status_code, range(2))
    assert sorted(answers) == [302, 409]
    report.refresh_from_db()
    assert report.figures.count() == len({figure.position for figure in report.figures.all()})
    assert ReportFile.objects.count() == 1


def test_it_is_not_published_with_something_wrong(book, written, city):
    report, section = written
    save_section(section.pk, body="□ {nothing.there}", written_on=1, actor=book.officer)
    url = address("council_publish", report.pk)
    page = city.get(url).text
    assert "고칠 것이 1건" in page
    assert 'name="seen"' not in page
    answer = city.post(url, {"seen": "on"})
    assert answer.status_code == 409
    report.refresh_from_db()
    assert report.state == CouncilReport.State.EDITING


def test_a_published_report_shows_its_figures_and_recomputes_the_same(book, written, council):
    report, _section = written
    published(book, report)
    book.post("expenditure", Posting(book.lines["watch-office"], EntryKind.EXPENDITURE, 100_000))  # late, same day
    with CaptureQueriesContext(connection) as statements:
        page = council.get(address("council_report", report.pk))
    assert len(statements) <= 14
    first = page.context["lines"][0]
    assert (first["figure"].name, str(first["value"]), first["figure"].unit) == ("budget.spent", "333000", "원")
    assert "333,000원" in page.text
    asked = {line["asked"] for line in page.context["lines"]}
    assert {"", "watch 사업"} <= asked  # which project a number of the table is of
    rows = council.get(first["figure"].url)
    assert rows.context["value"] == 333_000
    assert (rows.context["now"]["value"], rows.context["now"]["change"]) == (433_000, 100_000)
    assert "+100,000" in rows.text
    answer = council.get(address("council_recomputed", report.pk))
    assert answer.context["differences"] == []
    assert "다른 것이 없습니다" in answer.text


# --- Files -------------------------------------------------------------------------------------------
def make_files(report):
    job = ReportFile.objects.create(report=report, state=JobState.DONE, sha256={"pdf": "a" * 64})
    for kind in files.NAMES:
        getattr(job, kind).save(files.NAMES[kind], ContentFile(f"%{kind}".encode()))
    return job


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_files_are_asked_for_watched_and_taken(book, written, city, media):
    report, _section = written
    answer = city.post(address("council_files", report.pk))
    job = ReportFile.objects.get(report=report)
    assert answer.url == address("council_file", job.key)
    assert 'hx-trigger="every 2s"' in city.get(answer.url).text
    part = city.get(answer.url, headers={"HX-Request": "true"})
    assert "<html" not in part.text
    ReportFile.objects.filter(pk=job.pk).update(state=JobState.FAILED, error="글꼴에 없는 글자")
    assert city.get(answer.url, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "글꼴에 없는 글자" in city.get(answer.url).text


def test_a_file_is_an_attachment_with_a_korean_name(book, written, city, media):
    report, _section = written
    job = make_files(report)
    for kind, content_type in files.CONTENT_TYPES.items():
        answer = city.get(address("council_file_take", job.key, kind))
        assert b"".join(answer.streaming_content) == f"%{kind}".encode()
        assert answer.headers["Content-Type"] == content_type
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    answer = city.get(address("council_file_take", job.key, "pdf"))
    assert b"".join(answer.streaming_content)
    name = "%EC%A3%BC%EC%9A%94%EC%97%85%EB%AC%B4%EB%B3%B4%EA%B3%A0_20260315.pdf"
    assert answer.headers["Content-Disposition"].endswith(name)
    assert city.get(address("council_file_take", job.key, "exe")).status_code == 404
    waiting = ReportFile.objects.create(report=report)
    assert city.get(address("council_file_take", waiting.key, "pdf")).status_code == 404


def test_the_council_takes_files_of_what_is_published_alone(book, written, council, media):
    report, _section = written
    of_the_draft = make_files(report)
    published(book, report)
    made = make_files(report)
    for job, status in ((of_the_draft, 404), (made, 200)):
        taken = council.get(address("council_file_take", job.key, "pdf"))
        assert taken.status_code == status
        assert status == 404 or b"".join(taken.streaming_content) == b"%pdf"
        assert council.get(address("council_file", job.key)).status_code == status
    assert council.post(address("council_files", report.pk)).status_code == 403
    page = council.get(address("council_report", report.pk)).text
    assert str(made.key) in page
    assert str(of_the_draft.key) not in page


# --- Comparing ---------------------------------------------------------------------------------------
def test_two_reports_are_compared_figure_by_figure(book, written, city):
    report, section = written
    published(book, report)
    later = copy_report(report.pk, as_of=DAY + dt.timedelta(days=30), title="다음", actor=book.officer)
    save_section(
        later.sections.get().pk, body=section.versions.get().body + "\n□ {budget.allotted}", written_on=1,
        actor=book.officer,
    )  # fmt: skip
    book.post("expenditure", Posting(book.lines["watch-office"], EntryKind.EXPENDITURE, 50_000), day=DAY)
    url = address("council_compare", later.pk)
    page = city.get(url)
    lines = {line["figure"].name: line for line in page.context["lines"]}
    spent, allotted = lines["budget.spent"], lines["budget.allotted"]
    assert [str(spent["before"]["value"]), str(spent["after"]["value"]), str(spent["change"])] == [
        "333000", "383000", "50000",
    ]  # fmt: skip
    assert allotted["before"] is None
    assert "mentoring.mentees" not in lines
    assert "+50,000" in page.text
    every = city.get(url, {"other": report.pk, "unchanged": "on"})
    assert "mentoring.mentees" in {line["figure"].name for line in every.context["lines"]}
    assert city.get(url, {"other": "nothing"}).status_code == 422


def test_alone_there_is_nothing_to_compare_with(written, city):
    report, _section = written
    assert "견줄 보고서가 없습니다" in city.get(address("council_compare", report.pk)).text
