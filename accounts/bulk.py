"""Writing many rows at once, several times faster than `bulk_create` and `bulk_update`.

Those write one placeholder a value (for encrypted, array and JSON columns they cannot do otherwise), and building such
a statement takes longer than running it: docs/decisions/bulk-writes.md. Here a batch is one JSON value, which
PostgreSQL reads as a table.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction
from django.db.models.expressions import DatabaseDefault
from psycopg import Binary
from psycopg.types.json import Jsonb

from accounts.prepared import prepared_cursor

BATCH = 1_000
Row = TypeVar("Row", bound=models.Model)


@transaction.atomic(savepoint=False)
def insert_many(rows: Iterable[Row], *, ignore_conflicts: bool = False) -> list[Row]:
    """Insert rows of one model, a thousand a statement, and give them their keys.

    As with `bulk_create`, `save` is not called, and with `ignore_conflicts` rows that are there already are passed
    over and none gets its key. A column left to its database default is left so in all rows. Raises IntegrityError."""
    rows = list(rows)
    for batch in _batches(rows):
        sql, values = _insert(batch, ignore_conflicts=ignore_conflicts)
        with prepared_cursor() as cursor:
            cursor.execute(sql, [values])
            if not ignore_conflicts:  # PostgreSQL returns the keys in the order of the rows, scanning one function
                for row, (key,) in zip(batch, cursor.fetchall(), strict=True):
                    row.pk = key
                    _is_in_the_database(row)
    return rows


class Together:
    """Writes to several tables in one statement, whose parts PostgreSQL carries out in no promised order.

    So a row must bring every key that another names, and no part sees what another wrote."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._values: list[Any] = []
        self._rows: list[models.Model] = []

    def insert(self, rows: Iterable[models.Model], *, ignore_conflicts: bool = False) -> None:
        """Insert rows of one model. Keys that the database makes are not read back."""
        if rows := list(rows):
            sql, values = _insert(rows, ignore_conflicts=ignore_conflicts)
            self.also(sql, [values])
            self._rows += rows

    def also(self, sql: str, values: list[Any]) -> None:
        """Any other data-modifying statement."""
        self._parts.append(sql)
        self._values += values

    def write(self) -> None:
        """Raises IntegrityError."""
        parts = ", ".join(f"part{number} AS ({sql})" for number, sql in enumerate(self._parts))
        with prepared_cursor() as cursor:
            cursor.execute(f"WITH {parts} SELECT", self._values)
        for row in self._rows:
            _is_in_the_database(row)


def _is_in_the_database(row: models.Model) -> None:
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS  # noqa: SLF001 - as Django does


def _batches(rows: list[Row]) -> Iterator[list[Row]]:
    waiting = iter(rows)
    while batch := list(islice(waiting, BATCH)):
        yield batch


@lru_cache(maxsize=256)
def _can_be_left(model: type[models.Model]) -> list[tuple[Any, bool]]:
    """Every column, and whether the database may make its value."""
    return [
        (field, field.has_db_default() or isinstance(field, models.AutoField))
        for field in model._meta.concrete_fields
    ]  # fmt: skip


def _is_left(row: models.Model, field: Any) -> bool:
    value = getattr(row, field.attname)
    return isinstance(value, DatabaseDefault) or (value is None and isinstance(field, models.AutoField))


def _insert(rows: Sequence[models.Model], *, ignore_conflicts: bool) -> tuple[str, str]:
    """The statement, and its one value."""
    first = rows[0]
    fields = [field for field, can in _can_be_left(type(first)) if not (can and _is_left(first, field))]
    return _insert_sql(type(rows[0]), tuple(fields), ignore_conflicts), _as_json(rows, fields, adding=True)


@lru_cache(maxsize=256)
def _insert_sql(model: type[models.Model], fields: tuple[Any, ...], ignore_conflicts: bool) -> str:
    table, columns = _name(model._meta.db_table), ", ".join(_name(field.column) for field in fields)
    end = "ON CONFLICT DO NOTHING" if ignore_conflicts else f"RETURNING {_name(_key(model).column)}"
    return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {_source(fields)} {end}"  # noqa: S608 - quoted


@transaction.atomic(savepoint=False)
def update_many(rows: Iterable[models.Model], names: Iterable[str]) -> None:
    """Write these fields of rows of one model, a thousand a statement."""
    names = list(names)
    for batch in _batches(list(rows)):
        key: Any = _key(batch[0])
        fields: list[Any] = [batch[0]._meta.get_field(name) for name in names]
        changes = ", ".join(f"{_name(column)} = v.{_name(column)}" for column in (field.column for field in fields))
        with prepared_cursor() as cursor:
            cursor.execute(
                f"UPDATE {_name(batch[0]._meta.db_table)} AS t SET {changes} FROM {_source([key, *fields])} "  # noqa: S608
                f"WHERE t.{_name(key.column)} = v.{_name(key.column)}",
                [_as_json(batch, [key, *fields], adding=False)],
            )


def _key(row: models.Model | type[models.Model]) -> Any:
    return row._meta.pk


def _name(identifier: str) -> str:
    return connection.ops.quote_name(identifier)


def _source(fields: Iterable[Any]) -> str:
    """The batch as a table `v` of these columns."""
    return f"jsonb_to_recordset(%s) AS v({', '.join(f'{_name(f.column)} {f.db_type(connection)}' for f in fields)})"


def _as_json(rows: Iterable[models.Model], fields: Sequence[Any], *, adding: bool) -> str:
    """The values as the database keeps them; dates and numbers as text, which it reads by the column's type."""
    database = connections[DEFAULT_DB_ALIAS]  # not its proxy, which every value would have to pass
    values = [
        {field.column: _plain(field.get_db_prep_save(field.pre_save(row, adding), database)) for field in fields}
        for row in rows
    ]
    return json.dumps(values, default=str, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Binary):
        return f"\\x{bytes(value.obj).hex()}"
    return value.obj if isinstance(value, Jsonb) else value
