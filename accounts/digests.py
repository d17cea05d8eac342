"""The hash of a row's id, in SQL and here: what one row adds to the digest of rows (reports.rows.Rows)."""

from __future__ import annotations

import hashlib

# The SHA-256 of an id's decimal digits as a whole number. PostgreSQL 15 reads hexadecimal only up to 64 bits, so it is
# put together from four pieces of 60 bits and one of 16; OFFSET 0 keeps the planner from hashing once for each piece.
_PIECES = " + ".join(
    f"('x' || substr(h, {15 * n + 1}, 15))::bit(60)::bigint * {2 ** (196 - 60 * n)}::numeric" for n in range(4)
)
_ID_HASH = (
    f"(SELECT {_PIECES} + ('x' || right(h, 4))::bit(16)::int "  # noqa: S608 - our own words
    "FROM (SELECT encode(sha256({}::text::bytea), 'hex') h OFFSET 0) one)"
)


def hash_of_id(pk: int) -> int:
    return int(hashlib.sha256(str(pk).encode()).hexdigest(), 16)


def id_hash(column: str) -> str:
    """SQL of the hash of this column, a numeric below 2^256."""
    return _ID_HASH.format(column)
