"""Databases made from a template, where flushing one by TRUNCATE after each test would take seconds."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import psycopg
from django.db import connections
from psycopg import sql

_ALIASES = ("default", "audit")
_numbers = count(1)


@contextmanager
def scratch_copy() -> Iterator[str]:
    """Point every connection, in every thread, at a fresh copy of the test database; then drop the copy."""
    template = connections["default"].settings_dict["NAME"]
    name = f"{template}_scratch_{next(_numbers)}"
    connections.close_all()  # a template must have no visitors
    with _server() as server:
        _drop(server, name)
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
        try:
            _point_at(name)
            yield name
        finally:
            _point_at(template)
            _drop(server, name)


def in_threads(work: Callable[[Any], Any], arguments: Iterable[Any]) -> list[Any]:
    """`work` on each argument, all at the same moment; what each returned, or the exception it raised."""
    arguments = list(arguments)
    results: list[Any] = [None] * len(arguments)
    gate = threading.Barrier(len(arguments))

    def one(index: int) -> None:
        try:
            gate.wait()
            results[index] = work(arguments[index])
        except Exception as error:  # noqa: BLE001 — it is the result
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(index,)) for index in range(len(arguments))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def _drop(server: psycopg.Connection, name: str) -> None:
    """Without FORCE, which is refused while the server's own autovacuum is in it; a plain DROP ends that one."""
    server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = %s AND backend_type = 'client backend'",
        [name],
    )
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


@contextmanager
def _server() -> Iterator[psycopg.Connection]:
    settings = connections["default"].settings_dict
    with psycopg.connect(
        host=settings["HOST"],
        port=settings["PORT"] or None,
        user=settings["USER"],
        password=settings["PASSWORD"],
        dbname="postgres",
        autocommit=True,
    ) as server:
        yield server


def _point_at(name: str) -> None:
    """Threads make their connections from these same settings, so that they follow."""
    connections.close_all()
    for alias in _ALIASES:
        connections.settings[alias]["NAME"] = name
