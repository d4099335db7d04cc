"""Which epochs' weights are recorded: at most 512 a run, evenly thinned, fewer for large networks."""

CAPACITY = 512
LEAST = 16
BYTES = 32_000_000


def stride(epoch: int, size: int) -> int:
    """The distance between recorded epochs in a run that is at `epoch`; the weights of one take `size` bytes.

    The smallest power of two that keeps their number within the limit: as a run continues, recorded epochs are dropped
    and not needed again.
    """
    capacity = CAPACITY
    while capacity > LEAST and capacity * size > BYTES:
        capacity //= 2
    return 1 << (epoch // capacity).bit_length()


def next_kept(epoch: int, size: int) -> int:
    """The first epoch after `epoch` whose weights are kept."""
    distance = stride(epoch + 1, size)
    following = (epoch // distance + 1) * distance
    while following % stride(following, size):  # where the distance doubles in between
        following += distance
    return following
