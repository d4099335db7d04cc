"""Migrations: a database written by an earlier build opens, and its runs go on bit for bit."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from app.errors import StorageError
from app.protocol import encoding
from app.storage.database import Database
from app.storage.schema import VERSION, bring_up_to_date
from engine.config import RunConfig
from engine.numbers.rules import NUMPY
from engine.training.trainer import Trainer
from tests.loops import run

FIXTURES = Path(__file__).parent / "fixtures"
FIGURES_THEN = ("train_loss", "test_loss", "train_accuracy", "test_accuracy", "penalty", "learning_rate")
STORED = (2, 4)


def recorded(version):
    return json.loads((FIXTURES / f"version-{version}.json").read_text(encoding="utf-8"))


@pytest.fixture(params=STORED)
def version(request):
    """The schema version of the database `old`."""
    return request.param


@pytest.fixture
def old(tmp_path, version):
    """A database that an earlier build wrote, in a data folder of its own: see record_version.py."""
    shutil.copy(FIXTURES / f"version-{version}.database", tmp_path / "descent.sqlite")
    return tmp_path / "descent.sqlite"


def rows(path, sql):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def layout(path):
    """Every table and index with its columns, in their order."""
    names = sorted(rows(path, "SELECT type, name, tbl_name FROM sqlite_master"))
    return [(name, rows(path, f"PRAGMA table_info({name[1]})")) for name in names]


def trained_on(path, run_id, epoch):
    """The weights of each member and layer that the engine itself comes to from the checkpoint in an old database."""
    sql = f"SELECT config, trainer FROM runs JOIN snapshots ON run = number WHERE id = '{run_id}'"
    ((config, checkpoint),) = rows(path, sql)
    meta, arrays = encoding.unpack(checkpoint)
    trainer = Trainer(RunConfig.model_validate_json(config), rules=NUMPY.name)
    trainer.restore({"arrays": arrays, "meta": meta | {"config": json.loads(config)}})
    while trainer.epoch < epoch and not trainer.halted:
        trainer.advance(1000)
    return weights_in(trainer)


def weights_in(trainer):
    return [[layer.W.tolist() for layer in trainer.model(member).layers()] for member in range(trainer.member_count)]


def weights_of(told):
    return [layer["W"] for layer in told["layers"]]


def numbers(metrics):
    columns = [member[name] for member in metrics["members"] for name in FIGURES_THEN]
    return np.array(columns, float)


def same_figures(now, then):
    """Whether an answer is as it was, figures apart that there were none of."""
    place = "members" if "members" in then else "metrics"
    old = [{name: figures[name] for name in FIGURES_THEN} for figures in now[place]]
    new = [figures[name] for figures in now[place] for name in figures.keys() - set(FIGURES_THEN)]
    return now | {place: old} == then and set(np.ravel(new)) == {None}


def test_stored_runs_open_and_go_on_bit_for_bit(start_server, old, version):
    runs = recorded(version)
    last = {name: run["after"]["metrics"]["epoch"][-1] for name, run in runs.items()}
    expected = {name: trained_on(old, run["path"].split("/")[-1], last[name]) for name, run in runs.items()}
    server = start_server(workers=1)
    for name, told in runs.items():

        def call(method, path="", body=None, told=told):
            headers = {"Authorization": f"Bearer {told['token']}"}
            answer = server.http.request(method, told["path"] + path, json=body, headers=headers)
            assert answer.status_code == 200, answer.text
            return answer.json()

        before, after = told["before"], told["after"]
        run = call("GET")
        assert run["config"] == before["run"]["config"]
        assert run["changes"] == before["run"]["changes"]
        assert run["created_at"] == before["run"]["created_at"]
        assert (run["rules"], run["arithmetic"]) == ("numpy-1", "numpy")
        if name != "running":
            assert same_figures({key: run[key] for key in before["run"]}, before["run"])
            assert same_figures(call("GET", "/metrics"), before["metrics"] | {"stride": 1})
            assert weights_of(call("GET", "/weights")) == weights_of(before["weights"])
        if before["run"]["state"] in ("paused", "running"):
            call("POST", "/step", {"to_epoch": last[name]})
        assert call("GET")["state"] == after["state"]
        for member, weights in enumerate(expected[name]):
            assert weights_of(call("GET", f"/weights?member={member}")) == weights
        # What the old build itself came to: on another processor the last bits may differ.
        np.testing.assert_allclose(numbers(call("GET", "/metrics")), numbers(after["metrics"]), rtol=1e-3, atol=1e-5)


def test_a_reset_and_a_copy_of_a_stored_run_keep_its_rules(start_server, new_run_on, old, version):
    told = recorded(version)["trained"]
    config = RunConfig.model_validate(told["before"]["run"]["config"])
    server = start_server(workers=1)
    headers = {"Authorization": f"Bearer {told['token']}"}
    reset = server.http.post(told["path"] + "/reset", json={}, headers=headers).json()
    body = {"config": reset["config"], "rules": reset["rules"]}
    copy = server.http.post("/api/v1/runs", json=body, headers=headers).json()
    trainer = Trainer(config, rules=NUMPY.name)
    for path in (told["path"], f"/api/v1/runs/{copy['id']}"):
        assert [weights_of(server.http.get(f"{path}/weights").json())] == weights_in(trainer)
        stepped = server.http.post(f"{path}/step", json={"batches": 3}, headers=headers).json()
        assert (stepped["rules"], stepped["arithmetic"]) == ("numpy-1", "numpy")
    trainer.advance(3)
    for path in (told["path"], f"/api/v1/runs/{copy['id']}"):
        assert [weights_of(server.http.get(f"{path}/weights").json())] == weights_in(trainer)
    new = new_run_on(server, reset["config"])
    assert new.created["rules"] == "portable-1"
    assert [weights_of(new.get("/weights"))] == weights_in(Trainer(config))


def test_a_copy_is_made_first_and_the_server_keeps_its_id(old, version):
    content = rows(old, "SELECT * FROM runs")
    ids = []
    for _ in range(2):
        database = Database(old.parent)
        ids.append(database.server_id)
        run(database.close())
    assert ids[0] == ids[1]
    assert len(bytes.fromhex(ids[0])) == 4
    copies = [path for path in old.parent.iterdir() if f"version-{version}" in path.name]
    assert len(copies) == 1
    assert rows(copies[0], "PRAGMA user_version") == [(version,)]
    assert rows(copies[0], "SELECT * FROM runs") == content


def test_a_database_brought_up_to_date_is_laid_out_as_a_new_one(old, tmp_path):
    fresh = tmp_path / "fresh.sqlite"
    for path in (old, fresh):
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            bring_up_to_date(connection, path)
    assert layout(old) == layout(fresh)
    assert rows(old, "PRAGMA user_version") == [(VERSION,)]


def test_a_step_that_fails_changes_nothing(old, monkeypatch):
    def fail(connection):
        connection.execute("DROP TABLE runs")
        raise sqlite3.OperationalError("database or disk is full")

    before = old.read_bytes()
    monkeypatch.setattr("app.storage.schema.STEPS", (fail,) * VERSION)
    with pytest.raises(StorageError, match="full"):
        Database(old.parent)
    assert old.read_bytes() == before


@pytest.mark.parametrize("unknown", [1, VERSION + 1])
def test_a_database_of_an_unknown_version_is_not_changed(old, unknown):
    with closing(sqlite3.connect(old)) as connection:
        connection.execute(f"PRAGMA user_version = {unknown}")
    before = old.read_bytes()
    with pytest.raises(StorageError, match=f"{unknown}.*left as it is"):
        Database(old.parent)
    assert old.read_bytes() == before
    assert {path.name for path in old.parent.iterdir()} == {old.name, "descent.lock"}
