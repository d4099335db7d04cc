"""Which epochs' weights are kept: at most 512 a run, evenly thinned, fewer for large networks."""

CAPACITY = 512
LEAST = 16
BYTES = 32_000_000


def stride(epoch: int, size: int) -> int:
    """The distance between kept epochs in a run that has come to `epoch`, where the weights of one take `size` bytes.

    The power of two that leaves at most as many as are allowed: what was kept stays or goes, none comes back.
    """
    capacity = CAPACITY
    while capacity > LEAST and capacity * size > BYTES:
        capacity //= 2
    return 1 << (epoch // capacity).bit_length()
