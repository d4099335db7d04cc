"""Every epoch of a short run stays stored; a long one keeps the newest, and older ones evenly apart."""

import numpy as np
import pytest

from app.protocol.metrics import width
from app.protocol.thinning import BLOCK_BYTES, Block, Retention, Thinning


def rows(epochs, members):
    """Rows that hold their epoch."""
    return np.repeat(np.asarray(epochs, float), width(members) // 8).tobytes()


def test_every_epoch_is_stored_up_to_the_limit():
    retention = Retention(4, 4_000)
    assert [retention.stride(epoch) for epoch in (-1, 0, 1_000, 1_001, 2_000, 2_001, 64_000)] == [1, 1, 1, 2, 2, 4, 64]
    assert retention.newest == 250
    assert retention.thinning(1_000, retention.stride(1_000)) is None
    assert Retention(1, 100_000).newest == 2_000
    assert Retention(64, 10).stride(3) > 1


@pytest.mark.parametrize("members", [1, 3])
def test_thinning_by_blocks_equals_thinning_at_once(members):
    retention, limit = Retention(members, 300 * members), 300
    blocks: list[Block] = []
    last = -1
    for length in [1, 40, 300, 7, 1_000, 2, 2, 350, 90]:
        first, last = last + 1, last + length
        blocks.append(Block(first, 1, rows(range(first, last + 1), members)))
        stride = retention.stride(last)
        if thinning := retention.thinning(last, stride):
            blocks = list(thinning.apply(blocks))
        stored = np.concatenate([block.epochs(members) for block in blocks])
        whole = last - retention.newest
        assert stored.tolist() == [e for e in range(last + 1) if e % stride == 0 or e > whole]
        assert len(stored) <= limit + retention.newest + 1
        assert b"".join(block.rows for block in blocks) == rows(stored, members)


def test_thinned_rows_are_stored_in_blocks_of_bounded_size():
    count = 5 * BLOCK_BYTES // width(2)
    blocks = list(Thinning(2, 2, until=count).apply([Block(0, 1, bytes(count * width(2)))]))
    assert len(blocks) == 3
    assert max(len(block.rows) for block in blocks) <= BLOCK_BYTES
