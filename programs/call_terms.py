"""A call with its programme and what it asks for (consents, documents, conditions), read once and
kept until any of it changes."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from functools import lru_cache

from programs.models import Call, ConsentItem, EligibilityRule, RequiredDocument

_KEPT = 256  # calls


@dataclass(frozen=True)
class CallTerms:
    """Shared by every request of this process: read it, never change it."""

    call: Call  # with its programme
    consents: tuple[ConsentItem, ...]
    documents: tuple[RequiredDocument, ...]
    rules: tuple[EligibilityRule, ...]

    def rules_on(self, day: dt.date) -> list[EligibilityRule]:
        """The conditions in force that day."""
        return [rule for rule in self.rules if day in rule.valid]

    def documents_in(self, district_id: str | None) -> list[RequiredDocument]:
        """The documents every district asks for, and those of this one."""
        return [document for document in self.documents if document.district_id in (None, district_id)]


def terms_of(call: Call) -> CallTerms:
    """The terms of this call as of when it was read: the database gives it a new `terms_version` at every change."""
    return terms_at(call.pk, call.terms_version)


@lru_cache(maxsize=_KEPT)
def terms_at(call_id: int, _version: uuid.UUID) -> CallTerms:
    """The same where only the call's key and version were read. The version is but the key under which it is kept."""
    return CallTerms(
        call=Call.objects.select_related("program").get(pk=call_id),
        consents=tuple(ConsentItem.objects.filter(call=call_id).order_by("sort", "id")),
        documents=tuple(RequiredDocument.objects.filter(call=call_id).order_by("sort", "id")),
        rules=tuple(EligibilityRule.objects.filter(call=call_id).order_by("sort", "id")),
    )
