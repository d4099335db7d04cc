"""Runs of tables: a config names columns, the rows reach the worker once, and nothing is lost with a process."""

import os
import signal
import sys

import pytest

HEADERS = {"content-type": "text/csv"}


def rows(count=60):
    """Two inputs, a category that tells the classes apart, and a missing cell."""
    lines = [
        f"{i % 7},{i * i % 11 if i else ''},{'red' if i % 3 else 'blue'},{'yes' if i % 3 else 'no'}"
        for i in range(count)
    ]
    return ("len,wid,colour,answer\n" + "\n".join(lines) + "\n").encode()


def upload(server, content, token=None):
    headers = HEADERS | ({"Authorization": f"Bearer {token}"} if token else {})
    answer = server.http.post("/api/v1/tables?name=answers.csv", content=content, headers=headers)
    return answer.raise_for_status().json()


def config(table, **dataset):
    return {
        "dataset": {"name": "table", "table": table["id"], **dataset},
        "network": {"hidden": [{"units": 3, "activation": "tanh"}]},
        "training": {"batch_size": 8, "pace": None, "max_epochs": 400},
    }


@pytest.fixture
def table(server):
    return upload(server, rows())


def test_a_run_names_columns_and_trains(server, new_run, table):
    run = new_run(config(table, inputs=["len", "colour"], target="answer"))
    assert run.created["config"]["dataset"]["inputs"] == ["len", "colour"]
    assert run.created["derived"] | {"task": "classification", "inputs": 2, "classes": 2} == run.created["derived"]
    stepped = run.step(epochs=150)
    assert stepped["metrics"][0]["train_accuracy"] == 1.0
    assert len(run.get("/data")["targets"]) == 60
    assert [column["name"] for column in stepped["columns"]] == ["len", "colour"]
    assert (stepped["classes"], stepped["targets"]) == (["no", "yes"], ["answer"])
    answer = run.call("POST", "/predict", {"inputs": [[3, "red"], {"colour": "blue", "len": 3}]})
    assert (answer["labels"], answer["indices"]) == (["yes", "no"], [1, 0])
    (error,) = run.call("POST", "/predict", {"inputs": [[3, "rad"]]}, status=422)["errors"]
    assert error["loc"] == ["body", "inputs", 0, 1]
    assert "'red'" in error["message"]
    suggested = new_run(config(table))
    assert suggested.created["derived"]["inputs"] == 2  # the colour merely stands for the answer
    assert "1 of 60 rows" in suggested.created["notes_of_data"][0]
    assert len(suggested.get("/data")["targets"]) == 59  # the row with a missing cell is left out
    changed = run.patch(training={"learning_rate": 0.5})
    assert changed["config"]["training"]["learning_rate"] == 0.5


def test_a_real_data_set_needs_no_upload(server, new_run):
    run = new_run({"dataset": {"name": "iris"}, "training": {"learning_rate": 0.1, "pace": None}})
    assert run.created["derived"] | {"task": "classification", "inputs": 4, "classes": 3} == run.created["derived"]
    assert run.step(epochs=60)["metrics"][0]["train_accuracy"] > 0.9
    assert max(row[0] for row in run.get("/data")["inputs"]) == 7.9  # centimetres
    refused = server.http.post("/api/v1/runs", json={"config": {"dataset": {"name": "iris", "target": "kind"}}})
    assert (refused.status_code, refused.json()["errors"][0]["loc"]) == (422, ["body", "config", "dataset", "target"])


def test_a_table_that_is_not_here_is_asked_for(server):
    body = {"config": config({"id": "0" * 64})}
    for path in ("/api/v1/runs", "/api/v1/lr-range-test"):
        answer = server.http.post(path, json=body)
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["loc"]) == (422, ["body", "config", "dataset", "table"])
        assert "upload" in error["message"]


@pytest.mark.parametrize(
    ("dataset", "loc"),
    [
        ({"inputs": ["len", "width"]}, ["dataset", "inputs", 1]),
        ({"target": "nothing"}, ["dataset", "target"]),
        ({"target": "answer", "task": "regression"}, ["dataset"]),
    ],
)
def test_what_does_not_fit_the_table_is_named(server, table, dataset, loc):
    answer = server.http.post("/api/v1/runs", json={"config": config(table, **dataset)})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["loc"][: len(loc) + 2] == ["body", "config", *loc]


def test_the_link_of_a_large_table_stays_short(new_run, table):
    assert len(str(new_run(config(table)).created["config"]["dataset"])) < 600


def test_equal_files_give_equal_runs(server, new_run):
    first, second = upload(server, rows(40)), upload(server, rows(40))
    runs = [new_run(config(each)) for each in (first, second)]
    for run in runs:
        run.step(batches=9)
    assert runs[0].get("/weights") == runs[1].get("/weights")


def test_questions_are_answered_on_the_table(server, new_run, table):
    run = new_run(config(table))
    run.step(epochs=2)
    assert run.get("/gradient-check")["max_relative_error"] < 1e-4
    assert run.get("/trace", count=2)["layers"]
    assert run.get("/landscape", resolution=5)["loss"]
    body = {"config": config(table)}
    assert server.http.post("/api/v1/lr-range-test", json=body).raise_for_status().json()["losses"]


def test_a_reset_and_a_copy_have_the_same_rows(new_run, table):
    run = new_run(config(table))
    before = run.get("/weights")["layers"], run.get("/data")
    run.step(epochs=1)
    run.call("POST", "/reset", {})
    copy = new_run(run.get()["config"])
    for each in (run, copy):
        assert (each.get("/weights")["layers"], each.get("/data")) == before


def test_a_table_stays_while_runs_of_its_owner_name_it(server, new_run):
    table = upload(server, rows(50))
    own = {"Authorization": f"Bearer {table['owner_token']}"}
    path = f"/api/v1/tables/{table['id']}"
    run = server.http.post("/api/v1/runs", json={"config": config(table)}, headers=own).json()
    answer = server.http.delete(path, headers=own)
    assert (answer.status_code, "a run" in answer.json()["detail"]) == (409, True)
    assert server.http.delete(f"/api/v1/runs/{run['id']}", headers=own).status_code == 204
    assert server.http.delete(path, headers=own).status_code == 204
    assert server.http.get(path).status_code == 404


def test_more_rows_than_a_run_may_have_are_refused(start_server):
    server = start_server(workers=1, max_samples=50, max_values=70)
    for table, setting in (
        (upload(server, rows(60)), "DESCENT_MAX_SAMPLES"),
        (upload(server, rows(40)), "DESCENT_MAX_VALUES"),
    ):
        answer = server.http.post("/api/v1/runs", json={"config": config(table)})
        assert (answer.status_code, setting in answer.json()["detail"]) == (422, True), answer.text


@pytest.mark.skipif(sys.platform == "win32", reason="kills processes by signal")
def test_killed_workers_and_a_restart_cost_nothing(start_server, new_run_on):
    server = start_server(workers=1)
    table = upload(server, rows())
    undisturbed, *runs = [new_run_on(server, config(table)) for _ in range(3)]
    undisturbed.step(epochs=20)
    for run in runs:
        run.step(epochs=10)
    for pid in server.pids():
        os.kill(pid, signal.SIGKILL)
    for run in runs:
        run.step(epochs=5)
    server.stop()
    server = start_server(workers=1)
    for run in (undisturbed, *runs):
        run.move_to(server)
    for run in runs:
        run.step(epochs=5)
        assert run.get("/metrics") == undisturbed.get("/metrics")
        assert run.get("/weights") == undisturbed.get("/weights")
