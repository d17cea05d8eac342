"""Taking in the national list of hospitals (건강보험심사평가원, 병원정보서비스) as XLSX.

By its own column names, only Seoul and the capital area, again and again. What is on the list no more is closed,
never deleted: trips refer to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from zipfile import BadZipFile

from django.db import connection, transaction
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from accounts.bulk import insert_many, update_many
from accounts.models import District
from hospital.models import Hospital

SOURCE = "건강보험심사평가원 병원정보서비스"
CODE, NAME, KIND, REGION, DISTRICT = "암호화요양기호", "요양기관명", "종별코드명", "시도코드명", "시군구코드명"
ADDRESS, PHONE = "주소", "전화번호"
NEEDED = (CODE, NAME, KIND, REGION, DISTRICT)
_REGIONS = {"서울": Hospital.Region.SEOUL, "인천": Hospital.Region.INCHEON, "경기": Hospital.Region.GYEONGGI}
_KINDS = {
    "상급종합": Hospital.Kind.TERTIARY, "종합병원": Hospital.Kind.GENERAL, "병원": Hospital.Kind.HOSPITAL,
    "정신병원": Hospital.Kind.HOSPITAL, "요양병원": Hospital.Kind.LONG_TERM, "의원": Hospital.Kind.CLINIC,
    "치과병원": Hospital.Kind.DENTAL, "치과의원": Hospital.Kind.DENTAL, "한방병원": Hospital.Kind.ORIENTAL,
    "한의원": Hospital.Kind.ORIENTAL, "보건소": Hospital.Kind.PUBLIC, "보건지소": Hospital.Kind.PUBLIC,
    "보건의료원": Hospital.Kind.PUBLIC, "보건진료소": Hospital.Kind.PUBLIC,
}  # fmt: skip
_FIELDS = ("name", "kind", "region", "district_id", "address", "phone", "open", "source")
_SAMPLE = "sample-"


class UnableToImport(Exception):
    """The file is not the list; the message says what to do."""


@dataclass
class Imported:
    """What an import did, or would do; `wrong` holds at most a hundred lines that were passed over, with why."""

    new: int = 0
    changed: int = 0
    same: int = 0
    closed: int = 0
    elsewhere: int = 0
    wrong: list[str] = field(default_factory=list)


def import_hospitals(path: Path, *, dry_run: bool = False) -> Imported:
    """All or nothing; with `dry_run` nothing. Raises UnableToImport."""
    found = Imported()
    with transaction.atomic():
        with connection.cursor() as cursor:  # two imports take turns
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('hospital.import', 0))")
        known = {row.code: row for row in Hospital.objects.all()}
        wanted = dict(_rows(path, found))
        if not wanted:
            raise UnableToImport(_("서울·인천·경기의 병원이 한 곳도 없습니다. 파일을 확인하십시오."))
        _write(wanted, known, found)
        if dry_run:
            transaction.set_rollback(True)
    return found


def _write(wanted: dict[str, Hospital], known: dict[str, Hospital], found: Imported) -> None:
    changed = []
    for code, row in wanted.items():
        before = known.get(code)
        if before is None:
            found.new += 1
        elif any(getattr(before, name) != getattr(row, name) for name in _FIELDS):
            row.pk = before.pk
            changed.append(row)
        else:
            found.same += 1
    gone = [row for code, row in known.items() if code not in wanted and row.open and not code.startswith(_SAMPLE)]
    gone += [row for code, row in known.items() if code.startswith(_SAMPLE) and row.open]  # the list has them itself
    for row in gone:
        row.open = False
    found.changed, found.closed = len(changed), len(gone)
    insert_many(row for code, row in wanted.items() if code not in known)
    update_many(changed, _FIELDS)
    update_many(gone, ["open"])


def _rows(path: Path, found: Imported) -> Iterator[tuple[str, Hospital]]:
    """(code, hospital not saved) of each usable line; the last of a doubled code counts."""
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, OSError) as error:
        raise UnableToImport(_("엑셀 파일(XLSX)이 아닙니다. 내려받은 그대로의 파일을 고르십시오.")) from error
    lines = book.worksheets[0].iter_rows(values_only=True)
    heads = [str(cell or "").strip() for cell in next(lines, ())]
    if missing := [name for name in NEEDED if name not in heads]:
        raise UnableToImport(
            _("첫 줄에 다음 열이 없습니다: %(list)s. 병원정보서비스의 파일인지 확인하십시오.")
            % {"list": ", ".join(missing)}
        )
    districts = {row.name_ko: row.pk for row in District.objects.all()}
    for number, cells in enumerate(islice(lines, 200_000), 2):
        line = {name: str(cell or "").strip() for name, cell in zip(heads, cells, strict=False)}
        region = _REGIONS.get(line[REGION][:2])
        if region is None:
            found.elsewhere += bool(line[CODE])
            continue
        if why := _why_not(line, region, districts):
            if len(found.wrong) < 100:
                found.wrong.append(f"{number}: {why}")
            continue
        yield line[CODE], _hospital(line, region, districts)


def _why_not(line: dict[str, str], region: str, districts: dict[str, str]) -> str:
    if not line[CODE] or not line[NAME]:
        return _("기호나 이름이 비어 있습니다.")
    if line[KIND] not in _KINDS:
        return _("모르는 종별입니다: %(kind)s") % {"kind": line[KIND]}
    if region == Hospital.Region.SEOUL and line[DISTRICT] not in districts:
        return _("모르는 자치구입니다: %(name)s") % {"name": line[DISTRICT]}
    return ""


def _hospital(line: dict[str, str], region: str, districts: dict[str, str]) -> Hospital:
    return Hospital(
        code=line[CODE][:120], name=line[NAME][:120], kind=_KINDS[line[KIND]], region=region,
        district_id=districts[line[DISTRICT]] if region == Hospital.Region.SEOUL else None,
        address=line.get(ADDRESS, "")[:200], phone=line.get(PHONE, "")[:20], open=True, source=SOURCE,
    )  # fmt: skip
