"""A call of the engine takes about a slice, whatever a call and a mini-batch cost."""

import pytest

from app.workers.call_size import CHANGE, CallSize

COST = 3_000.0


def slices(batches, overhead, each):
    """What a call takes, in slices."""
    return overhead + each * batches


@pytest.mark.parametrize("overhead", [0.0, 0.02, 0.4])
@pytest.mark.parametrize("each", [1e-5, 1e-3, 0.05])
def test_calls_come_to_take_a_slice(overhead, each):
    size = CallSize()
    for _ in range(60):
        batches = size.batches(1, COST)
        size.record(batches * COST, slices(batches, overhead, each))
    assert 0.4 < slices(size.batches(1, COST), overhead, each) <= 1.1


def test_short_calls_of_a_paced_run_do_not_shrink_the_next():
    size = CallSize()
    for _ in range(100):
        batches = min(25, size.batches(1, COST))
        size.record(batches * COST, slices(batches, 0.02, 1e-3))
    assert size.batches(1, COST) >= 25


def test_an_interrupted_call_and_a_change_are_followed_by_a_short_one():
    size = CallSize()
    before = size.batches(1, COST)
    size.record(before * COST, 50)
    assert size.batches(1, COST) == before // 4
    size.training_changed()
    assert size.batches(1, COST) == max(1, before // 4 // CHANGE)
