"""The worker processes: a run that is about to train goes where there is less to do; all end with the server."""

import asyncio

import pytest

from tests.app.conftest import RunningServer, create


@pytest.fixture
def two_workers(tmp_path):
    server = RunningServer(tmp_path, workers=2)
    yield server
    server.stop()


def place(server, run):
    """The worker that holds a run."""
    session = asyncio.run_coroutine_threadsafe(server.app.state.runs.get(run.id), server.loop).result()
    (found,) = (place for place in range(2) if session.connection.at(place))
    return found


def test_a_run_leaves_a_crowded_worker_and_loses_nothing(two_workers):
    runs = [create(two_workers, {"training": {"pace": 1}}) for _ in range(6)]
    assert [place(two_workers, run) for run in runs] == [0, 1, 0, 1, 0, 1]
    for run in (runs[0], runs[2]):
        run.patch(state="running")
    moved, same = runs[4], runs[5]
    for run in (moved, same):
        run.step(epochs=1)
        run.patch(training={"learning_rate": 0.1})
        run.step(batches=7)
    assert [place(two_workers, run) for run in runs] == [0, 1, 0, 1, 1, 1]
    for what in ("/weights", "/metrics"):
        assert moved.get(what) == same.get(what)
    assert moved.get()["changes"] == same.get()["changes"] != []


def test_workers_end_at_once_and_without_a_warning(tmp_path, caplog):
    for _ in range(3):
        server = RunningServer(tmp_path, workers=2)
        create(server, {"training": {"pace": None}}, state="running")
        server.stop()
    assert [record.getMessage() for record in caplog.records if record.name.startswith("app")] == []
