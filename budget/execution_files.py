"""Files of e-호조: commitment and expenditure by document, cumulative.

They are read, matched to budget lines and compared with what is posted; only the differences go into a voucher,
which is approved like any other.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.masking import has_resident_number
from accounts.roles import Actor
from accounts.sheets import CellError, UnableToRead, filled_rows, first_sheet, places_of, text_of
from budget.cumulative import Row, is_as_previewed, lock_documents, posted_by_document
from budget.models import BudgetLine, EntryKind, ExecutionFile, Fund, ProjectAlias, Voucher
from budget.posting import DRAFTERS, draft_voucher, lines_of, submit_voucher
from budget.refusals import Posting, UnableToPost

State = ExecutionFile.State
MAX_ROWS = 5_000
MAX_BYTES = 5 * 1024 * 1024
MAX_ERRORS = 200
EXAMPLE = "예)"
LEVELS = ("정책사업", "단위사업", "세부사업", "세부항목")
DOCUMENT, DAY, CODE, FUND, COMMITTED, SPENT = "문서번호", "일자", "통계목", "재원", "원인행위액", "지출액"
COLUMNS = (DOCUMENT, DAY, *LEVELS, CODE, FUND, COMMITTED, SPENT)
FUNDS: dict[str, str] = {
    Fund.CITY: "시비",
    Fund.DISTRICT: "구비",
    Fund.NATIONAL: "국비",
}  # the file is Korean, whoever reads it
_DAY = re.compile(r"(\d{4})\D{0,2}(\d{1,2})\D{0,2}(\d{1,2})\D?")
_CODE = re.compile(r"(\d{3})-?(\d{2})")


@dataclass
class Reading:
    rows: list[Row] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)

    @property
    def changed(self) -> list[Row]:
        return [row for row in self.rows if is_changed(row)]


def is_changed(row: Row) -> bool:
    return (row["committed"], row["spent"]) != (row["was_committed"], row["was_spent"])


def preview_file(file: BinaryIO, *, filename: str, fiscal_year: int, actor: Actor) -> ExecutionFile | None:
    """Keep what was read for its preview; None when nothing differs from what is posted. Raises UnableToRead,
    UnableToPost."""
    if actor.role not in DRAFTERS or actor.membership is None:
        raise UnableToPost(_("%(role)s은(는) 예산 문서를 기안할 수 없습니다.") % {"role": actor.role.label})
    if has_resident_number(filename):
        raise UnableToRead(_("파일 이름에 주민등록번호가 있습니다. 이름을 바꾸고 다시 올려 주십시오."))
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UnableToRead(_("파일이 5MB를 넘습니다. 여러 파일로 나누어 올리십시오."))
    reading = read(io.BytesIO(data), actor.membership.organisation_id, fiscal_year)
    if not reading.errors and not reading.changed:
        return None
    return ExecutionFile.objects.create(
        organisation=actor.membership.organisation, fiscal_year=fiscal_year, filename=filename[:200],
        sha256=hashlib.sha256(data).hexdigest(), rows=[] if reading.errors else reading.rows,
        problems=[error.as_json() for error in reading.errors], uploaded_as=actor.membership,
    )  # fmt: skip


def read(file: BinaryIO, organisation_id: int, fiscal_year: int) -> Reading:
    with first_sheet(file) as lines:
        places = places_of(next(lines, ()), COLUMNS)
        reading = _Reader(organisation_id, fiscal_year).read(
            (number, {name: line[at] if at < len(line) else None for name, at in places.items()})
            for number, line in filled_rows(lines)
        )
    posted = posted_by_document([r["line"] for r in reading.rows], [r["document_no"] for r in reading.rows])
    for row in reading.rows:
        row["was_committed"], row["was_spent"] = posted.get((row["line"], row["document_no"]), (0, 0))
    return reading


@transaction.atomic
def draft_from_file(key: Any, *, actor: Actor) -> Voucher:
    """Put the differences into a voucher and submit it. Raises ExecutionFile.DoesNotExist, UnableToPost."""
    file = _locked(key, actor)
    if file.problems:
        raise UnableToPost(_("오류가 있는 파일입니다. 고쳐서 다시 올리십시오."))
    lock_documents(file.organisation_id)
    if not is_as_previewed(file.rows):
        raise UnableToPost(_("미리보기한 뒤에 기장된 문서가 있습니다. 파일을 다시 올리십시오."))
    voucher = draft_voucher(
        actor=actor, kind=Voucher.Kind.EXECUTION, fiscal_year=file.fiscal_year, title=_title(file),
        occurred_on=max(dt.date.fromisoformat(row["on"]) for row in file.rows if is_changed(row)),
        postings=differences(file.rows),
    )  # fmt: skip
    file.state, file.voucher = State.DRAFTED, voucher
    file.save(update_fields=["state", "voucher"])
    return submit_voucher(voucher.pk, actor=actor)


@transaction.atomic
def give_file_up(key: Any, *, actor: Actor) -> None:
    file = _locked(key, actor)
    file.state, file.rows, file.problems = State.DISCARDED, [], []
    file.save(update_fields=["state", "rows", "problems"])


def differences(rows: list[Row]) -> list[Posting]:
    """What has to be posted so that each document stands at its cumulative amounts."""
    changed = [row for row in rows if is_changed(row)]
    lines = BudgetLine.objects.select_related("item", "object_code").in_bulk({row["line"] for row in changed})
    return [
        Posting(
            lines[row["line"]], kind, row[name] - row[f"was_{name}"], external_no=row["document_no"],
            occurred_on=dt.date.fromisoformat(row["on"]),
        )
        for row in changed
        for name, kind in (("committed", EntryKind.COMMITMENT), ("spent", EntryKind.EXPENDITURE))
        if row[name] != row[f"was_{name}"]
    ]  # fmt: skip


def _title(file: ExecutionFile) -> str:
    return f"{_('e-호조 집행자료')} — {file.filename}"[:120]


def _locked(key: Any, actor: Actor) -> ExecutionFile:
    rows: Any = ExecutionFile.objects.visible_to(actor).filter(organisation=actor.organisation_id)
    file = rows.select_for_update(of=("self",)).get(key=key)
    if file.state != State.PREVIEWED:
        raise UnableToPost(_("이미 처리한 파일입니다. 화면을 새로 열어 확인하십시오."))
    return file


# --- Reading ------------------------------------------------------------------------------
def _plain(text: str) -> str:
    return "".join(text.split())


class _Reader:
    def __init__(self, organisation_id: int, fiscal_year: int) -> None:
        self.fiscal_year = fiscal_year
        self.lines = list(lines_of(organisation_id, fiscal_year))
        self.names = self._names()
        self.reading = Reading()
        self.seen: set[tuple[int, str]] = set()

    def _names(self) -> dict[int, set[str]]:
        """Every name of every project of the year, without spaces."""
        names: dict[int, set[str]] = {}
        for line in self.lines:
            for project in line.projects:
                names.setdefault(project.pk, set()).add(_plain(project.name))
        for alias in ProjectAlias.objects.filter(project__in=names):
            names[alias.project_id].add(_plain(alias.name))
        return names

    def read(self, rows: Iterator[tuple[int, dict[str, Any]]]) -> Reading:
        total = 0
        for number, cells in rows:
            if text_of(cells[DOCUMENT]).startswith(EXAMPLE):
                continue
            total += 1
            if total > MAX_ROWS:
                most = f"{MAX_ROWS:,}"
                raise UnableToRead(_("한 번에 %(n)s건까지 올릴 수 있습니다. 나누어 올리십시오.") % {"n": most})
            self._row(number, cells)
        if not total:
            raise UnableToRead(_("문서가 한 건도 없습니다. 둘째 줄부터 적어 올리십시오."))
        return self.reading

    def _row(self, number: int, cells: dict[str, Any]) -> None:
        before = len(self.reading.errors)
        document_no = self._clean(number, DOCUMENT, cells, _document_no)
        on = self._clean(number, DAY, cells, self._day)
        committed = self._clean(number, COMMITTED, cells, _won)
        spent = self._clean(number, SPENT, cells, _won)
        line = self._line(number, cells)
        if len(self.reading.errors) > before or line is None:
            return
        if spent > committed:
            self._error(number, SPENT, _("지출액이 원인행위액보다 많습니다."))
        elif (line.pk, document_no) in self.seen:
            self._error(number, DOCUMENT, _("같은 문서번호와 예산 과목이 두 번 있습니다. 한 줄로 합치십시오."))
        else:
            self.seen.add((line.pk, document_no))
            self.reading.rows.append(
                {"row": number, "document_no": document_no, "on": on.isoformat(), "line": line.pk,
                 "committed": committed, "spent": spent}
            )  # fmt: skip

    def _clean(self, number: int, column: str, cells: dict[str, Any], clean: Callable[[Any], Any]) -> Any:
        try:
            return clean(cells[column])
        except ValidationError as wrong:
            self._error(number, column, " ".join(wrong.messages))
            return None

    def _day(self, cell: Any) -> dt.date:
        first, last = dt.date(self.fiscal_year, 1, 1), dt.date(self.fiscal_year + 1, 2, 10)
        try:
            day = cell.date() if isinstance(cell, dt.datetime) else _date_of(text_of(cell))
        except ValueError:
            raise ValidationError(_("일자는 2026-03-02처럼 적으십시오.")) from None
        if not first <= day <= last:
            raise ValidationError(_("%(year)s 회계연도의 일자가 아닙니다.") % {"year": self.fiscal_year})
        return day

    def _line(self, number: int, cells: dict[str, Any]) -> BudgetLine | None:
        """The line of these names, object code and fund; the first thing that is not found is said."""
        left = self.lines
        for depth, column in enumerate(LEVELS):
            name = text_of(cells[column])
            left = [line for line in left if _plain(name) in self.names[line.projects[depth].pk]]
            if not left:
                words = {"name": name}
                self._error(number, column, _("‘%(name)s’은(는) 우리 기관의 예산에 없는 이름입니다.") % words)
                return None
        for column, is_it in ((CODE, _has_code), (FUND, _has_fund)):
            left = [line for line in left if is_it(line, text_of(cells[column]))]
            if not left:
                words = {"name": text_of(cells[column])}
                self._error(number, column, _("‘%(name)s’(으)로 편성된 예산이 이 세부항목에 없습니다.") % words)
                return None
        return left[0]

    def _error(self, row: int, column: str, message: str) -> None:
        if len(self.reading.errors) < MAX_ERRORS:
            self.reading.errors.append(CellError(row, column, message))


def _has_code(line: BudgetLine, text: str) -> bool:
    if code := _CODE.search(text):
        return line.object_code_id == "-".join(code.groups())
    return _plain(text) == _plain(line.object_code.name)


def _has_fund(line: BudgetLine, text: str) -> bool:
    return text in (line.fund, FUNDS[line.fund])


def _date_of(text: str) -> dt.date:
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError(text)
    year, month, day = map(int, found.groups())
    return dt.date(year, month, day)


def _document_no(cell: Any) -> str:
    text = text_of(cell)
    if not text or len(text) > 60:
        raise ValidationError(_("문서번호를 60자까지 적으십시오."))
    if has_resident_number(text):
        raise ValidationError(_("주민등록번호로 보이는 숫자가 있습니다. 지우고 다시 올리십시오."))
    return text


def _won(cell: Any) -> int:
    text = text_of(cell).replace(",", "")
    if not text.isdigit() or len(text) > 15:
        raise ValidationError(_("금액은 0 이상의 원 단위 숫자로 적으십시오."))
    return int(text)


def template(organisation_id: int, fiscal_year: int) -> BinaryIO:
    """A file to fill in: headings, an example that is skipped, and a sheet of the lines there are."""
    import xlsxwriter  # noqa: PLC0415 - half a second that no process should wait for at its start

    file, lines = io.BytesIO(), list(lines_of(organisation_id, fiscal_year))
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    head = book.add_format({"bold": True, "bg_color": "#E7F4FE", "border": 1})
    grey = book.add_format({"font_color": "#6D7882", "italic": True})
    rows, known = book.add_worksheet("집행"), book.add_worksheet("예산과목")
    rows.set_column(0, len(COLUMNS) - 1, 16)
    known.set_column(0, 5, 24)
    rows.freeze_panes(1, 0)
    for at, text in enumerate(COLUMNS):
        rows.write_string(0, at, text, head)
    for at, text in enumerate((*LEVELS, CODE, FUND)):
        known.write_string(0, at, text, head)
    for row, line in enumerate(lines, 1):
        for at, text in enumerate(_cells(line)):
            known.write_string(row, at, text)
    example = _cells(lines[0]) if lines else [""] * 6
    for at, text in enumerate([f"{EXAMPLE} 복지-1234", f"{fiscal_year}-03-02", *example, "1000000", "500000"]):
        rows.write_string(1, at, text, grey)
    book.close()
    file.seek(0)
    return file


def _cells(line: BudgetLine) -> list[str]:
    return [*(project.name for project in line.projects), line.object_code_id, FUNDS[line.fund]]
