"""At most 512 epochs' weights are kept, evenly, and none that was dropped is wanted back."""

import pytest

from app.protocol.recorded_weights import BYTES, stride


def kept_after(epoch: int, size: int) -> set[int]:
    distance = stride(epoch, size)
    return set(range(0, epoch + 1, distance))


@pytest.mark.parametrize("size", [100, BYTES // 100, BYTES])
def test_kept_epochs_are_few_even_and_only_thinned(size):
    held: set[int] = set()
    for epoch in range(3000):
        distance = stride(epoch, size)
        if epoch % distance == 0:
            held.add(epoch)
        held = {each for each in held if each % distance == 0}
        assert held == kept_after(epoch, size)
        assert len(held) <= 512
        assert len(held) * size <= max(BYTES, 16 * size)
    assert len(held) >= 8
