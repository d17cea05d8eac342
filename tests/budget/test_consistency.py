"""The nightly check finds what went past the triggers, and nothing else."""

from __future__ import annotations

import logging

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from budget.models import EntryKind
from budget.refusals import Posting
from budget.tasks import check_ledger


def test_it_finds_nothing_until_somebody_goes_past_the_triggers(book, capsys, caplog):
    line = book.give("watch-office", 1_000)
    book.post("commitment", Posting(line, EntryKind.COMMITMENT, 600))
    call_command("check_ledger")
    assert "agrees" in capsys.readouterr().out
    for table, change in (
        ("budget_budgetline", "UPDATE budget_budgetline SET committed = 500 WHERE id = %s"),
        ("budget_lineday", "UPDATE budget_lineday SET won = won + 100 WHERE amount = 'committed' AND line_id = %s"),
    ):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(change, [line.pk])
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        with pytest.raises(CommandError, match=f"1 budget lines disagree.*{line.pk}"):
            call_command("check_ledger")
    with caplog.at_level(logging.ERROR):
        check_ledger()
    assert "disagree" in caplog.text
