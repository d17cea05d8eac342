"""Taking in the national list of hospitals (건강보험심사평가원, 병원정보서비스) as XLSX: by its own column names, only
Seoul and the capital area, again and again. What is on the list no more is closed, never deleted: trips refer to it.
Hospitals that the city added by hand stay as they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.bulk import insert_many, update_many
from accounts.models import District
from accounts.sheets import CellError, UnableToRead, filled_rows, first_sheet, text_of
from hospital.models import Hospital

SOURCE = "건강보험심사평가원 병원정보서비스"
CODE, NAME, KIND, REGION, DISTRICT = "암호화요양기호", "요양기관명", "종별코드명", "시도코드명", "시군구코드명"
ADDRESS, PHONE = "주소", "전화번호"
NEEDED = (CODE, NAME, KIND, REGION, DISTRICT)
MAX_ROWS = 200_000
MOST_TOLD = 200  # wrong lines that are kept, and as many changes
_REGIONS = {"서울": Hospital.Region.SEOUL, "인천": Hospital.Region.INCHEON, "경기": Hospital.Region.GYEONGGI}
_KINDS = {
    "상급종합": Hospital.Kind.TERTIARY, "종합병원": Hospital.Kind.GENERAL, "병원": Hospital.Kind.HOSPITAL,
    "정신병원": Hospital.Kind.HOSPITAL, "요양병원": Hospital.Kind.LONG_TERM, "의원": Hospital.Kind.CLINIC,
    "조산원": Hospital.Kind.CLINIC, "치과병원": Hospital.Kind.DENTAL, "치과의원": Hospital.Kind.DENTAL,
    "한방병원": Hospital.Kind.ORIENTAL, "한의원": Hospital.Kind.ORIENTAL, "보건소": Hospital.Kind.PUBLIC,
    "보건지소": Hospital.Kind.PUBLIC, "보건의료원": Hospital.Kind.PUBLIC, "보건진료소": Hospital.Kind.PUBLIC,
}  # fmt: skip
_FIELDS = ("name", "kind", "region", "district_id", "address", "phone", "open", "source")
_SAMPLE = "sample-"


class UnableToImport(Exception):
    """The file is not the list; the message says what to do."""


@dataclass
class Imported:
    """What an import did, or would do. `wrong` are lines that were passed over, `told` some of the changes: (what,
    name, new name); both at most MOST_TOLD of all."""

    new: int = 0
    changed: int = 0
    same: int = 0
    closed: int = 0
    elsewhere: int = 0
    passed_over: int = 0
    wrong: list[CellError] = field(default_factory=list)
    told: list[tuple[str, str, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def import_hospitals(file: BinaryIO, *, dry_run: bool = False) -> Imported:
    """All or nothing; with `dry_run` nothing. Raises UnableToImport."""
    found = Imported()
    wanted = _read(file, found)
    with transaction.atomic():
        with connection.cursor() as cursor:  # two imports take turns
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('hospital.import', 0))")
        known = {row.code: row for row in Hospital.objects.all()}
        changed, gone = _compared(wanted, known, found)
        if not dry_run:
            insert_many(row for code, row in wanted.items() if code not in known)
            update_many(changed, _FIELDS)
            for row in gone:
                row.open = False
            update_many(gone, ["open"])
    return found


def _compared(
    wanted: dict[str, Hospital], known: dict[str, Hospital], found: Imported
) -> tuple[list[Hospital], list[Hospital]]:
    """(those that differ, those that are gone), counted. The sample gives way: the list has its hospitals itself."""
    changed = []
    for code, row in wanted.items():
        before = known.get(code)
        if before is None:
            found.new += 1
        elif any(getattr(before, name) != getattr(row, name) for name in _FIELDS):
            row.pk = before.pk
            changed.append(row)
            found.told.append(("changed", before.name, row.name))
        else:
            found.same += 1
    listed = (row for code, row in known.items() if row.source == SOURCE or code.startswith(_SAMPLE))
    gone = [row for row in listed if row.open and row.code not in wanted]
    found.told = [*found.told[:MOST_TOLD], *(("closed", row.name, "") for row in gone[:MOST_TOLD])]
    found.changed, found.closed = len(changed), len(gone)
    return changed, gone


# --- Reading ------------------------------------------------------------------------------
def _read(file: BinaryIO, found: Imported) -> dict[str, Hospital]:
    """Hospitals (not saved) by their code."""
    wanted: dict[str, Hospital] = {}
    districts = {row.name_ko: row.pk for row in District.objects.all()}
    try:
        with first_sheet(file) as lines:
            for number, line in _lines(lines):
                region = _REGIONS.get(line[REGION][:2])
                if region is None and line[REGION]:
                    found.elsewhere += 1
                elif why := _why_not(line, region, districts, wanted):
                    found.passed_over += 1
                    if len(found.wrong) < MOST_TOLD:
                        found.wrong.append(CellError(number, *why))
                else:
                    wanted[line[CODE]] = _hospital(line, str(region), districts)
    except UnableToRead as error:
        raise UnableToImport(str(error)) from error
    if not wanted:
        raise UnableToImport(_("서울·인천·경기의 병원이 한 곳도 없습니다. 파일을 확인하십시오."))
    return wanted


def _lines(lines: Iterator[tuple[Any, ...]]) -> Iterator[tuple[int, dict[str, str]]]:
    """(number, the columns that are wanted) of each filled line below the heading."""
    heads = [text_of(cell) for cell in next(lines, ())]
    if missing := [name for name in NEEDED if name not in heads]:
        raise UnableToImport(
            _("첫 줄에 다음 열이 없습니다: %(list)s. 병원정보서비스의 파일인지 확인하십시오.")
            % {"list": ", ".join(missing)}
        )
    places = {name: heads.index(name) for name in (*NEEDED, ADDRESS, PHONE) if name in heads}
    for read, (number, cells) in enumerate(filled_rows(lines)):
        if read >= MAX_ROWS:
            raise UnableToImport(_("한 번에 %(n)s줄까지 읽을 수 있습니다.") % {"n": f"{MAX_ROWS:,}"})
        yield number, {name: text_of(cells[at]) if at < len(cells) else "" for name, at in places.items()}


def _why_not(
    line: dict[str, str], region: str | None, districts: dict[str, str], wanted: dict[str, Hospital]
) -> tuple[str, str] | None:
    """The column that is wrong, and why."""
    in_seoul = region == Hospital.Region.SEOUL
    checks = (
        (region is None, REGION, _("시도가 비어 있습니다.")),
        (not line[CODE] or len(line[CODE]) > 120, CODE, _("기호가 비어 있거나 너무 깁니다.")),
        (line[CODE] in wanted, CODE, _("같은 기호가 두 번 있습니다. 앞의 줄을 씁니다.")),
        (not line[NAME], NAME, _("이름이 비어 있습니다.")),
        (line[KIND] not in _KINDS, KIND, _("모르는 종별입니다: %(kind)s") % {"kind": line[KIND]}),
        (
            in_seoul and line[DISTRICT] not in districts,
            DISTRICT,
            _("모르는 자치구입니다: %(name)s") % {"name": line[DISTRICT]},
        ),
    )
    return next(((column, why) for is_wrong, column, why in checks if is_wrong), None)


def _hospital(line: dict[str, str], region: str, districts: dict[str, str]) -> Hospital:
    return Hospital(
        code=line[CODE], name=line[NAME][:120], kind=_KINDS[line[KIND]], region=region,
        district_id=districts[line[DISTRICT]] if region == Hospital.Region.SEOUL else None,
        address=line.get(ADDRESS, "")[:200], phone=line.get(PHONE, "")[:20], open=True, source=SOURCE,
    )  # fmt: skip
