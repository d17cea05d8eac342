"""The XLSX file of a district's paper applications: its columns, its template, and reading it row by row."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.forms import BirthDateField, PhoneField
from accounts.masking import has_resident_number
from accounts.models import AdminDong
from accounts.models.people import Tenure
from accounts.sheets import CellError, UnableToRead, filled_rows, first_sheet, places_of, text_of
from programs import registry
from programs.deadlines import SEOUL
from programs.intake import Intake, Person
from programs.models import ConsentItem, DistrictCall
from programs.models.applications import Channel

MAX_ROWS = 20_000
MAX_ERRORS = 2_000
EXAMPLE = "예)"
_YES = {"Y": "동의함", "N": "동의하지 않음"}
_END_OF_DAY = dt.time(18)


@dataclass(frozen=True)
class Field:
    """One column: where its value goes, its heading, and how a cell becomes the value."""

    name: str
    label: str
    clean: Callable[[Any], Any]
    example: Any
    required: bool = True
    choices: dict[str, str] = field(default_factory=dict)
    hint: str = ""


@dataclass
class Sheet:
    """What was read: one intake a row that could be read, with its row number, and the errors of the others."""

    intakes: list[Intake] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    total: int = 0


# --- Cells --------------------------------------------------------------------------------
def _text(max_length: int) -> Callable[[Any], str]:
    def clean(cell: Any) -> str:
        text = text_of(cell)
        if len(text) > max_length:
            raise ValidationError(_("%(n)s자까지 적을 수 있습니다.") % {"n": max_length})
        return text

    return clean


def _moment(cell: Any) -> dt.datetime:
    """A date and time in Seoul. A date without a time counts as the end of that working day: ahead of nobody."""
    if not isinstance(cell, dt.datetime):
        text = text_of(cell).replace(".", "-").replace("/", "-")
        try:
            cell = dt.datetime.fromisoformat(text)
        except ValueError:
            raise ValidationError(_("접수일시는 2026-11-20 14:30처럼 적으십시오.")) from None
    if cell.time() == dt.time():
        end = dt.datetime.combine(cell.date(), _END_OF_DAY, SEOUL)
        now = dt.datetime.now(SEOUL)
        return min(end, now) if end.date() == now.date() else end
    return cell.replace(tzinfo=SEOUL)


_birth_date, _phone = BirthDateField(), PhoneField()


def _date(cell: Any) -> dt.date | None:
    return cell.date() if isinstance(cell, dt.datetime) else _birth_date.to_python(text_of(cell))


def _any_date(cell: Any) -> str:
    """For a programme's own form, which reads ISO dates."""
    return cell.date().isoformat() if isinstance(cell, dt.datetime) else text_of(cell)


def _phone_number(cell: Any) -> str:
    """Excel drops the first zero of a number."""
    text = text_of(cell)
    return _phone.clean(f"0{text}" if text.isdigit() and len(text) in (9, 10) and text[0] == "1" else text)


def _whole_number(low: int, high: int) -> Callable[[Any], int]:
    def clean(cell: Any) -> int:
        text = text_of(cell).replace(",", "")
        if not text.isdigit() or not low <= int(text) <= high:
            raise ValidationError(_("%(low)s부터 %(high)s까지의 숫자로 적으십시오.") % {"low": low, "high": high})
        return int(text)

    return clean


def _one_of(choices: dict[str, str]) -> Callable[[Any], str]:
    """The code of a choice, written as its code or its label."""
    codes = {code.lower(): code for code in choices} | {"".join(text.split()): code for code, text in choices.items()}

    def clean(cell: Any) -> str:
        text = "".join(text_of(cell).split())
        code = codes.get(text) or codes.get(text.lower())
        if code is None:
            raise ValidationError(_("‘코드’ 시트에 있는 값 가운데 하나를 적으십시오."))
        return code

    return clean


# --- Columns ------------------------------------------------------------------------------
def fields_of(district_call: DistrictCall) -> list[Field]:
    """The columns of this call in this district: the person, the programme's own questions, the consents."""
    with translation.override("ko"):
        return [*_person_fields(district_call), *_detail_fields(district_call), *_consent_fields(district_call)]


def _person_fields(district_call: DistrictCall) -> list[Field]:
    dongs = {row.pk: row.name for row in AdminDong.objects.filter(district=district_call.district_id).order_by("name")}
    tenures = {code: str(label) for code, label in Tenure.choices}
    first_dong = next(iter(dongs.values()), "")
    return [
        Field("received_at", "접수일시", _moment, "2026-11-20 14:30",
              hint="종이 신청서에 찍힌 접수일시. 시각이 없으면 그날 18시로 봅니다."),
        Field("name", "이름", _text(40), f"{EXAMPLE} 홍길동"),
        Field("birth_date", "생년월일", _date, "1990-03-14",
              hint="1990-03-14 또는 19900314. 주민등록번호는 적지 마십시오."),
        Field("phone", "휴대전화", _phone_number, "010-1234-5678"),
        Field("address", "도로명주소", _text(200), "시험로 1, 101호"),
        Field("dong", "행정동", _one_of(dongs), first_dong, required=False, choices=dongs),
        Field("household_size", "세대원 수", _whole_number(1, 20), 1, hint="본인을 포함한 수. 혼자이면 1."),
        Field("tenure", "주택 점유형태", _one_of(tenures), tenures["monthly"], choices=tenures),
        Field("proxy_name", "대리인", _text(40), "", required=False),
        Field("proxy_phone", "대리인 전화", _phone_number, "", required=False),
    ]  # fmt: skip


def _detail_fields(district_call: DistrictCall) -> Iterator[Field]:
    form = registry.get(district_call.call.program_id).detail_form()
    for name, asked in form.fields.items():
        choices = {str(code): str(label) for code, label in getattr(asked, "choices", ()) if code not in ("", None)}
        clean: Callable[[Any], Any] = _text(2_000)
        example: Any = ""
        if choices:
            clean, example = _one_of(choices), next(iter(choices.values()))
        elif isinstance(asked, forms.DateField):
            clean, example = _any_date, "2027-12-31"
        elif isinstance(asked, forms.IntegerField):
            clean, example = _whole_number(0, 10**12), 0
        yield Field(
            f"detail:{name}", str(asked.label), clean, example, required=asked.required, choices=choices,
            hint=str(asked.help_text),
        )  # fmt: skip


def _consent_fields(district_call: DistrictCall) -> Iterator[Field]:
    for item in ConsentItem.objects.filter(call=district_call.call_id).order_by("sort", "id"):
        yield Field(
            f"consent:{item.pk}", f"동의: {item.title}", _one_of(_YES), _YES["Y"], choices=_YES,
            hint="신청서에 서명으로 동의한 대로 적습니다." + ("" if item.required else " 동의하지 않아도 접수합니다."),
        )  # fmt: skip


def heading(column: Field) -> str:
    return f"{column.label} *" if column.required else column.label


def template(district_call: DistrictCall) -> BinaryIO:
    """An empty file to fill in: headings, an example row (which is skipped when read), and a sheet of codes."""
    import xlsxwriter  # noqa: PLC0415 - half a second that no process should wait for at its start

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    head = book.add_format({"bold": True, "bg_color": "#E7F4FE", "border": 1, "text_wrap": True, "valign": "top"})
    needed = book.add_format({"bold": True, "bg_color": "#FDE9EA", "border": 1, "text_wrap": True, "valign": "top"})
    grey = book.add_format({"font_color": "#6D7882", "italic": True})
    rows, codes = book.add_worksheet("신청"), book.add_worksheet("코드")
    rows.freeze_panes(1, 0)
    codes.set_column(0, 2, 34)
    for at, text in enumerate(("열", "적는 값", "설명")):
        codes.write_string(0, at, text, head)
    line = 1
    for at, column in enumerate(fields_of(district_call)):
        rows.set_column(at, at, 18)
        rows.write_string(0, at, heading(column), needed if column.required else head)
        rows.write_string(1, at, str(column.example), grey)
        for text in list(column.choices.values()) or [""]:
            codes.write_string(line, 0, column.label)
            codes.write_string(line, 1, text)
            codes.write_string(line, 2, column.hint)
            line += 1
    book.close()
    file.seek(0)
    return file


# --- Reading ------------------------------------------------------------------------------
def read(file: BinaryIO, district_call: DistrictCall) -> Sheet:
    """Every row of the first sheet as an intake, or as errors. Raises UnableToRead for the file as a whole."""
    with first_sheet(file) as lines:
        return _Reader(district_call).read(lines)


class _Reader:
    def __init__(self, district_call: DistrictCall) -> None:
        self.district_call = district_call
        self.columns = fields_of(district_call)
        self.dongs = {row.pk: row for row in AdminDong.objects.filter(district=district_call.district_id)}
        self.sheet = Sheet()

    def read(self, lines: Iterator[tuple[Any, ...]]) -> Sheet:
        at = places_of(next(lines, ()), [column.label for column in self.columns])
        places = {column.name: at[column.label] for column in self.columns}
        name_at = places["name"]
        for number, line in filled_rows(lines):
            if len(line) > name_at and text_of(line[name_at]).startswith(EXAMPLE):
                continue
            self.sheet.total += 1
            if self.sheet.total > MAX_ROWS:
                most = f"{MAX_ROWS:,}"
                raise UnableToRead(_("한 번에 %(n)s건까지 올릴 수 있습니다. 나누어 올리십시오.") % {"n": most})
            self._row(number, {name: line[at] if at < len(line) else None for name, at in places.items()})
        if not self.sheet.total:
            raise UnableToRead(_("신청이 한 건도 없습니다. 둘째 줄부터 신청을 적어 올리십시오."))
        return self.sheet

    def _row(self, number: int, cells: dict[str, Any]) -> None:
        values: dict[str, Any] = {}
        before = len(self.sheet.errors)
        for column in self.columns:
            cell = cells[column.name]
            if text_of(cell) == "":
                if column.required:
                    self.error(number, column.label, _("꼭 적어야 하는 칸입니다."))
            elif isinstance(cell, str) and has_resident_number(cell):
                self.error(number, column.label, _("주민등록번호로 보이는 숫자가 있습니다. 지우고 다시 올리십시오."))
            else:
                try:
                    values[column.name] = column.clean(cell)
                except ValidationError as wrong:
                    self.error(number, column.label, " ".join(wrong.messages))
        if len(self.sheet.errors) == before:
            self.sheet.intakes.append(self._intake(values))
            self.sheet.rows.append(number)

    def error(self, row: int, column: str, message: str) -> None:
        if len(self.sheet.errors) < MAX_ERRORS:
            self.sheet.errors.append(CellError(row, column, message))

    def _intake(self, values: dict[str, Any]) -> Intake:
        person = Person(
            name=values["name"], birth_date=values["birth_date"], phone=values["phone"], address=values["address"],
            district=self.district_call.district, household_size=values["household_size"], tenure=values["tenure"],
            dong=self.dongs.get(values.get("dong", "")),
        )  # fmt: skip
        return Intake(
            person=person,
            district_call=self.district_call,
            detail={name.removeprefix("detail:"): x for name, x in values.items() if name.startswith("detail:")},
            consents={int(name[8:]): x == "Y" for name, x in values.items() if name.startswith("consent:")},
            channel=Channel.IMPORT,
            stated_received_at=values["received_at"],
            proxy_name=values.get("proxy_name"),
            proxy_phone=values.get("proxy_phone"),
        )
