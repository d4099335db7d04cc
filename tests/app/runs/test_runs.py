"""Runs beside each other: what happens to one, or goes wrong with it, leaves the others alone."""

import asyncio
import json
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from multiprocessing import Pipe

import pytest

from app.protocol.orders import Load, SetTraining, State
from app.protocol.reports import Failure, Progress
from app.workers.process import Worker

SMALL = {"dataset": {"samples": 20}, "network": {"hidden": []}}
ENDLESS = SMALL | {"training": {"pace": 50, "max_epochs": 100_000}}


@contextmanager
def held_writes(server):
    """Writes to the database wait as long as this lasts, at most 5 s."""
    path = server.settings.data_dir / "descent.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def in_loop(server, act):
    async def main():
        return act()

    return asyncio.run_coroutine_threadsafe(main(), server.loop).result(20)


def test_a_deleted_run_is_not_brought_back_by_a_reader(start_server, new_run_on):
    server = start_server(workers=1)
    run, other = new_run_on(server, ENDLESS, "running"), new_run_on(server, ENDLESS)
    with run.stream() as stream, ThreadPoolExecutor(1) as thread:
        stream.next()
        with held_writes(server):
            deleted = thread.submit(run.send, "DELETE", run.path)
            stream.wait_for("bye")
            for path in ("", "/metrics", "/weights"):
                assert server.http.get(run.path + path).status_code == 404
            listed = run.send("GET", "/api/v1/runs")
            assert (listed.status_code, listed.json()["runs"]) == (200, [])
            assert not deleted.done()
        assert deleted.result(20).status_code == 204
    assert server.http.get(run.path).status_code == 404
    assert in_loop(server, lambda: list(server.app.state.runs._sessions)) == [other.id]
    assert other.step(epochs=1)["epoch"] == 1


def test_a_run_whose_delete_fails_is_still_there(start_server, new_run_on):
    server = start_server(workers=1)
    run = new_run_on(server, SMALL)
    run.step(epochs=3)
    with closing(sqlite3.connect(server.settings.data_dir / "descent.sqlite")) as other:
        other.executescript("CREATE TRIGGER no BEFORE DELETE ON runs BEGIN SELECT RAISE(ABORT, 'read-only'); END;")
        run.call("DELETE", status=503)
        other.executescript("DROP TRIGGER no;")
    assert run.step(epochs=1)["epoch"] == 4
    run.call("DELETE", status=204)
    run.call("GET", status=404)


def test_an_invalid_report_affects_no_other_run(start_server, new_run_on):
    server = start_server(workers=1)
    bad, good = (new_run_on(server, SMALL) for _ in range(2))
    runs = server.app.state.runs

    def report(run, first):
        session = runs._sessions[run.id]
        return Progress(
            run=run.id,
            series=0,
            first=first,
            rows=session.recorder.history.newest * 2,
            latest=session.recorder.history.newest,
            weights=(),
            epoch=first + 1,
            batch=0,
            state=State.PAUSED,
            detail=None,
            member_count=1,
            arithmetic="numpy",
            checkpoint=None,
        )

    in_loop(server, lambda: runs.pool._handle_reports(runs.pool._processes[0], [report(bad, 9), report(good, 1)]))
    assert good.get()["epoch"] == 2
    failed = bad.get()
    assert failed["state"] == "failed"
    assert "epochs 1 to 8 are missing" in failed["detail"]
    assert bad.patch(state="paused")["state"] == "paused"
    assert bad.step(epochs=2)["epoch"] == 2


def test_a_run_that_raises_in_its_worker_fails_alone():
    ours, theirs = Pipe()
    worker = Worker(theirs, 0.005, 1.0)
    working = threading.Thread(target=worker.run)
    working.start()
    reports = []

    def until(fits):
        while not any(fits(report) for report in reports):
            assert ours.poll(20)
            reports.extend(ours.recv())

    unpaced = {**SMALL, "training": {"pace": None}}
    for run in ("bad", "good"):
        ours.send(Load(run=run, ticket=1, config=json.dumps(unpaced), max_epochs=100_000, max_changes=10))
        ours.send(SetTraining(run=run, ticket=2, state=State.RUNNING))
    until(lambda report: isinstance(report, Progress) and report.run == "bad" and report.epoch)
    worker._slots["bad"].live.trainer.train = None  # whatever may be wrong with a run
    until(lambda report: isinstance(report, Failure))
    reports.clear()
    until(lambda report: isinstance(report, Progress) and report.run == "good")
    assert [report for report in reports if report.run == "bad"] == []
    ours.close()
    working.join(60)


def test_a_stored_run_that_cannot_be_read_is_left_out_and_named(start_server, new_run_on, caplog):
    server = start_server(workers=1)
    runs = [new_run_on(server, ENDLESS, "running") for _ in range(6)]
    owner = runs[-1]
    server.stop()
    broken = runs[:5]
    path = server.settings.data_dir / "descent.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        numbers = dict(database.execute("SELECT id, number FROM runs"))
        a, b, c, d, e = (numbers[run.id] for run in broken)
        database.execute("UPDATE runs SET owner = (SELECT owner FROM runs WHERE id = ?)", (owner.id,))
        database.execute("UPDATE runs SET config = '{' WHERE number = ?", (a,))
        database.execute("UPDATE snapshots SET goals = 'none' WHERE run = ?", (b,))
        database.execute("UPDATE snapshots SET goals = '[1]' WHERE run = ?", (c,))
        database.execute("INSERT INTO changes VALUES (?, 0, '{')", (d,))
        database.execute("UPDATE snapshots SET trainer = x'00' WHERE run = ?", (e,))
    server = start_server(workers=1)
    for run in runs:
        run.move_to(server)
    broken[4].call("GET", "/weights", status=500)  # only its worker can tell
    assert broken[4].get()["state"] == "failed"
    for run in broken:
        assert run.id in caplog.text
    listed = owner.send("GET", "/api/v1/runs").json()["runs"]
    assert [run["id"] for run in listed] == [owner.id, broken[4].id]
    assert owner.get()["state"] in ("running", "recovering")
    for run in broken[:4]:
        answer = server.http.get(run.path)
        assert answer.status_code == 500
        assert run.id in answer.json()["detail"]
    assert stored(server) == 6


def create_many(server, count, **body):
    """Statuses of so many requests for a run at the same time."""
    barrier = threading.Barrier(count)

    def create(_):
        barrier.wait(60)
        return server.http.post("/api/v1/runs", json=body.get("body"), headers=body.get("headers"))

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(create, range(count)))


def stored(server):
    with closing(sqlite3.connect(server.settings.data_dir / "descent.sqlite")) as database:
        return database.execute("SELECT COUNT(*) FROM runs").fetchone()[0]


def test_no_more_runs_train_than_may_however_many_ask_at_once(start_server):
    server = start_server(workers=1, max_running=3)
    answers = create_many(server, 20, body={"config": ENDLESS, "state": "running"})
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [429] * 17
    assert stored(server) == 3
    made = next(answer for answer in answers if answer.status_code == 201).json()
    headers = {"Authorization": f"Bearer {made['owner_token']}"}
    paused = server.http.post("/api/v1/runs", json={"config": SMALL}, headers=headers).json()["id"]
    for method, path, body in (("PATCH", "", {"state": "running"}), ("POST", "/step", {"epochs": 1})):
        answer = server.http.request(method, f"/api/v1/runs/{paused}{path}", json=body, headers=headers)
        assert answer.status_code == 429
    assert (
        server.http.patch(f"/api/v1/runs/{made['id']}", json={"state": "running"}, headers=headers).status_code == 200
    )


@pytest.mark.parametrize("limit", ["max_runs", "max_runs_per_owner"])
def test_the_limit_of_runs_holds_for_concurrent_requests(start_server, new_run_on, limit):
    server = start_server(workers=1, **{limit: 4})
    owner = new_run_on(server, SMALL)
    answers = create_many(server, 12, body={"config": SMALL}, headers=owner.headers)
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [429] * 9
    assert stored(server) == 4


def test_a_run_that_could_not_be_stored_does_not_appear_later(start_server, new_run_on):
    server = start_server(workers=1)
    new_run_on(server, SMALL)
    with closing(sqlite3.connect(server.settings.data_dir / "descent.sqlite")) as other:
        other.executescript("CREATE TRIGGER no BEFORE INSERT ON runs BEGIN SELECT RAISE(ABORT, 'full'); END;")
        refused = server.http.post("/api/v1/runs", json={"config": SMALL, "state": "running"})
        assert refused.status_code == 503
        other.executescript("DROP TRIGGER no;")
    server.stop()  # whatever waits to be stored is stored first
    assert stored(server) == 1
