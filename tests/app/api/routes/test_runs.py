"""Runs over REST: made, steered, read; and refused in words where they ask for what cannot be."""

import re
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from app.api import operations
from engine.config.dataset import DatasetConfig

QUICK = {"training": {"max_epochs": 300, "pace": None}}


def test_a_run_trains_while_the_caller_waits_and_predicts(new_run):
    run = new_run(QUICK, "running", wait=30)
    document = run.created
    assert document["state"] == "finished"
    assert document["epoch"] == 300
    assert document["metrics"][0]["test_accuracy"] > 0.95
    assert "300" in document["detail"]
    answer = run.call("POST", "/predict", {"inputs": [[0, 0], [5, 0]]})
    assert answer["labels"] == [1, 0]
    assert answer["epoch"] == 300


def test_the_created_run_says_where_it_is(server):
    response = server.http.post("/api/v1/runs", json={})
    assert response.status_code == 201
    run = response.json()
    assert response.headers["location"] == f"/api/v1/runs/{run['id']}"
    assert (run["state"], run["epoch"], run["batch"], run["member_count"]) == ("paused", 0, 0, 1)
    assert run["metrics"][0]["train_loss"] > 0
    assert run["config"]["training"]["learning_rate"] == 0.03
    assert run["recorded_epochs"] == [0]
    assert run["changes"] == []
    assert len(run["id"]) >= 22
    assert len(run["owner_token"]) >= 22
    again = server.http.get(f"{response.headers['location']}").json()
    assert again == {name: value for name, value in run.items() if name != "owner_token"} | {"role": "viewer"}


@pytest.mark.parametrize(
    ("config", "loc", "words"),
    [
        ({"network": {"hidden": [{"units": 4, "activation": "swash"}]}}, "network.hidden.0.activation", "tanh"),
        ({"network": {"hidden": [{"units": 0}]}}, "network.hidden.0.units", "at least 1"),
        ({"training": {"learning_rate": "fast"}}, "training.learning_rate", "must be a number"),
        ({"training": {"lr": 1}}, "training.lr", "the fields here are .*learning_rate"),
        ({"network": {"hidden": [{"unit": 4}]}}, "network.hidden.0.unit", "the fields here are .*units"),
        ({"training": {"optimizer": {"name": "adam", "beta": 1}}}, "training.optimizer.beta", "beta1, beta2"),
        ({"dataset": {"name": "moon"}}, "dataset.name", "circle.*moons"),
        ({"dataset": {"samples": 10**9}}, "dataset.samples", "DESCENT_MAX_SAMPLES"),
        ({"network": {"hidden": [{"units": 5000}]}}, "network.hidden.0.units", "DESCENT_MAX_UNITS"),
        ({"training": {"max_epochs": 10**7}}, "training.max_epochs", "DESCENT_MAX_EPOCHS"),
        ([], "", "must be an object"),
    ],
)
def test_the_error_for_a_bad_config_says_what_to_change(server, config, loc, words):
    response = server.http.post("/api/v1/runs", json={"config": config})
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    (error,) = problem["errors"]
    assert ".".join(map(str, error["loc"])) == f"body.config{'.' * bool(loc)}{loc}"
    assert httpx.codes(problem["status"]) == 422

    assert re.search(words, error["message"])
    assert error["message"] in problem["detail"]


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b'{"config": ', 422, "not JSON"),
        (b'{"config": {"training": {"learning_rate": NaN}}}', 422, "finite"),
        (b"", 422, "missing"),
        (b"[" * 100_000, 400, "nested"),
        (b'{"state": "finished"}', 422, "'paused' or 'running'"),
    ],
)
def test_the_error_for_an_unreadable_body_says_why(server, content, status, words):
    headers = {"content-type": "application/json"}
    response = server.http.post("/api/v1/runs", content=content, headers=headers)
    assert response.status_code == status
    assert words in response.json()["detail"]


def test_steps_are_exact(new_run):
    run = new_run()
    assert run.step(epochs=2)["epoch"] == 2
    after = run.step(batches=7)
    assert (after["state"], after["epoch"], after["batch"]) == ("paused", 2, 7)
    after = run.step(epochs=1)
    assert (after["epoch"], after["batch"]) == (3, 0)
    after = run.step(batches=30)
    assert (after["epoch"], after["batch"]) == (4, 5)
    after = run.step(to_epoch=40)
    assert (after["state"], after["epoch"], after["batch"]) == ("paused", 40, 0)
    assert run.get("/metrics")["epoch"] == list(range(41))


def test_a_step_says_one_of_three_and_not_too_much(new_run):
    run = new_run()
    for body in ({}, {"epochs": 1, "batches": 1}, {"epochs": 10**6}, {"epochs": 0}):
        run.call("POST", "/step", body, status=422)
    assert run.get()["epoch"] == 0


def test_a_repeated_key_takes_no_second_step(new_run):
    run = new_run()
    for _ in range(2):
        after = run.call("POST", "/step", {"epochs": 3}, headers={"Idempotency-Key": "three"})
        assert after["epoch"] == 3
    run.call("POST", "/step", {"epochs": 4}, status=422, headers={"Idempotency-Key": "three"})


def test_a_repeated_key_creates_no_second_run(new_run, server):
    owner = new_run()

    def post(**body):
        return owner.send("POST", "/api/v1/runs", json=body, headers={"Idempotency-Key": "once-only"})

    first, second = post(), post()
    assert first.json() == second.json()
    assert "owner_token" not in first.json()
    assert post(config={"seed": 1}).status_code == 422


def test_a_new_key_sent_many_times_at_once_makes_one_run(new_run):
    owner = new_run()

    def post(_):
        return owner.send("POST", "/api/v1/runs", json={}, headers={"Idempotency-Key": "at-once"})

    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(post, range(8)))
    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(owner.send("GET", "/api/v1/runs").json()["runs"]) == 2


def test_a_key_without_an_owner_is_refused(server):
    answers = [server.http.post("/api/v1/runs", json={}, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    for answer in answers:
        assert answer.status_code == 400
        assert "Authorization: Bearer" in answer.json()["detail"]
        assert "owner_token" not in answer.json()


def test_play_and_pause(new_run):
    run = new_run({"training": {"pace": None}})
    assert run.patch(state="running")["state"] == "running"
    assert run.patch(state="running")["state"] == "running"
    paused = run.patch(state="paused")
    assert paused["state"] == "paused"
    assert run.get()["epoch"] == paused["epoch"]
    assert run.get("/metrics")["epoch"] == list(range(paused["epoch"] + 1))


def test_a_state_that_cannot_be_entered_is_a_conflict(new_run):
    run = new_run({"training": {"max_epochs": 3, "pace": None}}, "running", wait=20)
    problem = run.call("PATCH", "", {"state": "running"}, status=409)
    assert "max_epochs" in problem["detail"]
    run.call("POST", "/step", {"epochs": 1}, status=409)
    run.call("PATCH", "", {"state": "diverged"}, status=409)


def test_raising_the_limit_lets_a_finished_run_go_on(new_run):
    run = new_run({"training": {"max_epochs": 3, "pace": None}}, "running", wait=20)
    run.patch(training={"max_epochs": 6})
    assert run.call("POST", "/reset", {})["epoch"] == 0
    assert run.step(to_epoch=6)["state"] == "finished"


def test_the_servers_limit_ends_a_run_without_one(start_server, new_run_on):
    run = new_run_on(start_server(max_epochs=5, workers=1), {"training": {"pace": None}}, "running", wait=20)
    assert (run.created["state"], run.created["epoch"]) == ("finished", 5)
    assert "DESCENT_MAX_EPOCHS" in run.created["detail"]


def test_live_changes_keep_the_model_and_are_listed(new_run):
    run = new_run()
    run.step(epochs=1)
    run.step(batches=4)
    before = run.get("/weights")["layers"]
    after = run.patch(training={"learning_rate": 0.1, "pace": None})
    assert after["config"]["training"]["learning_rate"] == 0.1
    assert after["config"]["training"]["pace"] is None
    assert after["config"]["training"]["batch_size"] == 10
    assert after["changes"] == [{"epoch": 1, "batch": 4, "training": {"learning_rate": 0.1, "pace": None}}]
    assert run.get("/weights")["layers"] == before


def test_reset_restores_the_weights_of_its_seed(new_run):
    run = new_run()
    start = run.get("/weights")["layers"]
    run.step(epochs=3)
    run.patch(training={"learning_rate": 0.3})
    after = run.call("POST", "/reset", {})
    assert (after["state"], after["epoch"], after["series"]) == ("paused", 0, 1)
    assert after["config"]["training"]["learning_rate"] == 0.3
    assert after["recorded_epochs"] == [0]
    assert run.get("/metrics")["epoch"] == [0]
    assert run.get("/weights")["layers"] == start
    assert run.call("POST", "/reset", {"seed": 7})["config"]["seed"] == 7
    assert run.get("/weights")["layers"] != start


def test_a_diverged_run_says_why_and_can_be_reset(new_run):
    config = {"dataset": {"name": "plane"}, "training": {"learning_rate": 900, "pace": None}}
    config["network"] = {"hidden": [{"units": 8, "activation": "relu"}, {"units": 8, "activation": "relu"}]}
    run = new_run(config, "running", wait=20)
    assert run.created["state"] == "diverged"
    assert "learning rate" in run.created["detail"]
    run.call("PATCH", "", {"state": "running"}, status=409)
    run.patch(training={"learning_rate": 0.01})
    after = run.call("POST", "/reset", {})
    assert (after["state"], after["detail"]) == ("paused", None)


def test_pauses_do_not_change_the_metrics(new_run):
    config = {"training": {"max_epochs": 40, "pace": None}}
    undisturbed = new_run(config, "running", wait=20).get("/metrics")
    run = new_run(config)
    for amount in ({"batches": 13}, {"epochs": 3}, {"batches": 1}, {"to_epoch": 20}):
        run.step(**amount)
        run.get("/boundary")
    run.patch(state="running")
    run.step(to_epoch=40)
    assert run.get("/metrics") == undisturbed


def test_metrics_within_an_epoch_are_of_the_current_weights(new_run):
    run = new_run({"training": {"learning_rate": 0.3}})
    run.step(epochs=1)
    (whole,) = run.get()["metrics"]
    run.step(batches=3)
    (now,) = run.get()["metrics"]
    assert now["train_loss"] == pytest.approx(run.get("/trace", batch="all", shown=1)["loss"], rel=1e-5)
    assert now["train_loss"] != whole["train_loss"]
    recorded = run.get("/metrics")
    assert recorded["epoch"] == [0, 1]
    assert recorded["members"][0]["train_loss"][1] == whole["train_loss"]


def test_every_change_is_answered_with_the_whole_run(new_run):
    run = new_run()
    assert run.get()["config"] == run.created["config"]
    changed = run.patch(training={"learning_rate": 0.5})
    assert changed["config"]["training"]["learning_rate"] == 0.5
    assert changed["config"]["dataset"] == run.created["config"]["dataset"]
    assert run.call("POST", "/reset", {"seed": 4})["config"]["seed"] == 4


def test_a_run_says_what_follows_from_its_config(new_run):
    own = {"inputs": [[0, 0], [1, 0], [0, 1]], "targets": [0, 1, 2], "task": "classification"}
    run = new_run({"dataset": {"name": "custom", **own}, "network": {"hidden": [{"units": 4}, {"units": 3}]}})
    assert run.created["derived"] == {
        "task": "classification",
        "inputs": 2,
        "classes": 3,
        "features": ["x1", "x2"],
        "output": "softmax",
        "loss": "cross_entropy",
        "sizes": [2, 4, 3, 3],
        "parameters": (2 + 1) * 4 + (4 + 1) * 3 + (3 + 1) * 3,
    }
    assert run.call("GET", "")["derived"] == run.created["derived"]


def test_a_data_set_is_validated_and_written_once(server, new_run, monkeypatch):
    taken, written = [], []
    create, write = operations.create, DatasetConfig.model_dump_json

    async def noting_create(runs, owner, config, *more):
        taken.append(config)
        return await create(runs, owner, config, *more)

    def noting_write(dataset, **options):
        written.append(dataset)
        return write(dataset, **options)

    monkeypatch.setattr(operations, "create", noting_create)
    monkeypatch.setattr(DatasetConfig, "model_dump_json", noting_write)
    own = {"name": "custom", "inputs": [[0, 0], [1, 1e-7]], "targets": [0, 1]}
    run = new_run({"dataset": own, "features": ["x1"]})
    session = server.app.state.runs._sessions[run.id]
    assert session.config is taken[0]
    for change in ({"training": {"learning_rate": 0.1}}, {"training": {"pace": None}}):
        changed = run.patch(**change)["config"]
        assert changed == run.get()["config"]
        assert changed["dataset"]["inputs"] == own["inputs"]
    assert changed["training"]["learning_rate"] == 0.1
    assert session.config.dataset is taken[0].dataset
    assert [dataset is taken[0].dataset for dataset in written] == [True]
