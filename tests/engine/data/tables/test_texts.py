"""Texts in one piece of memory are the texts that were packed."""

import pytest

from engine.data.tables import Table, read_table
from engine.data.tables.table import UNPACKED
from engine.data.tables.texts import Texts

TEXTS = ["", "a", "Länge", "", "日本", "\ud800", "x" * 300]


def test_each_text_is_the_one_that_was_packed():
    packed = Texts.of(TEXTS)
    assert list(packed) == TEXTS
    assert (packed[-1], packed[1:4]) == (TEXTS[-1], TEXTS[1:4])
    assert Texts.of(packed) is packed
    with pytest.raises(IndexError):
        packed[len(TEXTS)]
    assert list(Texts.of([])) == []


def test_a_stored_column_of_many_texts_has_the_same_cells():
    count = UNPACKED + 1
    table = read_table(b"t,kind\n" + b"".join(b"a%x,%d\n" % (i * 7919, i % 2) for i in range(count)))
    stored = Table.from_bytes(table.to_bytes())
    assert isinstance(stored.columns[0].values, Texts)
    assert stored.slice(0, count) == table.slice(0, count)
    assert stored.to_bytes() == table.to_bytes()
