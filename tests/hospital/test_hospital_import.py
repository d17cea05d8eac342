"""The national list: by its columns, again and again, wrong lines told, nothing half-done."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from accounts.roles import Actor, Role
from hospital import hospital_files
from hospital.hospital_import import UnableToImport, import_hospitals
from hospital.models import Hospital, HospitalFile
from hospital.selectors.places import find_hospitals
from portal.seoul2021.hospitals import load_hospitals
from tests.factories import cast as c
from tests.programs.signed_in import client_of

pytestmark = pytest.mark.django_db
HEADS = ["암호화요양기호", "요양기관명", "종별코드명", "시도코드명", "시군구코드명", "주소", "전화번호", "총의사수"]
ROWS = [
    ["A1", "가나병원", "병원", "서울", "동작구", "서울 동작구", "02-1", 3],
    ["A2", "다라의원", "의원", "경기", "수원시", "경기 수원시", "", 1],
    ["A3", "부산병원", "병원", "부산", "해운대구", "", "", 1],
    ["A4", "어디의원", "의원", "서울", "없는구", "", "", 1],
    ["A5", "무엇의원", "점집", "서울", "동작구", "", "", 1],
    ["A1", "가나병원", "병원", "서울", "동작구", "서울 동작구", "02-1", 3],
]


def book(rows, heads=HEADS) -> BytesIO:
    made, file = Workbook(), BytesIO()
    for row in [heads, *rows]:
        made.active.append(row)
    made.save(file)
    file.seek(0)
    return file


def test_seoul_and_the_capital_area_are_taken_in_and_wrong_lines_told():
    found = import_hospitals(book(ROWS))
    assert (found.new, found.elsewhere, found.passed_over) == (2, 1, 3)
    assert [(line.row, line.column) for line in found.wrong] == [
        (5, "시군구코드명"), (6, "종별코드명"), (7, "암호화요양기호"),
    ]  # fmt: skip
    assert set(Hospital.objects.values_list("code", "region", "district_id")) == {
        ("A1", "seoul", "11590"), ("A2", "gyeonggi", None)
    }  # fmt: skip


def test_again_it_changes_what_changed_and_closes_what_is_gone():
    import_hospitals(book(ROWS))
    found = import_hospitals(book([["A1", "새이름병원", *ROWS[0][2:]]]))
    assert (found.new, found.changed, found.closed) == (0, 1, 1)
    assert found.told == [("changed", "가나병원", "새이름병원"), ("closed", "다라의원", "")]
    assert Hospital.objects.get(code="A1").name == "새이름병원"
    assert not Hospital.objects.get(code="A2").open
    assert import_hospitals(book([["A1", "새이름병원", *ROWS[0][2:]]])).same == 1


def test_one_that_opens_again_is_open_again():
    import_hospitals(book(ROWS))
    import_hospitals(book(ROWS[:1]))
    assert import_hospitals(book(ROWS)).changed == 1
    assert Hospital.objects.get(code="A2").open


def test_a_dry_run_changes_nothing():
    assert import_hospitals(book(ROWS), dry_run=True).new == 2
    assert not Hospital.objects.exists()


def test_the_sample_gives_way_to_the_list_and_what_the_city_added_stays():
    load_hospitals()
    sample = Hospital.objects.count()
    Hospital.objects.create(code="city-1", name="직접병원", kind="hospital", district_id=c.DONGJAK, source="시")
    assert import_hospitals(book(ROWS)).closed == sample
    assert set(Hospital.objects.filter(open=True).values_list("code", flat=True)) == {"A1", "A2", "city-1"}


def test_the_headings_may_stand_in_any_order_among_others():
    heads, rows = HEADS[::-1], [row[::-1] for row in ROWS]
    assert import_hospitals(book(rows, heads)).new == 2


def test_a_thousand_more_cost_three_statements_a_thousand(django_assert_max_num_queries):
    rows = [[f"B{n}", f"의원{n}", "의원", "서울", "동작구", "", "", 1] for n in range(2_000)]
    with django_assert_max_num_queries(8):
        import_hospitals(book(rows))


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (book(ROWS, ["암호화요양기호", "요양기관명", "종류", "시도코드명", "시군구코드명"]), "종별코드명"),
        (book(ROWS[2:3]), "한 곳도 없습니다"),
        (book([], []), "암호화요양기호"),
        (BytesIO(b"no workbook"), "xlsx"),
        (BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 100), "xls"),
    ],
)
def test_what_is_not_the_list_is_refused_in_words(file, why):
    with pytest.raises(UnableToImport, match=why):
        import_hospitals(file)
    assert not Hospital.objects.exists()


def test_a_hospital_is_found_by_a_part_of_its_name():
    load_hospitals()
    found = [row.name for row in find_hospitals(Actor.anonymous(), "서울 대학교")]
    assert found[0] == "서울대학교병원"
    assert "분당서울대학교병원" in found
    assert list(find_hospitals(Actor.anonymous(), " ")) == []


# --- Files and pages -----------------------------------------------------------------------
@pytest.fixture
def officer():
    return Actor.of(c.member(Role.CITY_OFFICER))


def sent(rows=ROWS, name="목록.xlsx"):
    return SimpleUploadedFile(name, book(rows).getvalue())


def test_a_file_is_compared_first_and_taken_in_once(officer):
    client = client_of(officer)
    answer = client.post(reverse("hospital:hospital_files"), {"file": sent()})
    job = HospitalFile.objects.get()
    assert answer.url == reverse("hospital:hospital_file", args=[job.key])
    page = client.get(answer.url).content.decode()
    assert "5번째 줄" in page
    assert "병원 목록에 반영" in page
    assert not Hospital.objects.exists()
    for _n in range(2):
        client.post(reverse("hospital:hospital_file_confirm", args=[job.key]))
    job.refresh_from_db()
    assert (job.state, job.file.name, Hospital.objects.count()) == ("done", "", 2)
    assert "반영하였습니다" in client.get(answer.url).content.decode()


def test_the_same_file_twice_is_one_job(officer):
    file = sent()
    assert hospital_files.upload(file, actor=officer) == hospital_files.upload(file, actor=officer)


def test_a_file_given_up_is_destroyed(officer):
    job = hospital_files.upload(sent(), actor=officer)
    storage, name = job.file.storage, job.file.name
    client_of(officer).post(reverse("hospital:hospital_file_give_up", args=[job.key]))
    assert not storage.exists(name)
    hospital_files.confirm(job, actor=officer)  # too late
    assert not Hospital.objects.exists()


def test_a_file_nobody_took_in_is_destroyed_after_its_days(officer):
    job = hospital_files.upload(sent(), actor=officer)
    assert hospital_files.expire_due(timezone.now()) == 0
    HospitalFile.objects.update(uploaded_at=timezone.now() - timezone.timedelta(days=8))
    assert hospital_files.expire_due(timezone.now()) == 1
    job.refresh_from_db()
    assert (job.state, job.file.name) == ("expired", "")


def test_a_wrong_file_says_so_and_changes_nothing(officer):
    client = client_of(officer)
    url = reverse("hospital:hospital_files")
    wrong = client.post(url, {"file": SimpleUploadedFile("a.xlsx", b"text")})
    assert wrong.status_code == 422
    assert "엑셀" in wrong.content.decode()
    elsewhere = client.post(url, {"file": sent(ROWS[2:3])}, follow=True).content.decode()
    assert "한 곳도 없습니다" in elsewhere


def test_the_list_is_searched_and_the_city_alone_edits_it(officer, escort):
    Hospital.objects.all().delete()
    load_hospitals()
    url = reverse("hospital:hospitals")
    page = client_of(escort.caller).get(url, {"words": "보라 매"}).content.decode()
    assert "보라매병원" in page
    assert "서울대학교병원" not in page
    assert reverse("hospital:hospital_new") not in page
    assert client_of(escort.caller).get(reverse("hospital:hospital_new")).status_code == 403
    assert "찾는 병원이 없습니다" in client_of(officer).get(url, {"closed": "on"}).content.decode()


def test_one_is_added_closed_and_found_no_more(officer):
    client = client_of(officer)
    values = {"name": "새병원", "kind": "hospital", "region": "seoul", "district": "", "reason": "목록에 없음"}
    wrong = client.post(reverse("hospital:hospital_new"), values)
    assert wrong.status_code == 422
    assert "자치구를 고르십시오" in wrong.content.decode()
    client.post(reverse("hospital:hospital_new"), values | {"district": c.DONGJAK, "open": "on"})
    made = Hospital.objects.get()
    assert list(find_hospitals(officer, "새병원")) == [made]
    url = reverse("hospital:hospital", args=[made.pk])
    client.post(url, values | {"district": c.DONGJAK, "reason": "문을 닫음"})
    assert list(find_hospitals(officer, "새병원")) == []
    assert "문을 닫음" in client.get(url).content.decode()
