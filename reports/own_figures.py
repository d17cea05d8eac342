"""The figures that programmes count from tables of their own, as reports.figures registers them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.digests import id_hash
from programs.own_figures import OwnFigure, own_figure, own_figures
from reports.ledger import Spec
from reports.questions import Kept, Number, Question


@dataclass(frozen=True)
class Own(Kept):
    """Counted by the programme itself; its rows are counted here, from its own statement."""

    figure: OwnFigure
    rows_are = "own"
    is_flow = True

    def answer(self, question: Question, *, with_digest: bool = False) -> tuple[Number, int, int]:
        value = self.figure.measure(question)
        if not with_digest:
            return value, 0, 0
        statement, parameters = self.figure.statement(question)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*), coalesce(sum({id_hash('id')}), 0) FROM ({statement}) counted",  # noqa: S608
                parameters,
            )
            count, digest = cursor.fetchone()
        return value, count, int(digest)

    def ids(self, question: Question) -> tuple[str, dict[str, Any]]:
        return self.figure.statement(question)


def specs() -> list[Spec]:
    return [_spec(figure) for figure in own_figures()]


def spec_of(name: str) -> Spec | None:
    found = own_figure(name)
    return _spec(found) if found else None


def _spec(figure: OwnFigure) -> Spec:
    return Spec(figure.name, figure.label, figure.unit, figure.query, Own(figure))
