"""A report is written in versions, assembled with its figures, frozen by publishing, and never other again."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from accounts.roles import Role
from budget.models import EntryKind
from budget.refusals import Posting
from programs.models.jobs import JobState
from reports.council import files
from reports.council.assemble import assemble, assemble_section, edition_of
from reports.council.publish import compare, publish, recomputed, settled_moment
from reports.council.writing import UnableToWrite, WrittenMeanwhile, copy_report, save_section, set_days
from reports.models import CouncilReport, ReportFile, ReportSection, SectionVersion, Statement
from tests.budget.conftest import DAY, make_book
from tests.factories import cast as c
from tests.scratch import in_threads

BODY = """
> 집행을 살펴봄

□ 예산
○ 지출액: {budget.spent as_of=@budget form=thousand unit=천원}
○ 멘티: {mentoring.mentees unit=명} **확정**
[표 예산집행현황]
"""


def make_report(book, body=BODY):
    report = CouncilReport.objects.create(
        title="주요 업무보고", unit="추진단", as_of=DAY, cutoffs={"budget": DAY.isoformat()}, made_by=book.officer.user
    )
    section = ReportSection.objects.create(
        report=report, code="budget", sort=1, chapter_no="Ⅰ", chapter="일반현황", number="1", title="예산"
    )
    save_section(section.pk, body=body, written_on=0, actor=book.officer)
    return report, section


def prepare():
    book = make_book()
    line = book.give("watch-office", 1_000_000)
    book.post("commitment", Posting(line, EntryKind.COMMITMENT, 700_000))
    book.post("expenditure", Posting(line, EntryKind.EXPENDITURE, 333_000))
    Statement.objects.create(name="mentoring.mentees", label="멘티", value=45, unit="명", as_of=DAY, source="센터")
    return book


@pytest.fixture
def book(db):
    return prepare()


def test_figures_stand_in_the_text_and_in_the_tables(book):
    report, _section = make_report(book)
    made = assemble(report)
    assert made.problems == []
    values = {(n.source.name, n.source.as_of): n.value for n in made.document.numbers() if n.source}
    assert values["budget.spent", DAY] == 333_000
    assert values["mentoring.mentees", DAY] == 45
    assert [table.name for table in made.document.tables()] == ["예산집행현황"]


def test_what_cannot_be_placed_is_a_problem_and_leaves_a_mark(book):
    report, section = make_report(book)
    body = "□ {nothing.there} {budget.spent as_of=어제} {budget.spent item=none}\n[표 없는 표]\n|a|b|\n|c|\n"
    save_section(section.pk, body=body, written_on=1, actor=book.officer)
    ReportSection.objects.create(
        report=report, code="empty", sort=2, chapter_no="Ⅰ", chapter="일반현황", title="빈 절"
    )
    texts = [problem.text for problem in assemble(report).problems]
    for words in ("nothing.there", "어제", "예산 사업", "없는 표", "칸 수", "아직 쓰지 않은"):
        assert any(words in text for text in texts), words


def test_each_problem_names_its_section(book):
    report, _section = make_report(book)
    other = ReportSection.objects.create(
        report=report, code="own", sort=2, chapter_no="Ⅰ", chapter="일반현황", title="둘째"
    )
    save_section(other.pk, body="□ {nothing.there}", written_on=0, actor=book.officer)
    assert [problem.section for problem in assemble(report).problems] == ["own"]


def test_one_section_is_assembled_of_a_text_not_saved(book):
    report, section = make_report(book)
    made = assemble_section(section, "□ {budget.spent} {nothing.there}", edition=edition_of(report))
    assert [number.value for number in made.document.numbers()] == [333_000]
    assert [problem.section for problem in made.problems] == ["budget"]
    assert [heading.text for heading in made.document.headings()] == ["예산"]


def test_the_council_gets_no_file_of_the_draft(book):
    report, _section = make_report(book)
    of_the_draft = ReportFile.objects.create(report=report)
    publish(report.pk, actor=book.officer, known_at=timezone.now())
    published = ReportFile.objects.create(report=report)
    council = c.Actor.of(c.member(Role.COUNCIL_READER))
    assert list(ReportFile.objects.visible_to(council)) == [published]
    assert of_the_draft in ReportFile.objects.visible_to(book.officer)


def test_two_people_on_one_section_do_not_overwrite_each_other(book):
    _report, section = make_report(book)
    save_section(section.pk, body="□ 첫째", written_on=1, actor=book.officer)
    with pytest.raises(WrittenMeanwhile, match="그사이") as refused:
        save_section(section.pk, body="□ 둘째", written_on=1, actor=book.second)
    assert refused.value.latest.body == "□ 첫째"
    assert save_section(section.pk, body="□ 첫째", written_on=2, actor=book.second).number == 2  # nothing new
    with pytest.raises(Exception, match="append_only|Cannot"), transaction.atomic():  # noqa: RUF043
        SectionVersion.objects.update(body="x")


def test_only_the_city_writes_and_the_council_reads_what_is_published(book):
    report, section = make_report(book)
    council = c.Actor.of(c.member(Role.COUNCIL_READER))
    with pytest.raises(ReportSection.DoesNotExist):
        save_section(section.pk, body="x", written_on=1, actor=council)
    assert not CouncilReport.objects.visible_to(council).exists()
    publish(report.pk, actor=book.officer, known_at=timezone.now())
    assert CouncilReport.objects.visible_to(council).get() == report
    assert not CouncilReport.objects.visible_to(c.Actor.of(c.member(Role.DISTRICT_OFFICER, c.DONGJAK))).exists()


def test_published_it_is_frozen_and_recomputes_the_same_for_ever(book):
    report, section = make_report(book)
    publish(report.pk, actor=book.officer, known_at=timezone.now())
    book.post("expenditure", Posting(book.lines["watch-office"], EntryKind.EXPENDITURE, 100_000))  # late, same day
    Statement.objects.create(name="mentoring.mentees", label="멘티", value=44, unit="명", as_of=DAY, source="정정")
    report.refresh_from_db()
    assert recomputed(report) == []
    assert report.figures.filter(name="budget.spent").first().value == 333_000
    with pytest.raises(UnableToWrite, match="발행한"):
        save_section(section.pk, body="x", written_on=1, actor=book.officer)
    with pytest.raises(UnableToWrite, match="발행한"):
        set_days(report.pk, title="x", unit="x", as_of=DAY, cutoffs={}, actor=book.officer)
    for attempt in (
        lambda: CouncilReport.objects.update(title="x"),
        lambda: ReportSection.objects.update(title="x"),
        lambda: report.figures.update(value=1),
    ):
        with pytest.raises(Exception, match="Cannot|append_only|is published"), transaction.atomic():  # noqa: RUF043
            attempt()


def test_it_is_not_published_with_problems(book):
    report, section = make_report(book)
    save_section(section.pk, body="□ {nothing.there}", written_on=1, actor=book.officer)
    with pytest.raises(UnableToWrite, match=r"점검할 것이 1건.*nothing"):
        publish(report.pk, actor=book.officer, known_at=timezone.now())


def test_two_reports_compare_figure_by_figure(book):
    report, _section = make_report(book)
    publish(report.pk, actor=book.officer, known_at=timezone.now())
    later = copy_report(report.pk, as_of=DAY + dt.timedelta(days=30), title="", actor=book.officer)
    assert later.cutoffs == {"budget": (DAY + dt.timedelta(days=30)).isoformat()}
    book.post("expenditure", Posting(book.lines["watch-office"], EntryKind.EXPENDITURE, 50_000), day=DAY)
    report.refresh_from_db()
    changed = {d.any.name: d.change for d in compare(report, later) if d.change}
    assert changed == {"budget.spent": Decimal(50_000)}


def test_the_job_makes_four_files_and_the_command_the_same(book, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    report, _section = make_report(book)
    publish(report.pk, actor=book.officer, known_at=timezone.now())
    report.refresh_from_db()
    job = files.ask_for_files(report, actor=book.officer)
    assert files.ask_for_files(report, actor=book.second) == job
    files.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.progress, sorted(job.sha256)) == (JobState.DONE, 100, ["figures", "hwpx", "pdf", "xlsx"])
    call_command("council_report", "--as-of", str(DAY), "--out", str(tmp_path / "out"))
    for kind, name in files.NAMES.items():
        with getattr(job, kind).open("rb") as kept:
            assert kept.read() == (tmp_path / "out" / name).read_bytes()
    (first, *_rest) = json.loads((tmp_path / "out" / "figures.json").read_text())
    assert (first["name"], first["value"], first["unit"], first["printed"]) == (
        "budget.spent",
        333_000,
        "원",
        "333천원",
    )
    assert first["rows"] == 1


def test_a_report_that_cannot_be_printed_fails_with_the_reason(book, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    report, section = make_report(book)
    save_section(section.pk, body="□ 글꼴에 없는 글자 \U0001f9d1", written_on=1, actor=book.officer)
    job = files.ask_for_files(report, actor=book.officer)
    files.run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert job.error


def test_the_command_says_which_reports_there_are(book, tmp_path):
    make_report(book)
    with pytest.raises(CommandError, match=str(DAY)):
        call_command("council_report", "--as-of", "2020-01-01", "--out", str(tmp_path))
    with pytest.raises(CommandError, match="no date"):
        call_command("council_report", "--as-of", "yesterday", "--out", str(tmp_path))


def test_nothing_recorded_before_the_moment_comes_to_light_after_it(scratch_database):
    """A posting still under way when the moment is taken is waited for."""
    book = prepare()
    line = book.lines["watch-office"]

    def act(number):
        if number == 0:
            moment = settled_moment()
            known = recorded_by(moment)
            return moment, known
        book.post("expenditure", Posting(line, EntryKind.EXPENDITURE, 1_000))
        return None

    def recorded_by(moment):
        from budget.models import Entry

        return Entry.objects.filter(recorded_at__lte=moment).count()

    results = in_threads(act, range(12))
    assert not [r for r in results if isinstance(r, Exception)]
    moment, known = results[0]
    assert recorded_by(moment) == known


def test_one_of_many_saves_wins(scratch_database):
    book = prepare()
    _report, section = make_report(book)
    results = in_threads(
        lambda n: save_section(section.pk, body=f"□ {n}", written_on=1, actor=book.officer), range(20)
    )
    saved = [r for r in results if isinstance(r, SectionVersion)]
    assert len(saved) == 1
    assert all(isinstance(r, (SectionVersion, WrittenMeanwhile)) for r in results)
    assert ReportFile.objects.count() == 0
