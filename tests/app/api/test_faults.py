"""One mistake, one address, in words: alike over REST, the stream and deep inside a worker, and under any limits."""

import re

import pytest
from pydantic import BaseModel, ValidationError

from app.api.schemas import ChangeRun, CreateRun, Predict, RangeTestBody, ResetRun, StepRun
from app.protocol.messages import MESSAGES
from app.web.validation_errors import items
from engine.config import WeightChange

# What pydantic says of itself and of Python; a client wrote neither.
INTERNALS = re.compile(
    r"constrained|literal\[|function-|tuple|tagged|union|nullable|is_instance|Input should|Value error|model_|_type\b|"
    r"dict\b|valid (?:integer|number|string|list|boolean)|unable to parse|permitted|pydantic|(?:greater|less) than or"
)
PART = re.compile(r"(?!(?:int|float|str|bool|list|tuple|dict|adam|leaky_relu)$)[a-z_]+1?")
WRONG = [None, True, "x", -1, 0, 0.5, 10**9, 10**40, float("inf"), float("nan"), [], {}, [None], [{}], ["x"], {"x": 1}]
WRONG += [
    [[]],
    [["x"]],
    [[True]],
    [0.5],
    [10**40],
    [0, "x"],
    [[0], [0, 1]],
    {"name": "x"},
    {"name": 3},
    ["x1", 3],
    "\ud800",
]
MODELS = [CreateRun, ChangeRun, StepRun, ResetRun, Predict, RangeTestBody, WeightChange, *MESSAGES.values()]

WHOLE = {
    "config": {
        "dataset": {"name": "custom", "inputs": [[0, 1], [1, 0]], "targets": [0, 1], "task": "classification"},
        "features": ["x1"],
        "network": {"hidden": [{"units": 3, "activation": {"name": "leaky_relu", "slope": 0.1}, "dropout": 0.5}]},
        "training": {
            "optimizer": {"name": "adam", "beta1": 0.9},
            "schedule": {"name": "constant"},
            "regularizer": {"name": "l2", "rate": 0.1},
            "stop": {"train_loss": 0.1, "patience": 3},
            "batch_size": 4,
        },
        "sweep": {"parameter": "seed", "values": [1, 2]},
    },
    "training": {"learning_rate": 0.1, "regularizer": {"rate": 0.1}, "stop": {"patience": 3}},
    "inputs": [[0, 1]],
    "edits": [{"layer": 0, "row": 0, "column": 0, "value": 1}],
    "cut": [{"layer": 0, "row": 0, "column": 0}],
    "include": ["boundary"],
    "members": [0],
}


def paths(tree, before=()):
    """Every place in a tree of fields and lists."""
    yield before
    parts = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in parts:
        yield from paths(value, (*before, key))


def replaced(tree, path, value):
    if not path:
        return value
    head, *rest = path
    copy = dict(tree) if isinstance(tree, dict) else list(tree)
    copy[head] = replaced(tree[head], rest, value)
    return copy


def valid(model: type[BaseModel]):
    return {name: WHOLE[name] for name in model.model_fields if name in WHOLE} | (
        {"type": model.model_fields["type"].annotation.__args__[0]} if "type" in model.model_fields else {}
    )


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_no_error_mentions_pydantic(model):
    """Whatever is wrong in whichever place, and whatever field is unknown there."""
    tree, told = valid(model), 0
    for path in paths(tree):
        for value in WRONG:
            try:
                model.model_validate(replaced(tree, path, value))
            except ValidationError as error:
                for item in items(error.errors(), model):
                    told += 1
                    assert not INTERNALS.search(item.message), item
                    assert all(isinstance(part, int) or PART.fullmatch(part) for part in item.loc), item
    assert told >= len(WRONG) // 2


@pytest.mark.parametrize(
    ("method", "path", "type_", "body", "loc"),
    [
        ("PATCH", "", "set", {"training": {"learning_rate": 0}}, ["training", "learning_rate"]),
        ("PATCH", "", "set", {"training": {"learning_rate": "0.1"}}, ["training", "learning_rate"]),
        ("PATCH", "", "set", {"training": {"stop": None}}, ["training", "stop"]),
        ("PATCH", "", "set", {"training": {"max_epochs": 10**9}}, ["training", "max_epochs"]),
        ("PATCH", "", "set_state", {"state": "asleep"}, ["state"]),
        ("POST", "/step", "step", {"epochs": 0}, ["epochs"]),
        ("POST", "/step", "step", {"epochs": True}, ["epochs"]),
        ("POST", "/step", "step", {"batches": 10**9}, ["batches"]),
        ("POST", "/step", "step", {}, []),
        ("POST", "/reset", "reset", {"seed": -1}, ["seed"]),
        ("PATCH", "/weights", "edit", {"member": 4}, ["member"]),
        ("PATCH", "/weights", "edit", {"cut": [{"layer": 7, "row": 0, "column": 0}]}, ["cut", 0, "layer"]),
        ("PATCH", "/weights", "edit", {"edits": [{"layer": 0, "bias": 9, "value": 1}]}, ["edits", 0, "bias"]),
        ("PATCH", "/weights", "edit", {"edits": [{"layer": 0, "bias": 0, "value": "1"}]}, ["edits", 0, "value"]),
    ],
)
def test_a_fault_stands_in_one_place_over_rest_and_stream(new_run, method, path, type_, body, loc):
    run = new_run()
    over_rest = run.call(method, path, body, status=422)["errors"]
    with run.stream() as stream:
        stream.send(type_, **body)
        over_stream = stream.wait_for("error")["errors"]
    assert [error["loc"] for error in over_rest] == [["body", *loc]]
    assert [error["loc"] for error in over_stream] == [[type_, *loc]]
    assert [error["message"] for error in over_rest] == [error["message"] for error in over_stream]


@pytest.mark.parametrize(
    "path", ["weights", "boundary", "trace", "diagnostics", "landscape", "gradient-check", "frame"]
)
@pytest.mark.parametrize("member", [-1, 7])
def test_a_member_in_a_query_is_a_fault_of_the_query(new_run, path, member):
    (error,) = new_run().call("GET", f"/{path}", params={"member": member}, status=422)["errors"]
    assert error["loc"] == ["query", "member"]


@pytest.mark.parametrize("member", [-1, 7])
def test_a_member_in_a_body_is_a_fault_of_the_body(new_run, member):
    (error,) = new_run().call("POST", "/predict", {"inputs": [[0, 0]], "member": member}, status=422)["errors"]
    assert error["loc"] == ["body", "member"]


@pytest.mark.parametrize(
    ("inputs", "loc"),
    [
        ([[0, "0.5"]], [0, 1]),
        ([[0, 0], [True, 0]], [1, 0]),
        ([[0, 0], [None, 0]], [1, 0]),
        ([[0, 0], [0, 0, 0]], [1]),
        ([[0, 0], "ab"], [1]),
        ([[0, 1e999]], [0, 1]),
    ],
)
def test_inputs_are_numbers_and_a_wrong_one_is_named(new_run, inputs, loc):
    content = str(inputs).replace("'", '"').replace("True", "true").replace("None", "null").replace("inf", "1e999")
    (error,) = new_run().call(
        "POST", "/predict", content=f'{{"inputs": {content}}}', headers={"Content-Type": "application/json"}, status=422
    )["errors"]
    assert error["loc"] == ["body", "inputs", *loc]


def own(targets, **more):
    rows = [[float(index), 1.0] for index, _ in enumerate(targets)]
    return {"dataset": {"name": "custom", "inputs": rows, "targets": targets, **more}}


@pytest.mark.parametrize(
    "targets", [[1, 2, 3], [1.0, 2.0, 3.0], ["cat", "dog", "cat"], [0, "1"], [0, True], [[0], [1]]]
)
def test_an_invalid_class_index_gives_one_error(server, targets):
    problem = server.http.post("/api/v1/runs", json={"config": own(targets)}).json()
    (error,) = problem["errors"]
    assert problem["detail"].count("class indices from 0") == 1
    assert error["loc"][:4] == ["body", "config", "dataset", "targets"]


def test_whole_numbers_written_with_a_point_are_class_indices(new_run):
    run = new_run(own([0.0, 1.0, 2.0, 1.0]))
    assert run.get()["config"]["dataset"]["targets"] == [0, 1, 2, 1]
    assert set(run.get("/data")["targets"]) == {0, 1, 2}


@pytest.fixture(scope="module")
def tight(servers, tmp_path_factory):
    """A server whose limits are below the engine's defaults."""
    running = servers(
        tmp_path_factory.mktemp("tight"), max_units=3, max_samples=50, max_layers=1, max_step=5, workers=1
    )
    yield running
    running.stop()


def test_defaults_keep_within_the_limits(tight, new_run_on):
    for config in ({}, {"network": {"hidden": [{}]}}, {"dataset": {"noise": 0.1}}):
        made = new_run_on(tight, config).created["config"]
        assert made["dataset"]["samples"] == 50
        assert [layer["units"] for layer in made["network"]["hidden"]] == [3]
    defaults = tight.http.get("/api/v1/catalog").json()["defaults"]
    assert tight.http.post("/api/v1/runs", json={"config": defaults}).status_code == 201


@pytest.mark.parametrize(
    ("config", "loc", "most"),
    [
        ({"dataset": {"samples": 51}}, ["dataset", "samples"], 50),
        ({"network": {"hidden": [{"units": 4}]}}, ["network", "hidden", 0, "units"], 3),
        ({"network": {"hidden": [{"units": 1}] * 2}}, ["network", "hidden"], 1),
    ],
)
def test_a_refusal_names_the_limit(tight, config, loc, most):
    (error,) = tight.http.post("/api/v1/runs", json={"config": config}).json()["errors"]
    assert error["loc"] == ["body", "config", *loc]
    assert f"at most {most}" in error["message"]


def test_the_step_that_a_refusal_suggests_is_accepted(tight, new_run_on):
    run = new_run_on(tight)
    run.step(epochs=3)
    for amount in ({"epochs": 6}, {"to_epoch": 900}):
        (error,) = run.call("POST", "/step", amount, status=422)["errors"]
        (name,) = amount
        assert error["loc"] == ["body", name]
        run.step(**{name: int(re.search(r"at most (\d+)", error["message"])[1])})
