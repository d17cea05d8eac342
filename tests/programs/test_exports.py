"""Downloads: what is in the file, who may have it, what is logged, and what becomes of it."""

import datetime as dt
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLog
from accounts.roles import Role
from programs import exports, jobs
from programs.models import ExportJob
from programs.models.jobs import JobState
from tests.factories import cast as c
from tests.programs.signed_in import client_of

REASON = {"purpose": "reporting", "reason": "월간 점검 자료"}


@pytest.fixture
def officer(cast):
    return client_of(cast.officer)


@pytest.fixture
def in_background(monkeypatch):
    monkeypatch.setattr(exports, "DIRECT_ROWS", 1)
    monkeypatch.setattr(jobs, "wake_worker", lambda job: None)


@pytest.fixture(autouse=True)
def _here(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def new(what="applications", query=""):
    return reverse("programs:export_new", args=[what]) + query


def sheet_of(response):
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_a_download_asks_why(officer, cast):
    cast.receive()
    page = officer.get(new())
    assert "왜 받으십니까?" in page.text
    assert "필수 입력 항목" in officer.post(new(), {"purpose": "", "reason": ""}).text
    assert "주민등록번호" in officer.post(new(), REASON | {"reason": "900101-1234567 확인"}).text
    assert not AccessLog.objects.filter(action="download").exists()


def test_a_small_download_is_masked_and_typed_and_logged(officer, cast):
    row = cast.receive(c.person(name="홍길동", phone="01012345678"))
    cast.receive(c.person(c.GWANAK))
    (line,) = sheet_of(officer.post(new(), REASON))
    assert line["접수번호"] == row.receipt_no
    assert (line["이름"], line["휴대전화"]) == ("홍*동", "010-****-5678")
    assert isinstance(line["접수일시"], dt.datetime)
    assert "생년월일" not in line
    log = AccessLog.objects.get(action="download")
    assert (log.ids, log.reason, log.purpose, log.count) == ([row.pk], "월간 점검 자료", "reporting", 1)


def test_district_staff_may_have_it_whole_and_the_city_may_not(officer, cast):
    cast.receive(c.person(name="홍길동", phone="01012345678"))
    (line,) = sheet_of(officer.post(new(), REASON | {"unmasked": "on"}))
    assert (line["이름"], line["휴대전화"]) == ("홍길동", "010-1234-5678")
    assert isinstance(line["생년월일"], dt.datetime)
    (line,) = sheet_of(client_of(cast.city).post(new(), REASON | {"unmasked": "on"}))
    assert line["이름"] == "홍*동"
    wish = exports.Wish(exports.find("applications", cast.city), {}, "audit", "점검", unmasked=True)
    with pytest.raises(exports.UnableToExport, match="자치구의 담당자"):
        exports.order(wish, cast.city)


def test_it_carries_the_answers_that_the_programme_declares(officer, cast):
    cast.receive(detail=c.DETAIL | {"building_type": "villa", "deposit": "10000000", "lease_ends_on": "2027-03-01"})
    (line,) = sheet_of(officer.post(new(), REASON))
    wifi = "무선인터넷(Wi-Fi) 공유기가 있습니다"
    assert (line["집의 종류"], line[wifi]) == ("빌라·연립·다세대", "O")
    assert "보증금(원)" not in line  # the lease is personal
    (line,) = sheet_of(officer.post(new(query=f"?call={cast.call.pk}"), REASON | {"unmasked": "on"}))
    assert (line["보증금(원)"], line["월세(원)"]) == (10_000_000, 500_000)
    assert line["임대차계약 끝나는 날"] == dt.datetime(2027, 3, 1)  # noqa: DTZ001 - Excel's own
    (line,) = sheet_of(officer.post(new(query="?program=another"), REASON))
    assert "집의 종류" not in line


def test_no_cell_is_a_formula(officer, cast):
    cast.receive(c.person(name='=HYPERLINK("http://x")', address="@SUM(1)+1"))
    content = b"".join(officer.post(new(), REASON | {"unmasked": "on"}).streaming_content)
    cells = {cell.value for cell in openpyxl.load_workbook(io.BytesIO(content)).worksheets[0][2]}
    assert {'=HYPERLINK("http://x")', "@SUM(1)+1"} <= cells
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<f" not in archive.read("xl/worksheets/sheet1.xml")


def test_the_filter_of_the_queue_is_the_filter_of_the_file(officer, cast):
    cast.receive()
    assert "자료가 없습니다" in officer.get(new(query="?state=selected&tab=decided")).text
    response = officer.post(new(query="?state=selected&tab=decided"), REASON)
    assert "자료가 없" in response.text
    assert len(sheet_of(officer.post(new(query="?state=submitted&tab=open&junk=1"), REASON))) == 1


def test_a_stranger_or_an_unknown_export_gets_nothing(client, officer, cast):
    assert officer.get(new("secrets")).status_code == 404
    client.force_login(c.citizen())
    assert client.get(new()).status_code == 403


def test_many_rows_are_made_in_the_background_once(officer, cast, in_background):
    first, second = cast.receive(), cast.receive()
    page = officer.post(new(), REASON)
    job = ExportJob.objects.get()
    assert page.url == reverse("programs:export", args=[job.key])
    assert officer.post(new(), REASON).url == page.url
    assert "차례를 기다리고" in officer.get(page.url).text
    exports.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.total, job.written) == (JobState.READY, 2, 2)
    log = AccessLog.objects.get(action="download")
    assert set(log.ids) == {first.pk, second.pk}
    assert "HX-Refresh" in officer.get(page.url, headers={"HX-Request": "true"}).headers
    assert Path(job.file.path).read_bytes()[8:10] != b"PK"
    assert len(sheet_of(officer.post(reverse("programs:export_take", args=[job.key])))) == 2
    taken = AccessLog.objects.get(about=f"export:{job.pk}")
    assert (taken.count, taken.reason) == (2, "월간 점검 자료")
    assert "내려받기 내역" in officer.get(reverse("programs:exports")).text


def made(cast, officer):
    for _ in range(2):
        cast.receive()
    officer.post(new(), REASON)
    job = ExportJob.objects.get()
    exports.run(job.pk)
    job.refresh_from_db()
    return job


def test_only_its_owner_may_take_it(officer, cast, in_background):
    job = made(cast, officer)
    for other in (cast.manager, cast.neighbour, cast.city):
        stranger = client_of(other)
        assert stranger.get(reverse("programs:export", args=[job.key])).status_code == 404
        assert stranger.post(reverse("programs:export_take", args=[job.key])).status_code == 404
        with pytest.raises(ExportJob.DoesNotExist):
            exports.take(job, other)


def test_it_expires_and_is_destroyed(officer, cast, in_background):
    job = made(cast, officer)
    later = timezone.now() + dt.timedelta(hours=25)
    storage, name = job.file.storage, job.file.name
    assert exports.expire_due(timezone.now()) == 0
    assert exports.expire_due(later) == 1
    assert not storage.exists(name)
    page = officer.post(reverse("programs:export_take", args=[job.key]), follow=True)
    assert "파일이 없습니다" in page.text
    assert "기한이 지났습니다" in page.text


def test_past_its_time_it_is_refused_even_before_the_sweep(officer, cast, in_background):
    job = made(cast, officer)
    jobs.update(job, expires_at=timezone.now())
    assert "기한 지남" in officer.get(reverse("programs:export", args=[job.key])).text
    assert officer.post(reverse("programs:export_take", args=[job.key])).status_code == 302


def test_it_stops_when_the_membership_ended(officer, cast, in_background):
    cast.receive()
    cast.receive()
    officer.post(new(), REASON)
    job = ExportJob.objects.get()
    membership = cast.officer.membership
    membership.ends_at = timezone.now()
    membership.save()
    exports.run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "소속이 끝나" in job.error
    assert not job.file


def test_an_error_is_told_in_words_and_a_lost_job_is_given_up(officer, cast, in_background, monkeypatch):
    cast.receive()
    cast.receive()
    officer.post(new(), REASON)
    job = ExportJob.objects.get()
    jobs.update(job, state=JobState.RUNNING, attempts=jobs.MAX_ATTEMPTS)
    exports.run(job.pk)
    job.refresh_from_db()
    assert "여러 번 시도" in job.error
    assert "만들지 못했습니다" in officer.get(reverse("programs:export", args=[job.key])).text
    jobs.update(job, state=JobState.WAITING, attempts=0)
    monkeypatch.setattr(exports, "_go_on", lambda *a: 1 / 0)
    exports.run(job.pk)
    job.refresh_from_db()
    assert "오류가 났습니다" in job.error


def test_the_list_has_an_empty_state_a_second_page_and_few_queries(
    officer, cast, in_background, django_assert_max_num_queries
):
    assert "내려받기 파일이 없습니다" in officer.get(reverse("programs:exports")).text
    ExportJob.objects.bulk_create(
        ExportJob(membership=cast.officer.membership, what="applications", reason="x") for _ in range(21)
    )
    with django_assert_max_num_queries(7):
        assert "page=2" in officer.get(reverse("programs:exports")).text
    assert cast.actor(Role.DISTRICT_OFFICER, c.DONGJAK).membership.exports.count() == 0
