"""Nothing is lost: whatever dies, a run resumes, and its metrics are those of an undisturbed run."""

import os
import signal
import sys
import threading

import pytest

# Slow enough to be killed under way, fast enough to wait for.
CONFIG = {"dataset": {"samples": 100}, "training": {"max_epochs": 600, "pace": 400}}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills processes by signal")


def kill(pids):
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def undisturbed(run_of):
    config = CONFIG | {"training": CONFIG["training"] | {"pace": None}}
    run = run_of(config, "running", wait=60)
    assert run.created["state"] == "finished"
    return run.get("/metrics")


def rows_of(messages):
    return [epoch for m in messages for epoch in (m["metrics"] if m["type"] == "hello" else m).get("epoch") or ()]


def test_a_killed_worker_costs_nothing(start_server, new_run_on):
    server = start_server(workers=1)
    expected = undisturbed(lambda *a, **k: new_run_on(server, *a, **k))
    run = new_run_on(server, CONFIG)
    with run.stream() as stream:
        messages = [stream.next()]
        stream.send("set_state", state="running")
        for target in (80, 200, 350):
            messages += stream.until(lambda m, least=target: m["type"] == "metrics" and m["to"] >= least)
            kill(server.pids())
            messages += stream.until(lambda m: m["type"] == "state" and m["state"] == "recovering")
        messages += stream.until(lambda m: m["type"] == "state" and m["state"] == "finished")
    epochs = [e for m in messages if m["type"] in ("hello", "metrics") for e in rows_of([m])]
    assert epochs == list(range(601))
    assert run.get("/metrics") == expected


def test_a_killed_and_restarted_server_continues(start_server, new_run_on):
    server = start_server()
    expected = undisturbed(lambda *a, **k: new_run_on(server, *a, **k))
    run = new_run_on(server, CONFIG)
    paused = new_run_on(server)
    paused.step(batches=7)
    with run.stream() as stream:
        stream.send("set_state", state="running")
        stream.until(lambda m: m["type"] == "metrics" and m["to"] >= 100)
    weights = paused.get("/weights")
    server.stop()
    server = start_server()
    for each in (run, paused):
        each.move_to(server)
    assert run.get()["state"] in ("recovering", "running")
    with run.stream() as stream:
        stream.until(lambda m: m["type"] == "state" and m["state"] == "finished")
    assert run.get("/metrics") == expected
    assert (paused.get()["epoch"], paused.get()["batch"], paused.get()["state"]) == (0, 7, "paused")
    assert paused.get("/weights") == weights


@pytest.mark.parametrize("change", ["edit", "rate", "pause", "reset"])
def test_an_answered_change_survives_a_kill(start_server, new_run_on, change):
    server = start_server(workers=1)
    run = new_run_on(server, CONFIG, "running")
    with run.stream() as stream:
        stream.until(lambda m: m["type"] == "metrics" and m["to"] >= 30)
    match change:
        case "edit":
            run.call("PATCH", "/weights", {"cut": [{"layer": 0, "row": 0, "column": 0}]})
        case "rate":
            run.patch(training={"learning_rate": 0.5})
        case "pause":
            run.patch(state="paused")
        case "reset":
            run.call("POST", "/reset", {"seed": 5})
    kill(server.pids())
    run_before = run.get()
    run.patch(state="paused")
    after = run.get()
    assert after["changes"] == run_before["changes"]
    match change:
        case "edit":
            assert run.get("/weights")["layers"][0]["mask"][0][0] is False
        case "rate":
            assert after["config"]["training"]["learning_rate"] == 0.5
            rates = run.get("/metrics")["members"][0]["learning_rate"]
            place = after["changes"][0]
            assert rates[: place["epoch"] + 1] == [0.03] * (place["epoch"] + 1)
            assert set(rates[place["epoch"] + 1 :]) <= {0.5}
        case "pause":
            assert (after["epoch"], after["batch"]) == (run_before["epoch"], run_before["batch"])
        case "reset":
            assert (after["epoch"], after["config"]["seed"], after["series"]) == (0, 5, 1)


def test_a_step_under_way_is_finished_by_another_worker(start_server, new_run_on):
    server = start_server(workers=1)
    run = new_run_on(server, {"dataset": {"samples": 2000}})
    answers: list[dict] = []
    stepping = threading.Thread(target=lambda: answers.append(run.step(epochs=800)))
    with run.stream() as stream:
        stepping.start()
        stream.until(lambda m: m["type"] == "metrics" and m["to"] >= 20)
        kill(server.pids())
        stream.wait_for("state", state="paused")
    stepping.join(60)
    assert [(a["state"], a["epoch"], a["batch"]) for a in answers] == [("paused", 800, 0)]
    assert run.get("/metrics")["epoch"] == list(range(801))


def test_idle_runs_leave_memory_and_come_back(start_server, new_run_on):
    server = start_server(workers=1, idle_seconds=0.05)
    run = new_run_on(server)
    run.step(batches=5)
    weights = run.get("/weights")
    gone = threading.Event()

    def look() -> None:
        if run.id in server.app.state.runs._sessions:
            server.loop.call_later(0.02, look)
        else:
            gone.set()

    server.loop.call_soon_threadsafe(look)
    assert gone.wait(60)
    assert run.get("/weights") == weights
    assert run.step(epochs=1)["epoch"] == 1
