"""Every epoch stands in the history once, whatever is replayed."""

import logging

import numpy as np
import pytest

from app.protocol.metrics import IN_MEMORY, History, Rows, compact, latest, recast
from engine.training.evaluation import FIGURES


def row(value: float) -> bytes:
    return np.array([[value, np.nan, 1, 1, 0, 0.1, *[np.nan] * (len(FIGURES) - 6)]]).tobytes()


def rows(*values: float) -> bytes:
    return b"".join(map(row, values))


def test_replayed_epochs_are_not_added_again():
    history = History(1)
    history.append(0, rows(0, 1, 2))
    history.append(1, rows(1, 2, 3))
    assert history.last == 3
    assert history.slice(1, 3) == rows(1, 2, 3)


def test_a_replay_with_other_numbers_is_logged(caplog):
    history = History(1)
    history.append(0, rows(0, 1))
    with caplog.at_level(logging.ERROR):
        history.append(1, row(9))
    assert "replay of the epochs from 1 on" in caplog.text
    assert history.slice(1, 1) == row(1)


def test_a_gap_is_refused():
    with pytest.raises(ValueError, match="epochs 0 to 4 are missing"):
        History(1).append(5, row(5))


def test_only_stored_epochs_leave_memory():
    history = History(1)
    history.append(0, rows(*range(3 * IN_MEMORY)))
    history.trim()
    assert history.first == 0
    history.saved = 3 * IN_MEMORY
    history.trim()
    assert history.first == 2 * IN_MEMORY
    assert history.slice(history.first, history.first) == row(history.first)
    assert history.unsaved() == b""
    assert history.unsaved_bytes == 0


def test_columns_and_latest_say_null_for_nan():
    values = Rows(np.arange(7, 9), 1, rows(0, 1)).columns()
    assert values["epoch"] == [7, 8]
    assert values["members"][0]["train_loss"] == [0, 1]
    assert values["members"][0]["test_loss"] == [None, None]
    assert latest(row(5))[0]["train_loss"] == 5
    assert latest(row(5))[0]["test_loss"] is None
    assert latest(None) == []


def test_columns_without_numbers_are_not_stored():
    data = rows(1, 2, np.nan)
    stored, columns = compact(data)
    assert columns == ("train_loss", "train_accuracy", "test_accuracy", "penalty", "learning_rate")
    assert len(stored) == 3 * len(columns) * 8
    assert recast(stored, columns) == data
    nothing = np.full((2, len(FIGURES)), np.nan).tobytes()
    assert recast(*compact(nothing)) == nothing
