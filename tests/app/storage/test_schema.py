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
from engine.training.trainer import Trainer
from tests.loops import run

FIXTURES = Path(__file__).parent / "fixtures"
RECORDED = json.loads((FIXTURES / "version-2.json").read_text(encoding="utf-8"))


@pytest.fixture
def old(tmp_path):
    """A data folder with the database that the build of 2026-11-21 (commit bacfe37) wrote."""
    shutil.copy(FIXTURES / "version-2.database", tmp_path / "descent.sqlite")
    return tmp_path / "descent.sqlite"


def rows(path, sql):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def layout(path):
    """Every table and index with its columns, in their order."""
    names = sorted(rows(path, "SELECT type, name, tbl_name FROM sqlite_master"))
    return [(name, rows(path, f"PRAGMA table_info({name[1]})")) for name in names]


def trained_on(path, run_id, epoch):
    """The weights, (members, P), that the engine itself comes to from the checkpoint in a database of version 2."""
    sql = f"SELECT config, trainer FROM runs JOIN snapshots ON run = number WHERE id = '{run_id}'"
    ((config, checkpoint),) = rows(path, sql)
    meta, arrays = encoding.unpack(checkpoint)
    trainer = Trainer(RunConfig.model_validate_json(config))
    trainer.restore({"arrays": arrays, "meta": meta | {"config": json.loads(config)}})
    while trainer.epoch < epoch and not trainer.halted:
        trainer.advance(1000)
    return [[layer.W.tolist() for layer in trainer.model(member).layers()] for member in range(trainer.member_count)]


def weights_of(told):
    return [layer["W"] for layer in told["layers"]]


def numbers(metrics):
    columns = [member[name] for member in metrics["members"] for name in sorted(member)]
    return np.array(columns, float)


def test_the_runs_of_version_2_open_and_go_on_bit_for_bit(start_server, old):
    last = {name: run["after"]["metrics"]["epoch"][-1] for name, run in RECORDED.items()}
    expected = {name: trained_on(old, run["path"].split("/")[-1], last[name]) for name, run in RECORDED.items()}
    server = start_server(workers=1)
    for name, told in RECORDED.items():

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
        if name != "running":
            assert {key: run[key] for key in before["run"]} == before["run"]
            assert call("GET", "/metrics") == before["metrics"]
            assert weights_of(call("GET", "/weights")) == weights_of(before["weights"])
        if before["run"]["state"] in ("paused", "running"):
            call("POST", "/step", {"to_epoch": last[name]})
        assert call("GET")["state"] == after["state"]
        for member, weights in enumerate(expected[name]):
            assert weights_of(call("GET", f"/weights?member={member}")) == weights
        # What the old build itself came to: on another processor the last bits may differ.
        np.testing.assert_allclose(numbers(call("GET", "/metrics")), numbers(after["metrics"]), rtol=1e-3, atol=1e-5)


def test_a_copy_is_made_first_and_the_server_keeps_its_id(old):
    content = rows(old, "SELECT * FROM runs")
    ids = []
    for _ in range(2):
        database = Database(old.parent)
        ids.append(database.server_id)
        run(database.close())
    assert ids[0] == ids[1]
    assert len(bytes.fromhex(ids[0])) == 4
    copies = [path for path in old.parent.iterdir() if "version-2" in path.name]
    assert len(copies) == 1
    assert rows(copies[0], "PRAGMA user_version") == [(2,)]
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
    monkeypatch.setattr("app.storage.schema.STEPS", (None, fail))
    with pytest.raises(StorageError, match="full"):
        Database(old.parent)
    assert old.read_bytes() == before


@pytest.mark.parametrize("version", [1, VERSION + 1])
def test_a_database_of_an_unknown_version_is_refused_untouched(old, version):
    with closing(sqlite3.connect(old)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    before = old.read_bytes()
    with pytest.raises(StorageError, match=f"{version}.*left as it is"):
        Database(old.parent)
    assert old.read_bytes() == before
    assert {path.name for path in old.parent.iterdir()} == {old.name, "descent.lock"}
