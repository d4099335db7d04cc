"""Tables on their way to a worker: sent once, kept while a run there names them."""

from dataclasses import replace

import pytest

from app.protocol.orders import ForgetTable, Load, SentTable
from app.workers.tables import KnownTables, SentTables
from engine.data.tables import read_table

CONTENT = read_table(b"x,kind\n1,a\n2,b\n").to_bytes()


def load(run, table="t"):
    sent = SentTable(table, CONTENT) if table else None
    return Load(run=run, ticket=1, config="{}", max_epochs=1, max_changes=1, table=sent)


def test_a_table_is_sent_with_the_first_run_only():
    sent, known = SentTables(), KnownTables()
    orders = [sent.fitted(load(run)) for run in ("a", "b")]
    assert [order.table.content for order in orders] == [CONTENT, None]
    first, second = map(known.of, orders)
    assert first is second
    assert first.slice(0, 2) == [[1.0, "a"], [2.0, "b"]]
    assert sent.fitted(load("c", "other")).table.content == CONTENT
    assert sent.fitted(load("d", None)).table is None


def test_a_table_is_forgotten_with_the_last_run():
    sent, known = SentTables(), KnownTables()
    for run in ("a", "b"):
        known.of(sent.fitted(load(run)))
    assert sent.unloaded("a") == []
    assert sent.unloaded("a") == []
    (forget,) = sent.unloaded("b")
    assert forget == ForgetTable("t")
    known.forget(forget)
    with pytest.raises(KeyError):
        known.of(replace(load("a"), table=SentTable("t", None)))
    assert sent.fitted(load("a")).table.content == CONTENT


def test_a_new_worker_has_no_table():
    sent = SentTables()
    sent.fitted(load("a"))
    sent.clear()
    assert sent.fitted(load("a")).table.content == CONTENT
