"""The catalog, and the OpenAPI document's list of operations."""

import pytest

from engine import kernel


def test_the_catalog_lists_names_and_limits(server):
    catalog = server.http.get("/api/v1/catalog").json()
    assert "tanh" in [each["name"] for each in catalog["activations"]]
    assert catalog["limits"]["max_step"] == server.settings.max_step
    assert catalog["defaults"]["training"]["pace"] == 30


def test_openapi_describes_every_operation(server):
    document = server.http.get("/openapi.json").json()
    operations = {each["operationId"] for path in document["paths"].values() for each in path.values()}
    assert {"create_run", "step_run", "edit_weights", "read_metrics", "predict", "read_catalog"} <= operations
    links = document["paths"]["/api/v1/runs"]["post"]["responses"]["201"]["links"]
    assert {link["operationId"] for link in links.values()} <= operations
    assert "ProblemDocument" in document["components"]["schemas"]


@pytest.mark.parametrize("setting", ["off", ""])
def test_catalog_run_and_hello_name_the_arithmetic(start_server, new_run_on, setting):
    server = start_server(workers=1, kernel=setting)
    expected = kernel.status(setting)
    assert server.http.get("/api/v1/catalog").json()["arithmetic"] == expected._asdict()
    assert setting == "" or (expected.name == "numpy" and "DESCENT_KERNEL" in expected.reason)
    run = new_run_on(server)
    with run.stream() as stream:
        hello = stream.wait_for("hello")["run"]
    for document in (run.created, run.get(), hello):
        assert (document["arithmetic"], document["rules"]) == (expected.name, "portable-1")
