"""The OpenAPI document holds: whatever it allows is answered as it says, on real runs and along its links."""

from pathlib import Path

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    use_after_free,
)

from app.main import create_app
from app.settings import Settings

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    use_after_free,
]

# Small runs: it is the answers that are tested here. What is larger is refused, which is an answer too.
LIMITS = {
    "max_samples": 500,
    "max_units": 12,
    "max_layers": 4,
    "max_members": 3,
    "max_parameters": 600,
    "max_step": 20,
    "max_study": 20_000_000,
    "max_runs_per_owner": 10_000,
    "idle_seconds": 3,
}
FINITE = {
    "dataset": {"samples": 60},
    "network": {"hidden": [{"units": 3, "activation": "linear"}]},
    "training": {"max_epochs": 50, "pace": None},
}
PLAIN = {"weights": {"edits": []}, "predict": {"inputs": [[0, 1]]}, "step": {"epochs": 1}, "reset": {}}
QUERY = {"evidence": {"lesson": "one-neuron"}}
PROFILE = {
    "deadline": None,
    "derandomize": True,
    "database": None,
    "phases": [Phase.explicit, Phase.generate],
    "suppress_health_check": list(HealthCheck),
}
EXAMPLES = 25
DEADLINE = 60

DOCUMENT = create_app(Settings(data_dir=Path())).openapi()
OPERATIONS = [(method, path) for path, methods in DOCUMENT["paths"].items() for method in methods]


@pytest.fixture(scope="module")
def small(servers, tmp_path_factory):
    """A server with small limits."""
    running = servers(tmp_path_factory.mktemp("small"), **LIMITS)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def api(small):
    schema = schemathesis.openapi.from_dict(small.app.openapi())
    schema.config.update(base_url=small.address)
    return schema


@pytest.fixture(scope="module")
def owned(small):
    """A run of the caller's own that every operation finds."""
    body = {"config": FINITE | {"sweep": {"parameter": "seed", "values": [1, 2]}}}
    return small.http.post("/api/v1/runs", json=body).raise_for_status().json()


def send(case, headers):
    """Sends it, and holds the answer against the document."""
    if "wait" in case.query:  # a run that never ends would be waited for so long
        case.query["wait"] = 0
    return case.call_and_validate(headers=headers, checks=CHECKS, timeout=DEADLINE)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_an_operation_answers_as_documented(api, small, owned, method, path):
    operation = api[path][method]
    headers = {"Authorization": f"Bearer {owned['owner_token']}"}
    strategies = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]

    @given(st.one_of(strategies))
    @hypothesis.settings(max_examples=EXAMPLES, **PROFILE)
    def holds(case):
        if "run_id" in case.path_parameters:
            run = owned
            if method == "delete":
                run = small.http.post("/api/v1/runs", json={"config": FINITE}, headers=headers).json()
            case.path_parameters["run_id"] = run["id"]
        if "table_id" in case.path_parameters:
            table = small.http.post("/api/v1/tables", content=b"x,kind\n1,a\n,b\n", headers=headers)
            case.path_parameters["table_id"] = table.raise_for_status().json()["id"]
        send(case, headers)

    holds()


def test_the_links_lead_from_run_to_run(api, small, owned):
    """Sequences of operations on what earlier ones made."""
    followed = set()
    of_runs = {(method, path) for method, path in OPERATIONS if path.startswith("/api/v1/runs")}

    def another():
        """A run that may be deleted while the others are still needed."""
        token = {"Authorization": f"Bearer {owned['owner_token']}"}
        return small.http.post("/api/v1/runs", json={"config": FINITE}, headers=token).raise_for_status().json()["id"]

    class Caller(api.as_state_machine()):
        def before_call(self, case):
            if case.method == "DELETE" and not of_runs <= followed:
                case.path_parameters["run_id"] = another()
            if case.operation.path == "/api/v1/runs" and case.method == "POST":
                case.query, case.body = {}, {"config": FINITE}  # what else may be asked for is tested above
            elif (case.method.lower(), case.operation.path) not in followed:  # at first what every run can answer
                name = case.operation.path.rpartition("/")[2]
                case.query, case.body = QUERY.get(name, {}), PLAIN.get(name, case.body)

        def get_call_kwargs(self, case):
            return {"headers": {"Authorization": f"Bearer {owned['owner_token']}"}, "timeout": DEADLINE}

        def after_call(self, response, case):
            if response.status_code < 300:
                followed.add((case.method.lower(), case.operation.path))

        def validate_response(self, response, case, additional_checks=None, **kwargs):
            case.validate_response(response, checks=CHECKS, transport_kwargs=kwargs)

    Caller.run(settings=hypothesis.settings(max_examples=80, stateful_step_count=12, **PROFILE))
    assert of_runs <= followed, "some were never answered with success"
