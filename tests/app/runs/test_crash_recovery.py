"""Of runs whose workers die, only the one that kills them fails; the others progress."""

import os
import signal
import sys
import time

import pytest

from app.runs.crash_recovery import FORGET_SECONDS, MAX_DEATHS, SUSPICIOUS, WorkerDeaths
from app.workers import pool as pool_module

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills processes by signal")

# Under way for 20 s, however fast the machine; the pace changes nothing that is learnt.
PACED = {"dataset": {"samples": 40}, "training": {"pace": 5, "max_epochs": 100}}
SMALL = {"dataset": {"samples": 20}, "network": {"hidden": []}, "training": {"pace": None}}
DEADLINE = 60


def wait_for(found_now):
    """What the function returns once that is true; for the internal state of a running server."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        if found := found_now():
            return found
        time.sleep(0.001)
    raise AssertionError("it never came to that")


def kill(pid):
    os.kill(pid, signal.SIGKILL)


def finished(run):
    """Its metrics and weights at its end, to which it trains without a pace."""
    run.patch(state="running", training={"pace": None})
    with run.stream() as stream:
        if stream.next()["run"]["state"] != "finished":
            stream.wait_for("state", state="finished")
    return run.get("/metrics"), run.get("/weights")


def test_a_run_progresses_though_its_worker_keeps_dying(start_server, new_run_on):
    # Slow enough to be under way when its worker is killed.
    server = start_server(workers=1, kernel="off", checkpoint_seconds=0.1, max_step=100_000)
    endless = {"dataset": {"samples": 400}, "training": {"pace": None, "batch_size": 10, "max_epochs": 100_000}}
    run = new_run_on(server, endless, "running")
    session, pool = server.app.state.runs._sessions[run.id], server.app.state.runs.pool

    def place():
        return session._checkpoints.position[1:]

    for _ in range(SUSPICIOUS + MAX_DEATHS):
        pid, start = wait_for(lambda: pool.pids()[0]), place()
        # Each life ends with its first checkpoint.
        wait_for(lambda start=start: place() > start)
        kill(pid)
        wait_for(lambda pid=pid: pool.pids()[0] not in (pid, None))
    wait_for(lambda: session.state == "running")
    told = run.step(to_epoch=run.patch(state="paused")["epoch"] + 1)
    undisturbed = new_run_on(server, endless)
    undisturbed.step(to_epoch=told["epoch"])
    assert run.get("/metrics") == undisturbed.get("/metrics")
    assert run.get("/weights") == undisturbed.get("/weights")


def test_only_the_run_that_workers_die_of_fails(start_server, new_run_on, monkeypatch):
    server = start_server(workers=1)
    runs, pool = server.app.state.runs, server.app.state.runs.pool
    expected = finished(new_run_on(server, PACED))
    at_rest = new_run_on(server, SMALL)
    at_rest.step(epochs=100)
    guilty, neighbour = (new_run_on(server, PACED, "running") for _ in range(2))
    blamed = runs._sessions[guilty.id]
    start, shared = pool_module._spawn.Process.start, []

    def start_and_kill(process):
        """Kills workers before they can train: that of both runs, until they are suspicious; that of the guilty run."""
        start(process)
        if process.name == "descent-worker-0":
            shared.append(process.pid)
            doomed = len(shared) < SUSPICIOUS
        else:
            doomed = runs.quarantine.on_trial is blamed
        if doomed:
            process.kill()

    monkeypatch.setattr(pool_module._spawn.Process, "start", start_and_kill)
    kill(pool.pids()[0])
    assert wait_for(lambda: blamed.state == "failed")
    assert "alone" in guilty.get()["detail"]
    assert finished(neighbour) == expected
    assert pool.pids() == shared[SUSPICIOUS - 1 :], "a trial disturbed the others"
    rest = at_rest.get()
    assert (rest["state"], rest["epoch"]) == ("paused", 100)
    assert at_rest.step(epochs=1)["epoch"] == 101
    # Its owner may resume it; the interruptions do not change its numbers.
    guilty.call("POST", "/step", {"epochs": 1}, status=409)
    assert guilty.patch(state="running")["detail"] is None
    assert finished(guilty) == expected


def test_a_paused_run_survives_any_number_of_deaths(start_server, new_run_on):
    server = start_server(workers=1)
    run = new_run_on(server, SMALL)
    run.step(epochs=10)
    weights = run.get("/weights")
    with run.stream() as stream:
        for resolution in range(10, 10 + SUSPICIOUS + MAX_DEATHS):
            kill(wait_for(lambda: server.app.state.runs.pool.ready() == [True] and server.pids()[0]))
            stream.send("view", resolution=resolution)
            stream.wait_for("frame")  # the next worker has it
    assert run.get()["state"] == "paused"
    assert run.get("/weights") == weights
    assert run.step(epochs=1)["epoch"] == 11


def test_deaths_are_forgotten_with_progress_and_with_time():
    deaths = WorkerDeaths()
    for now in range(MAX_DEATHS):
        deaths.record((0, 5, 0), (9, 9, 9), True, now)
    assert deaths.suspicious
    assert deaths.proven
    deaths.record((0, 5, 0), (9, 9, 9), True, FORGET_SECONDS + 1.5)
    assert deaths.suspicious
    assert not deaths.proven
    deaths.record((0, 5, 1), (9, 9, 9), True, FORGET_SECONDS + 2)
    assert not deaths.suspicious
    for now in range(9):
        deaths.record((0, 5, 1), (9, 9, 9), False, FORGET_SECONDS + 3 + now / 10)
    assert deaths.suspicious
    assert not deaths.proven, "it was not alone"
    deaths.record((1, 0, 0), (9, 9, 9), False, FORGET_SECONDS + 5)
    assert not deaths.suspicious
