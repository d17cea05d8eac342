"""The national list: by its columns, again and again, wrong lines told, nothing half-done."""

from __future__ import annotations

import pytest
from openpyxl import Workbook

from accounts.roles import Actor
from hospital.hospital_import import UnableToImport, import_hospitals
from hospital.models import Hospital
from hospital.selectors.places import find_hospitals
from portal.seoul2021.hospitals import load_hospitals

pytestmark = pytest.mark.django_db
HEADS = ["암호화요양기호", "요양기관명", "종별코드명", "시도코드명", "시군구코드명", "주소", "전화번호", "총의사수"]
ROWS = [
    ["A1", "가나병원", "병원", "서울", "동작구", "서울 동작구", "02-1", 3],
    ["A2", "다라의원", "의원", "경기", "수원시", "경기 수원시", "", 1],
    ["A3", "부산병원", "병원", "부산", "해운대구", "", "", 1],
    ["A4", "어디의원", "의원", "서울", "없는구", "", "", 1],
    ["A5", "무엇의원", "점집", "서울", "동작구", "", "", 1],
]


@pytest.fixture
def book(tmp_path):
    def write(rows, heads=HEADS):
        made = Workbook()
        for row in [heads, *rows]:
            made.active.append(row)
        made.save(tmp_path / "list.xlsx")
        return tmp_path / "list.xlsx"

    return write


def test_seoul_and_the_capital_area_are_taken_in_and_wrong_lines_told(book):
    found = import_hospitals(book(ROWS))
    assert (found.new, found.elsewhere) == (2, 1)
    assert [line.split(":")[0] for line in found.wrong] == ["5", "6"]
    assert set(Hospital.objects.values_list("code", "region", "district_id")) == {
        ("A1", "seoul", "11590"), ("A2", "gyeonggi", None)
    }  # fmt: skip


def test_again_it_changes_what_changed_and_closes_what_is_gone(book):
    import_hospitals(book(ROWS))
    found = import_hospitals(book([["A1", "새이름병원", *ROWS[0][2:]]]))
    assert (found.new, found.changed, found.closed) == (0, 1, 1)
    assert Hospital.objects.get(code="A1").name == "새이름병원"
    assert not Hospital.objects.get(code="A2").open
    assert import_hospitals(book([["A1", "새이름병원", *ROWS[0][2:]]])).same == 1


def test_a_dry_run_changes_nothing(book):
    assert import_hospitals(book(ROWS), dry_run=True).new == 2
    assert not Hospital.objects.exists()


def test_the_sample_gives_way_to_the_list(book):
    load_hospitals()
    assert import_hospitals(book(ROWS)).closed == 72
    assert Hospital.objects.filter(open=True).count() == 2


def test_what_is_not_the_list_is_refused_in_words(book, tmp_path):
    with pytest.raises(UnableToImport, match="종별코드명"):
        import_hospitals(book(ROWS, ["암호화요양기호", "요양기관명", "종류", "시도코드명", "시군구코드명"]))
    with pytest.raises(UnableToImport, match="한 곳도 없습니다"):
        import_hospitals(book(ROWS[2:3]))
    (tmp_path / "x.xlsx").write_text("no workbook")
    with pytest.raises(UnableToImport, match="XLSX"):
        import_hospitals(tmp_path / "x.xlsx")


def test_a_hospital_is_found_by_a_part_of_its_name():
    load_hospitals()
    found = [row.name for row in find_hospitals(Actor.anonymous(), "서울 대학교")]
    assert found[0] == "서울대학교병원"
    assert "분당서울대학교병원" in found
    assert list(find_hospitals(Actor.anonymous(), " ")) == []
