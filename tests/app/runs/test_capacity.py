"""Limits on runs that are made."""

from types import SimpleNamespace

import pytest

from app.errors import LimitReached
from app.runs.capacity import Capacity
from app.settings import Settings
from tests.loops import run


def test_a_full_database_takes_no_new_run():
    sizes = {"now": 2_000_000}

    async def size():
        return sizes["now"]

    async def count_beside(owner, others):
        return 0, 0

    database = SimpleNamespace(size=size, count_beside=count_beside)
    capacity = Capacity(Settings(max_database_bytes=2_000_000), database)

    async def make():
        async with capacity.for_run(b"owner", "run"):
            return "made"

    with pytest.raises(LimitReached, match=r"DESCENT_MAX_DATABASE_BYTES.*delete"):
        run(make())
    sizes["now"] -= 1
    assert run(make()) == "made"
