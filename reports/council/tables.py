"""The tables the portal makes for the report, by their names in the text: [표 예산집행현황]."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from django.utils.translation import gettext as _

from reports import statements
from reports.council import budget_tables, transfer_table
from reports.council.edition import Edition, UnableToPlace
from reports.document import COUNT, Block, Cell, Column, Number, Pair, Source, Table
from reports.document import total as sum_of
from reports.questions import Question
from reports.rows import rows_url

Builder = Callable[[Edition], Iterator[Block]]
STATED = "자료"  # [표 자료 publicity.media]: a table that staff stated


def build(words: str, edition: Edition) -> Iterator[Block]:
    """The table of this name. Raises UnableToPlace for an unknown name, or one without its data."""
    name, _space, argument = words.partition(" ")
    if name == STATED and argument:
        yield _stated(argument, edition)
        return
    if words not in BUILDERS:
        raise UnableToPlace(
            _("‘%(name)s’ 표가 없습니다. 쓸 수 있는 표: %(names)s") % {"name": words, "names": ", ".join(BUILDERS)}
        )
    yield from BUILDERS[words](edition)


def _stated(argument: str, edition: Edition) -> Table:
    """A table stated with its source: the first row is the heading. After its name: `as_of=@…`, `name=shown`,
    `source=hidden`."""
    name, *options = argument.split()
    asked = dict(option.partition("=")[::2] for option in options)
    if unknown := set(asked.items()) - {("name", "shown"), ("source", "hidden"), ("as_of", asked.get("as_of"))}:
        raise UnableToPlace(_("‘%(key)s’은(는) 쓸 수 없는 조건입니다.") % {"key": "=".join(min(unknown))})
    as_of = edition.day(asked["as_of"]) if "as_of" in asked else edition.as_of
    found = statements.in_force(name, as_of, edition.known_at if edition.frozen else None)
    if found is None or not found.rows:
        raise UnableToPlace(_("‘%(name)s’ 자료가 기준일까지 입력되지 않았습니다.") % {"name": name})
    columns = [[str(row[n]) for row in found.rows] for n in range(len(found.rows[0]))]
    return Table(
        name=found.label,
        columns=tuple(Column(width=width_of(texts)) for texts in columns),
        header=(tuple(Cell(str(text)) for text in found.rows[0]),),
        body=tuple(
            tuple(Cell(str(text), align="left" if n else None) for n, text in enumerate(row)) for row in found.rows[1:]
        ),
        notes=() if "source" in asked else (_("출처: %(source)s") % {"source": found.source},),
        name_shown="name" in asked,
    )


def width_of(texts: Iterable[str]) -> float:
    """The share of a column that holds these: less than in proportion, since long ones fold."""
    longest = max(len(line) for text in texts for line in text.split("\n"))
    return float(min(max(longest, 4), 60) ** 0.6)


# --- Staffing (인력): authorised / actual by grade, from statements staffing.<unit>.<grade>.<quota|current> -------
GRADES = {
    "admin3": "행정\n3급", "admin4": "행정\n4급", "admin5": "행정\n5급", "arch5": "건축\n5급", "admin6": "행정\n6급",
    "welfare6": "사복\n6급", "arch6": "건축\n6급", "telecom6": "통신\n6급", "health6": "보건\n6급",
    "admin7": "행정\n7급", "welfare7": "사복\n7급", "arch7": "건축\n7급", "clerical6": "사무\n6급",
}  # fmt: skip
UNITS = {"ban1": "특별대책1반", "ban2": "특별대책2반"}
KINDS = ("quota", "current")


def _staffing(edition: Edition) -> Iterator[Block]:
    question = edition.question(as_of="@staffing")
    stated = statements.by_prefix("staffing.", question)
    if not stated:
        raise UnableToPlace(_("인력 자료(staffing.…)가 기준일까지 입력되지 않았습니다."))

    def number(unit: str, grade: str, kind: str) -> Number:
        name = f"staffing.{unit}.{grade}.{kind}"
        row = stated.get(name)
        value = statements.number_of(row) if row else None
        return Number(value, COUNT, key=f"{unit}.{grade}.{kind}", source=_source(name, row, question, edition))

    def pair(unit: str, grade: str) -> Pair:
        return Pair(number(unit, grade, "quota"), number(unit, grade, "current"))

    def sums(key: str, *keys: list[str]) -> Pair:
        quota, current = (_summed(k, stated, f"{key}.{kind}") for kind, k in zip(KINDS, keys, strict=True))
        return Pair(quota, current)

    def row(unit: str, label: str) -> tuple[Cell, ...]:
        whole = sums(f"{unit}.all", *([f"{unit}.{grade}.{kind}" for grade in GRADES] for kind in KINDS))
        return (Cell(label), Cell(whole, emphasis="strong"), *(Cell(pair(unit, grade)) for grade in GRADES))

    totals = [sums(f"all.{g}", *([f"{u}.{g}.{k}" for u in UNITS] for k in KINDS)) for g in GRADES]
    grand = sums("all.all", *([f"{u}.{g}.{k}" for u in UNITS for g in GRADES] for k in KINDS))
    named = ("정원", "현원")
    yield Table(
        name="인력 현황",
        columns=(Column(2.2), Column(1.4, pair=named), *(Column(1, pair=named) for _grade in GRADES)),
        header=((Cell("구 분"), Cell("합 계"), *(Cell(label) for label in GRADES.values())),),
        body=(
            (Cell("계", emphasis="total"), Cell(grand, emphasis="total"),
             *(Cell(one, emphasis="total") for one in totals)),
            *(row(unit, label) for unit, label in UNITS.items()),
        ),
        basis=f"(단위: 명, 정원/현원, ’{question.as_of:%y. %-m. %-d.} 현재)",
    )  # fmt: skip


def _summed(keys: list[str], stated: dict[str, statements.Statement], key: str) -> Number:
    present = [k for k in keys if f"staffing.{k}" in stated]
    value = sum(int(statements.number_of(stated[f"staffing.{k}"])) for k in present)
    return Number(value, COUNT, key=key, formula=sum_of(*present) if present else None)


def _source(name: str, row: statements.Statement | None, question: Question, edition: Edition) -> Source | None:
    if row is None:
        return None
    return Source(
        name=name, label=row.label, as_of=row.as_of, known_at=edition.known_at, query=row.source, rows=1,
        sha256=statements.digest_of(row), url=rows_url(name, question),
    )  # fmt: skip


BUILDERS: dict[str, Builder] = {
    "인력": _staffing,
    "예산총괄": budget_tables.overview,
    "주요 예산현황": budget_tables.main_lines,
    "예산집행현황": budget_tables.execution,
    "예산 전용": transfer_table.transfers,
}
