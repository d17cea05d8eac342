"""What is known of a person and a day when a wish is judged, read in one statement (docs/decisions/few-statements.md):
terms, proofs, bans, what is used of the limits, other bookings of the day, the consents asked, who runs it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.prepared import prepared_cursor
from hospital.escort_terms import PROGRAM, EscortTerms, terms_of
from hospital.models import EscortConsent
from programs.models import Terms

_SQL = """
SELECT
 (SELECT json_build_object('id', t.id, 'values', t.values, 'basis', t.basis, 'district', t.district_id)
  FROM programs_terms t
  WHERE t.program_id = %s AND t.valid @> %s::date AND (t.district_id IS NULL OR t.district_id = %s)
  ORDER BY t.district_id NULLS LAST LIMIT 1),
 (SELECT json_agg(json_build_object('kind', p.kind, 'percent', p.income_percent))
  FROM hospital_freeproof p WHERE p.service_user_id = %s AND p.valid @> %s::date),
 (SELECT json_build_object('reason', b.reason, 'first', lower(b.days), 'after', upper(b.days))
  FROM hospital_ban b WHERE b.service_user_id = %s AND b.days @> %s::date AND b.lifted_at IS NULL LIMIT 1),
 (SELECT json_agg(json_build_array(c.measure, c.per, c.starts_on, c.used + c.over))
  FROM hospital_usagecounter c WHERE c.service_user_id = %s AND c.starts_on = ANY(%s::date[])),
 (SELECT json_agg(json_build_array(o.number, o.earliest, coalesce(o.meet_at, o.latest), o.minutes))
  FROM hospital_trip o WHERE o.service_user_id = %s AND o.day = %s::date AND o.ended_at IS NULL),
 (SELECT json_agg(to_jsonb(e) - 'valid' ORDER BY e.sort, e.id)
  FROM hospital_escortconsent e WHERE e.valid @> %s::date),
 (SELECT g.id FROM accounts_organisation g WHERE g.kind = 'escort_operator' ORDER BY g.id DESC LIMIT 1)
"""
_WITH_KEYS = f"{_SQL}, nextval('hospital_trip_id_seq'), nextval('hospital_trip_number_seq')"


@dataclass(frozen=True)
class Proof:
    """A proof in force that day: its kind, and the share of the median income (percent) it shows."""

    kind: str
    income_percent: int


@dataclass(frozen=True)
class BanInForce:
    reason: str
    days: DateRange


@dataclass(frozen=True)
class OtherTrip:
    number: str
    earliest: dt.datetime
    ends: dt.datetime


@dataclass(frozen=True)
class Standing:
    """All of it. `terms` is None where none are in force; `used` by (measure, per, first day of the period)."""

    terms: Terms | None
    proofs: tuple[Proof, ...]
    ban: BanInForce | None
    used: dict[tuple[str, str, dt.date], int]
    others: tuple[OtherTrip, ...]
    consents: tuple[EscortConsent, ...]
    operator_id: int | None
    keys: tuple[int, int] | None = None


def standing_of(
    service_user_id: int | None, day: dt.date, district_code: str, today: dt.date, *, to_book: bool = False
) -> Standing:
    """Of nobody known yet (None) there are no proofs, bans or uses. `to_book` takes the key of a trip and the number
    people call it by, too; a refused booking leaves a gap in both."""
    starts = [day.replace(month=1, day=1), day.replace(day=1), day - dt.timedelta(days=day.weekday())]
    who = service_user_id or 0
    with prepared_cursor() as cursor:
        cursor.execute(
            _WITH_KEYS if to_book else _SQL,
            [PROGRAM, day, district_code, who, day, who, day, who, starts, who, day, today],
        )
        terms, proofs, ban, used, others, consents, operator, *keys = cursor.fetchone()
    return Standing(
        terms=terms and _terms(_loaded(terms)),
        proofs=tuple(Proof(row["kind"], row["percent"]) for row in _loaded(proofs) or ()),
        ban=ban and _ban(_loaded(ban)),
        used={(m, per, dt.date.fromisoformat(first)): n for m, per, first, n in _loaded(used) or ()},
        others=tuple(_other(*row) for row in _loaded(others) or ()),
        consents=tuple(EscortConsent(**row) for row in _loaded(consents) or ()),
        operator_id=operator,
        keys=(keys[0], keys[1]) if keys else None,
    )


def asked_on(day: dt.date, district_code: str = "") -> tuple[EscortTerms, list[EscortConsent]]:
    """What a booking asks on a day: the terms, of the district where it has its own, and the consents in their order.
    Raises UnableToPerform where no terms are in force."""
    standing = standing_of(None, day, district_code, day)
    return terms_of(standing.terms, day), list(standing.consents)


def _loaded(value: Any) -> Any:
    """Django's connection leaves JSON as text for its own fields to read."""
    return json.loads(value) if isinstance(value, str) else value


def _terms(row: dict[str, Any]) -> Terms:
    return Terms(
        id=row["id"], program_id=PROGRAM, values=row["values"], basis=row["basis"], district_id=row["district"]
    )


def _ban(row: dict[str, Any]) -> BanInForce:
    return BanInForce(row["reason"], DateRange(*(dt.date.fromisoformat(row[end]) for end in ("first", "after"))))


def _other(number: str, earliest: str, meets: str, minutes: int) -> OtherTrip:
    ends = dt.datetime.fromisoformat(meets) + dt.timedelta(minutes=minutes)
    return OtherTrip(number, dt.datetime.fromisoformat(earliest), ends)
