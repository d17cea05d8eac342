"""Figures that are a programme's terms: prices, limits and months in force on a day (programs.models.Terms)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.digests import hash_of_id
from programs.models import Terms
from reports.ledger import Spec
from reports.questions import Kept, Number, Question

PREFIX = "terms."


@dataclass(frozen=True)
class TermsValue(Kept):
    """One whole number of the terms in force on the as-of day; of a district's own terms where it has them."""

    program: str
    key: str
    rows_are = "terms"

    def _terms(self, question: Question) -> Terms | None:
        try:
            return Terms.on(self.program, question.as_of, question.district)
        except Terms.DoesNotExist:
            return None

    def answer(self, question: Question, *, with_digest: bool = False) -> tuple[Number, int, int]:
        terms = self._terms(question)
        if terms is None or self.key not in terms.values:
            return None, 0, 0
        digest = hash_of_id(terms.pk) if with_digest else 0
        return int(terms.values[self.key]), 1, digest

    def ids(self, question: Question) -> tuple[str, dict[str, Any]]:
        terms = self._terms(question)
        return "SELECT id, NULL::timestamptz AS at FROM programs_terms WHERE id = ANY(%(ids)s)", {
            "ids": [terms.pk] if terms else []
        }


def specs() -> list[Spec]:
    """One for each whole number that any terms of a programme hold."""
    keys = {
        (program, key)
        for program, values in Terms.objects.values_list("program", "values")
        for key, value in values.items()
        if isinstance(value, int) and not isinstance(value, bool)
    }
    return [
        Spec(
            f"{PREFIX}{program.replace('-', '_')}.{key}", f"{program}: {key}", "",
            _("기준일에 적용되는 사업 조건(단가·한도)"), TermsValue(program, key),
        )
        for program, key in sorted(keys)
    ]  # fmt: skip
