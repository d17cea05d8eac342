"""Imports: what is told of a file that is not right, and what becomes of one that is."""

import datetime as dt
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import AdminDong, Destruction
from notifications.models import Message
from programs import bulk_intake, expiry, imports, jobs
from programs.models import Application, ApplicationEvent, Call, Consent, ImportJob
from programs.models.applications import Channel
from programs.models.jobs import JobState
from tests.factories import cast as c
from tests.programs.import_files import line, upload_of, workbook
from tests.programs.signed_in import client_of

LIST = "/work/import/"


@pytest.fixture(autouse=True)
def _here(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def officer(cast):
    return client_of(cast.officer)


def send(officer, cast, lines, **kwargs):
    file = upload_of(workbook(cast.dongjak, lines), **kwargs)
    return officer.post(LIST, {"call": cast.call.pk, "file": file}, follow=True)


def confirm(officer, job):
    return officer.post(reverse("programs:import_confirm", args=[job.key]), follow=True)


def messages_of(job):
    return [(error["row"], error["column"], error["message"]) for error in job.errors]


def test_the_template_holds_headings_an_example_and_codes(officer, cast):
    dong = AdminDong.objects.filter(district=c.DONGJAK).first()
    response = officer.get(reverse("programs:import_template", args=[cast.call.pk]))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    headings = [cell.value for cell in book["신청"][1]]
    assert headings[:4] == ["접수일시 *", "이름 *", "생년월일 *", "휴대전화 *"]
    assert "동의: 수집·이용 동의 *" in headings
    assert book["신청"]["B2"].value == "예) 홍길동"
    assert dong.name in {cell.value for cell in book["코드"]["B"]}
    assert officer.get(reverse("programs:import_template", args=[cast.call.pk + 1])).status_code == 404


def test_a_right_file_is_shown_and_then_taken_in_by_stated_time(officer, cast):
    page = send(officer, cast, [line(2), line(1, dong=None)])
    assert "2건" in page.text
    assert "박**1" in page.text
    assert "박종이1" not in page.text
    job = ImportJob.objects.get()
    assert job.state == JobState.READY
    assert not Application.objects.exists()
    assert "2건을 등록했습니다" in confirm(officer, job).text
    first, second = Application.objects.order_by("order_at", "id")
    assert (first.name, second.name) == ("박종이1", "박종이2")
    assert first.receipt_no < second.receipt_no
    assert (first.channel, first.state, first.phone) == ("import", "submitted", "01020000001")
    assert first.door_guard_detail.building_type == "studio"
    assert Consent.objects.filter(application=first, given=True).count() == 2
    event = ApplicationEvent.objects.get(application=first)
    assert (event.action, event.occurred_at, event.membership) == (
        "submit",
        first.received_at,
        cast.officer.membership,
    )
    assert Message.objects.filter(about=f"application:{first.pk}").count() == 1
    job.refresh_from_db()
    assert (job.state, job.file.name, job.summary) == (JobState.DONE, "", {})


def test_confirming_twice_takes_it_in_once(officer, cast):
    send(officer, cast, [line(1)])
    job = ImportJob.objects.get()
    confirm(officer, job)
    confirm(officer, job)
    assert Application.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"name": None}, "이름", "꼭 적어야"),
        ({"birth_date": "어제"}, "생년월일", "1996-03-14"),
        ({"birth_date": "900314-1234567"}, "생년월일", "주민등록번호"),
        ({"address": "시험로 1 (900314-1234567)"}, "도로명주소", "주민등록번호"),
        ({"phone": "12"}, "휴대전화", "010-1234-5678"),
        ({"tenure": "별장"}, "주택 점유형태", "코드"),
        ({"dong": "없는동"}, "행정동", "코드"),
        ({"household_size": "둘"}, "세대원 수", "숫자"),
        ({"household_size": 2}, "", "1인가구"),
        ({"birth_date": "2015-01-01"}, "", "18세"),
        ({"detail:has_wifi": "없습니다"}, "", "무선인터넷"),
        ({"detail:building_type": None}, "집의 종류", "꼭 적어야"),
        ({"received_at": "언젠가"}, "접수일시", "14:30"),
        ({"received_at": "2101-01-01 09:00"}, "접수일시", "오지 않은"),
        ({"received_at": "2001.01.01"}, "접수일시", "접수 기간"),
        ({"consent": "동의하지 않음"}, "동의: 수집·이용 동의", "동의가 필요"),
    ],
)
def test_each_error_names_its_row_and_column(officer, cast, changes, column, words):
    page = send(officer, cast, [line(1), line(2, **changes)])
    job = ImportJob.objects.get()
    assert job.state == JobState.FAILED
    (error,) = messages_of(job)
    assert error[:2] == (4, column)
    assert words in error[2]
    assert "4번째 줄" in page.text
    assert not job.file
    assert "900314" not in str(job.errors)
    assert confirm(officer, job).status_code == 200
    assert not Application.objects.exists()


def test_phones_and_numbers_may_be_as_excel_keeps_them(officer, cast):
    send(officer, cast, [line(1, phone=1012345678, birth_date=dt.date(1990, 3, 14), household_size=1.0)])
    confirm(officer, ImportJob.objects.get())
    assert Application.objects.get().phone == "01012345678"


def test_duplicates_inside_the_file_and_in_the_portal_are_named(officer, cast):
    there = cast.receive(c.person(name="박종이3", birth_date=dt.date(1990, 3, 14), phone="01020000003"))
    send(officer, cast, [line(1), line(3), line(1)])
    found = messages_of(ImportJob.objects.get())
    assert [row for row, _column, _message in found] == [4, 5]
    assert there.receipt_no in found[0][2]
    assert "3번째 줄과 같은 사람" in found[1][2]


def test_someone_who_applied_between_preview_and_confirm_stops_it_all(officer, cast):
    send(officer, cast, [line(1), line(2)])
    cast.receive(c.person(name="박종이2", birth_date=dt.date(1990, 3, 14), phone="01020000002"))
    page = confirm(officer, ImportJob.objects.get())
    assert "이미 접수된 신청" in page.text
    assert Application.objects.count() == 1


def test_a_full_call_that_closes_refuses_the_file(officer, cast):
    Call.objects.filter(pk=cast.call.pk).update(when_full="close")
    type(cast.dongjak).objects.filter(pk=cast.dongjak.pk).update(quota=0)
    assert "정원이 찼습니다" in send(officer, cast, [line(1)]).text


def _zip(**entries):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xlsx", b"name,phone\n", ".xlsx) 파일이 아닙니다"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 99, "옛 엑셀"),
        ("a.xlsm", b"PK", "매크로"),
        ("a.xlsx", _zip(xl__workbook_dot_xml="", xl__vbaProject_dot_bin="x"), "매크로"),
        ("a.xlsx", _zip(word__document_dot_xml=""), ".xlsx) 파일이 아닙니다"),
        ("a.xlsx", _zip(xl__workbook_dot_xml="<broken"), "깨져"),
        ("900314-1234567.xlsx", b"PK", "이름을 바꾸어"),
        ("a.xlsx", b"", "빈 파일"),
    ],
)
def test_a_wrong_file_is_told_in_words(officer, cast, name, content, words):
    page = officer.post(LIST, {"call": cast.call.pk, "file": SimpleUploadedFile(name, content)}, follow=True)
    assert words in page.text
    assert not Application.objects.exists()


def test_a_file_too_big_or_that_unpacks_without_end_is_refused(officer, cast, settings, monkeypatch):
    monkeypatch.setattr("accounts.sheets.MAX_UNPACKED", 1_000)
    assert "너무 큽니다" in send(officer, cast, [line(1)]).text
    settings.UPLOAD_MAX_BYTES = 100
    assert "MB까지 올릴 수" in send(officer, cast, [line(1)]).text


def test_missing_columns_and_an_empty_file_are_told(officer, cast):
    book = workbook(cast.dongjak, [line(1)])
    book.worksheets[0].delete_cols(2)
    page = officer.post(LIST, {"call": cast.call.pk, "file": upload_of(book)}, follow=True)
    assert "없는 열이 있습니다: 이름" in page.text
    assert "한 건도 없습니다" in send(officer, cast, []).text


def test_a_big_file_is_checked_and_taken_in_by_a_worker(officer, cast, monkeypatch):
    asked = []
    monkeypatch.setattr(jobs, "wake_worker", lambda job: asked.append(job.pk))
    monkeypatch.setattr(imports, "INLINE_BYTES", 0)
    monkeypatch.setattr(imports, "INLINE_ROWS", 0)
    assert "확인하고 있습니다" in send(officer, cast, [line(1)]).text
    job = ImportJob.objects.get()
    address = reverse("programs:import", args=[job.key])
    imports.run(job.pk)
    assert "HX-Refresh" in officer.get(address, headers={"HX-Request": "true"}).headers
    assert "등록하고 있습니다" in confirm(officer, job).text
    seen = []
    monkeypatch.setattr(jobs, "report", lambda job, done: seen.append(done))
    assert "0% 마쳤습니다" in officer.get(address, headers={"HX-Request": "true"}).text
    imports.run(job.pk)
    assert asked == [job.pk, job.pk]
    assert "1건을 등록했습니다" in officer.get(address).text


def test_how_far_it_is_shows_before_it_is_committed(officer, cast, monkeypatch):
    monkeypatch.setattr(bulk_intake, "BATCH", 2)
    seen = []

    def report(job, done):
        jobs.ImportJob.objects.filter(pk=job.pk).update(done=done)
        seen.append((done, "% 마쳤습니다" in officer.get(reverse("programs:import", args=[job.key])).text))

    send(officer, cast, [line(n) for n in range(1, 6)])
    monkeypatch.setattr(jobs, "report", report)
    confirm(officer, ImportJob.objects.get())
    assert seen == [(0, True), (2, True), (3, True), (4, True)]


def test_the_same_file_twice_is_one_job(officer, cast):
    book = workbook(cast.dongjak, [line(1)])
    content = upload_of(book).read()
    for _ in range(2):
        officer.post(LIST, {"call": cast.call.pk, "file": SimpleUploadedFile("a.xlsx", content)})
    assert ImportJob.objects.count() == 1


def test_giving_up_and_time_destroy_the_file(officer, cast):
    send(officer, cast, [line(1)])
    job = ImportJob.objects.get()
    storage, name = job.file.storage, job.file.name
    assert Path(storage.path(name)).read_bytes()[8:10] != b"PK"
    officer.post(reverse("programs:import_give_up", args=[job.key]))
    assert not storage.exists(name)
    send(officer, cast, [line(1)])
    assert imports.expire_due(timezone.now()) == 0
    assert imports.expire_due(timezone.now() + dt.timedelta(days=8)) == 1
    assert "등록하지 않고 지웠습니다" in officer.get(reverse("programs:import", args=[job.key])).text


@pytest.mark.parametrize(
    ("state", "afterwards"),
    [("waiting", "expired"), ("running", "expired"), ("ready", "expired"), ("failed", "failed"), ("done", "done")],
)
def test_time_destroys_the_file_whatever_became_of_it(officer, cast, state, afterwards):
    send(officer, cast, [line(1)])
    job = ImportJob.objects.get()
    jobs.update(job, state=state)
    storage, name = job.file.storage, job.file.name
    later = timezone.now() + dt.timedelta(days=imports.KEEP_DAYS)
    assert expiry.expire_files(later - dt.timedelta(hours=1)) == 0
    assert expiry.expire_files(later) == 1
    assert not storage.exists(name)
    record = Destruction.objects.get()
    assert (record.what, record.files) == ("일괄등록 파일", 1)
    job.refresh_from_db()
    assert (job.state, bool(job.file), job.summary == {}) == (afterwards, False, afterwards == "expired")
    assert expiry.expire_files(later) == 0
    imports.run(job.pk)
    assert not Application.objects.exists()


def test_an_ended_membership_or_a_lost_job_takes_nothing_in(officer, cast, monkeypatch):
    send(officer, cast, [line(1)])
    job = ImportJob.objects.get()
    jobs.update(job, state=JobState.WAITING, confirmed_at=timezone.now(), attempts=jobs.MAX_ATTEMPTS)
    imports.run(job.pk)
    job.refresh_from_db()
    assert "여러 번" in job.errors[0]["message"]
    send(officer, cast, [line(2)])
    job = ImportJob.objects.latest("pk")
    jobs.update(job, state=JobState.WAITING, confirmed_at=timezone.now())
    type(cast.officer.membership).objects.filter(pk=cast.officer.membership.pk).update(ends_at=timezone.now())
    imports.run(job.pk)
    job.refresh_from_db()
    assert "소속이 끝나" in job.errors[0]["message"]
    assert not Application.objects.exists()


def test_the_error_list_can_be_taken_whole(officer, cast):
    page = send(officer, cast, [line(n, phone="1") for n in range(1, 203)])
    assert "앞의 200곳만" in page.text
    job = ImportJob.objects.get()
    response = officer.get(reverse("programs:import_errors", args=[job.key]))
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]
    assert sheet.max_row == 203


def test_others_and_citizens_see_nothing_of_it(officer, cast, client):
    send(officer, cast, [line(1)])
    job = ImportJob.objects.get()
    for other in (cast.neighbour, cast.manager):
        assert client_of(other).get(reverse("programs:import", args=[job.key])).status_code == 404
        assert client_of(other).post(reverse("programs:import_confirm", args=[job.key])).status_code == 404
    assert client_of(cast.city).get(LIST).status_code == 403
    client.force_login(c.citizen())
    assert client.get(LIST).status_code == 403


def test_the_list_asks_the_database_a_fixed_number_of_times(officer, cast, django_assert_max_num_queries):
    assert "올린 파일이 없습니다" in officer.get(LIST).text
    ImportJob.objects.bulk_create(
        ImportJob(membership=cast.officer.membership, call=cast.call, filename="a.xlsx", sha256="0", state="done")
        for _ in range(21)
    )
    with django_assert_max_num_queries(10):
        assert "page=2" in officer.get(LIST).text


def test_many_are_received_in_few_statements(cast, django_assert_max_num_queries):
    intakes = [
        bulk_intake.Intake(
            person=c.person(), district_call=cast.dongjak, detail=c.DETAIL,
            consents={item.pk: True for item in cast.consents}, channel=Channel.IMPORT,
        )
        for _ in range(50)
    ]  # fmt: skip
    with django_assert_max_num_queries(20):
        assert len(bulk_intake.receive_many(intakes, cast.dongjak, actor=cast.officer)) == 50


def test_a_file_that_claims_a_sheet_without_end_is_read_in_little_memory(officer, cast):
    book = workbook(cast.dongjak, [line(1)])
    book.worksheets[0].cell(1_048_576, 16_384, 1)
    assert "1건" in officer.post(LIST, {"call": cast.call.pk, "file": upload_of(book)}, follow=True).text
    assert ImportJob.objects.get().state == JobState.READY
