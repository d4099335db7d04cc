"""The OpenAPI document makes clients: a generated one trains, and the names that others rely on stay."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.main import create_app
from app.protocol.messages import MESSAGES, CloseCode, Subprotocol
from app.settings import Settings
from app.web.openapi import stream_in_words

DOCUMENT = create_app(Settings(data_dir=Path())).openapi()
SCHEMAS = DOCUMENT["components"]["schemas"]
OPERATIONS = {each["operationId"]: each for path in DOCUMENT["paths"].values() for each in path.values()}
PUBLISHED = json.loads(Path(__file__).with_name("published.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", PUBLISHED["schemas"])
def test_a_published_schema_keeps_its_name_and_fields(name):
    assert set(PUBLISHED["schemas"][name]) <= SCHEMAS[name].get("properties", {}).keys()


@pytest.mark.parametrize("name", PUBLISHED["operations"])
def test_a_published_operation_keeps_its_name_and_parameters(name):
    assert set(PUBLISHED["operations"][name]) <= {each["name"] for each in OPERATIONS[name].get("parameters", [])}


def reached(part):
    """The schemas that a part of the document leads to, by name."""
    found, waiting = {}, [part]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            name = str(part.get("$ref", "")).rpartition("/")[2]
            if name and name not in found:
                found[name] = SCHEMAS[name]
                waiting.append(SCHEMAS[name])
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    return found


def defaults_within(part, place=""):
    """Where a field has a default: makers of clients take such a field for one that must be there."""
    if isinstance(part, dict):
        found = [f"{place}.{name}" for name, each in part.get("properties", {}).items() if "default" in each]
        return found + [each for key, value in part.items() for each in defaults_within(value, f"{place}.{key}")]
    return [each for value in part for each in defaults_within(value, place)] if isinstance(part, list) else []


def test_requests_may_omit_fields_with_a_default():
    sent = reached([each["requestBody"] for each in OPERATIONS.values() if "requestBody" in each])
    assert {"CreateRun", "ChangeRun", "Predict", "RunConfig-Input"} <= sent.keys()
    for name, schema in sent.items():
        assert defaults_within(schema, name) == []
    assert "required" not in sent["CreateRun"]
    assert "required" not in sent["TrainingConfig-Input"]


def test_answers_require_all_their_fields():
    answered = reached(OPERATIONS["read_run"]["responses"])
    for name in ("RunConfig", "TrainingConfig", "LayerConfig", "Optimizer_adam"):
        assert set(answered[name]["required"]) == answered[name]["properties"].keys()


def test_a_token_is_asked_for_where_one_is_needed(server, new_run):
    run, bodies = new_run(), {"create_run": {}, "step_run": {"epochs": 1}, "predict": {"inputs": [[0, 0]]}}
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            if operation["operationId"] in ("test_learning_rates", "read_lesson"):
                continue
            url = path.replace("{run_id}", run.id)
            body = bodies.get(operation["operationId"], {})
            sent = {} if method in ("get", "delete") else {"json": body}
            status = server.http.request(method, url, **sent).status_code
            security = operation.get("security", [{}])
            assert (status == 401) == ({} not in security), (operation["operationId"], status)
            assert {} in security or {"OwnerCookie": []} in security


def test_the_stream_is_named():
    (tag,) = (each for each in DOCUMENT["tags"] if each["name"] == "stream")
    assert tag["description"] == stream_in_words()
    for word in ("/api/v1/runs/{run_id}/stream", *Subprotocol, *MESSAGES, *(str(code.value) for code in CloseCode)):
        assert word in tag["description"]


def test_a_generated_client_trains(server, tmp_path, monkeypatch):
    """Made from what the server serves, without one warning; every operation is there."""
    (tmp_path / "openapi.json").write_text(server.http.get("/openapi.json").text)
    (tmp_path / "config.yml").write_text("post_hooks: []\n")
    command = "generate --path openapi.json --output-path made --meta none --config config.yml --fail-on-warning"
    made = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", *command.split()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    assert {path.stem for path in (tmp_path / "made" / "api").rglob("*.py")} >= OPERATIONS.keys()

    monkeypatch.syspath_prepend(tmp_path)
    models, runs, model = (importlib.import_module(f"made.{name}") for name in ("models", "api.runs", "api.model"))
    for name in ("create_run", "step_run"):
        importlib.import_module(f"{runs.__name__}.{name}")
    importlib.import_module(f"{model.__name__}.predict")
    clients = importlib.import_module("made")
    config = models.RunConfigInput(
        dataset=models.DatasetConfigInput(name=models.DatasetConfigInputName.MOONS),
        training=models.TrainingConfigInput(optimizer=models.OptimizerAdamInput(name="adam"), max_epochs=20, pace=None),
    )
    body = models.CreateRun(config=config, state=models.CreateRunState.RUNNING)
    with clients.Client(base_url=server.address, timeout=60) as anybody:
        run = runs.create_run.sync(client=anybody, body=body, wait=60)
        assert (run.state, run.epoch) == (models.State.FINISHED, 20)
        assert run.config.training.optimizer.name == "adam"
        assert run.config.training.learning_rate == 0.03
        answer = model.predict.sync(run.id, client=anybody, body=models.Predict(inputs=[[0.0, 1.0]]))
        assert answer.labels in ([0], [1])
    with clients.AuthenticatedClient(base_url=server.address, token=run.owner_token) as owner:
        refused = runs.step_run.sync(run.id, client=owner, body=models.StepRun(epochs=0))
        assert refused.errors[0].loc == ["body", "epochs"]
