"""Statements that PostgreSQL plans once a connection, and rows of models read by SQL of our own.

For what is done so often, and in so few statements, that building and planning each anew would be most of the work:
docs/decisions/few-statements.md. Everything else is the ORM's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections, models

Row = TypeVar("Row", bound=models.Model)


@contextmanager
def prepared_cursor() -> Iterator[Any]:
    """A cursor that sends values apart from the statement, whose text must therefore be the same each time.

    Django's own put values into the text, which PostgreSQL then has to plan anew. Errors, logs and the guard against
    writes on GET are Django's."""
    connection.ensure_connection()
    wrapped = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    bare: Any = psycopg.Cursor(connection.connection)
    with wrapped(bare) as cursor:
        yield cursor


def columns(model: type[models.Model], alias: str) -> str:
    """All columns of a model's table, for a SELECT in which the table is called `alias`."""
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


def take(model: type[Row], values: Iterator[Any]) -> Row | None:
    """The row whose `columns` come next in a result; None where an outer join found none."""
    names, converters, key = _shape(model)
    own = list(islice(values, len(names)))
    if own[key] is None:
        return None
    for at, convert in converters:
        own[at] = convert(own[at], None, connections[DEFAULT_DB_ALIAS])
    return model.from_db(DEFAULT_DB_ALIAS, names, own)


@lru_cache(maxsize=64)
def _shape(model: type[models.Model]) -> tuple[Sequence[str], Sequence[tuple[int, Any]], int]:
    fields = list(model._meta.concrete_fields)
    converters = [(at, field.from_db_value) for at, field in enumerate(fields) if hasattr(field, "from_db_value")]
    return [field.attname for field in fields], converters, fields.index(model._meta.pk)
