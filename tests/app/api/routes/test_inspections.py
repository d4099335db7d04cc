"""The inside of a run over REST: every array holds its equation, and a busy worker goes on training meanwhile."""

import numpy as np
import pytest

EXACT = {"rtol": 1e-12, "atol": 1e-12}


@pytest.fixture
def trained(new_run):
    run = new_run()
    run.step(epochs=40)
    return run


def array(values):
    return np.array(values, float)


def test_a_trace_holds_its_equations(trained):
    trace = trained.get("/trace", count=5)
    assert (trace["epoch"], trace["batch"], trace["member"], trace["count"]) == (40, 0, 0, 5)
    data = trained.get("/data")
    assert trace["inputs"] == data["inputs"][:5]
    below = None
    for layer in trace["layers"]:
        W, A_prev, Z, dZ = (array(layer[name]) for name in ("W", "A_prev", "Z", "dZ"))
        np.testing.assert_allclose(W @ A_prev + array(layer["b"])[:, None], Z, **EXACT)
        np.testing.assert_allclose(dZ @ A_prev.T / 5, array(layer["dW"]), **EXACT)
        np.testing.assert_allclose(dZ.mean(axis=1), array(layer["db"]), **EXACT)
        A = array(layer["A"])
        slope = 1 - A**2 if layer["activation"] == "tanh" else A * (1 - A)
        np.testing.assert_allclose(array(layer["dA"]) * slope, dZ, **EXACT)
        np.testing.assert_allclose(array(layer["update"]["W"]), -0.03 * array(layer["dW"]), **EXACT)
        if below is not None:
            np.testing.assert_allclose(W.T @ dZ, array(below["dA"]), **EXACT)
        below = layer


def test_a_trace_may_have_fewer_examples_than_requested(trained):
    data = trained.get("/data")
    first_test = data["split"].index("test")
    trace = trained.get("/trace", split="test", index=248, count=9)
    assert trace["count"] == 2
    assert trace["inputs"] == data["inputs"][first_test + 248 :]


def test_the_next_mini_batch_is_traced_before_it_is_taken(trained):
    trained.step(batches=24)
    before = trained.get("/trace", batch="next")
    data = trained.get("/data")
    assert (before["epoch"], before["batch"], before["count"], before["shown"]) == (40, 24, 10, 10)
    assert before["inputs"] == [data["inputs"][i] for i in before["examples"]]
    assert before["targets"] == [[data["targets"][i] for i in before["examples"]]]
    trained.step(batches=1)
    for layer, now in zip(before["layers"], trained.get("/weights")["layers"], strict=True):
        np.testing.assert_allclose(array(layer["W"]) + array(layer["update"]["W"]), now["W"], rtol=1e-6, atol=1e-7)
    assert before["after"]["loss"] - before["loss"] == pytest.approx(before["after"]["predicted_change"], rel=0.1)


def test_a_trace_of_all_points_lists_the_requested_number(trained):
    trace = trained.get("/trace", batch="all", shown=3)
    assert (trace["count"], trace["shown"], trace["examples"], trace["index"]) == (250, 3, [0, 1, 2], None)
    assert trace["loss"] == pytest.approx(trained.get()["metrics"][0]["train_loss"], rel=1e-5)
    assert [np.shape(layer["Z"]) for layer in trace["layers"]] == [(4, 3), (2, 3), (1, 3)]
    for layer in trace["layers"]:
        assert layer["mean"]["dZ"] == pytest.approx(layer["db"], rel=1e-12)
        assert layer["D"] is None


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/trace?index=250", "use 0 to 249"),
        ("/trace?member=1", "use 0 to 0"),
        ("/trace?split=both", "'train', 'validation' or 'test'"),
        ("/landscape?resolution=10", "use 11"),
        ("/landscape?directions=up", "'pca' or 'random'"),
        ("/diagnostics?member=7", "use 0 to 0"),
    ],
)
def test_the_error_for_an_unknown_index_gives_the_range(trained, path, says):
    problem = trained.call("GET", path, status=422)
    assert says in problem["errors"][0]["message"]


def test_the_gradient_check_passes_on_the_present_weights(trained):
    check = trained.get("/gradient-check")
    assert check["max_relative_error"] < check["limit"] == 1e-6
    assert check["checked"] + check["skipped"] == 25
    assert [np.shape(layer["errors"]) for layer in check["layers"]] == [(4, 3), (2, 5), (1, 3)]


def test_the_gradient_check_says_which_derivatives_it_skips(new_run):
    """Where every z of a layer of ReLU is 0, each small change of its weights crosses the kink."""
    run = new_run({"network": {"hidden": [{"units": 3, "activation": "relu"}], "initializer": "zeros"}})
    for layer in run.get("/gradient-check")["layers"]:
        compared = np.array(layer["compared"])
        assert compared.shape == np.shape(layer["errors"])
        assert (~compared).sum() == layer["skipped"]
        assert (layer["skipped"] > 0) == (layer["layer"] == 0)


def test_diagnostics_name_a_dead_unit(new_run):
    run = new_run({"network": {"hidden": [{"units": 3, "activation": "relu"}]}})
    run.call("PATCH", "/weights", {"edits": [{"layer": 0, "bias": 1, "value": -1000}]})
    hidden, output = run.get("/diagnostics")["layers"]
    assert hidden["dead"] == [1]
    assert hidden["dead_fraction"] == pytest.approx(1 / 3)
    assert output["dead"] == []
    assert sum(hidden["histograms"]["outputs"]["counts"]) == 3 * 250


FIGURES = ("gradient_norm", "weight_norm", "update_ratio", "dead_fraction", "saturated_fraction")


def test_the_history_says_what_the_diagnostics_said_then(new_run):
    run = new_run({"training": {"schedule": {"name": "warm_up", "epochs": 4}, "regularizer": {"name": "l2"}}})
    links = [{"layer": 0, "row": 1, "column": 0}, {"layer": 1, "row": 0, "column": 2}]
    said = [run.get("/diagnostics")]
    changes = (
        lambda: run.patch(training={"learning_rate": 0.3}),
        lambda: run.call("PATCH", "/weights", {"cut": links}),
        lambda: run.call("PATCH", "/weights", {"restore": links[:1]}),
        lambda: run.patch(training={"learning_rate": 0.01}),
    )
    for change in changes:
        change()
        run.step(epochs=1)
        said.append(run.get("/diagnostics"))
    run.step(batches=3)
    history = run.get("/diagnostics/history")
    assert (history["epoch"], history["batch"], history["member"]) == (4, 3, 0)
    assert history["epochs"] == [0, 1, 2, 3, 4]
    for epoch, then in enumerate(said):
        for layer, columns in zip(then["layers"], history["layers"], strict=True):
            for name in FIGURES:
                assert columns[name][epoch] == pytest.approx(layer[name], rel=1e-12), (epoch, name)


def test_a_history_is_thinned_and_cleared_by_a_reset(trained):
    assert trained.get("/diagnostics/history", points=10)["epochs"] == list(range(0, 40, 5))[:8]
    trained.call("POST", "/reset", {})
    history = trained.get("/diagnostics/history")
    assert history["epochs"] == []
    assert [layer["weight_norm"] for layer in history["layers"]] == [[], [], []]


def test_before_a_change_of_the_penalty_the_step_is_not_known(new_run):
    run = new_run({"training": {"regularizer": {"name": "l2", "rate": 0.1}}})
    run.step(epochs=2)
    run.patch(training={"regularizer": {"rate": 0.2}})
    run.step(epochs=2)
    ratios = run.get("/diagnostics/history")["layers"][0]["update_ratio"]
    assert [ratio is None for ratio in ratios] == [True, True, True, False]


def test_an_activation_has_its_present_slope(new_run):
    layers = [{"units": 3, "activation": {"name": "leaky_relu", "slope": 0.2}}, {"units": 3, "activation": "prelu"}]
    run = new_run({"network": {"hidden": layers}})
    before = run.get("/activations")["layers"][1]["parameters"]
    run.step(epochs=30)
    leaky, learned = run.get("/activations")["layers"]
    assert (leaky["activation"], leaky["parameters"]) == ("leaky_relu", {"slope": 0.2})
    assert learned["parameters"] != before
    for layer, slope in ((leaky, 0.2), (learned, learned["parameters"]["slope"])):
        z = array(layer["curve"]["z"])
        np.testing.assert_allclose(layer["curve"]["a"], np.where(z > 0, z, slope * z), atol=5e-5)
        np.testing.assert_allclose(layer["curve"]["derivative"], np.where(z > 0, 1, slope), atol=5e-5)


@pytest.mark.parametrize("directions", ["pca", "random"])
def test_the_landscape_centre_is_the_end_of_its_path(trained, directions):
    surface = trained.get("/landscape", resolution=21, directions=directions)
    loss = trained.get()["metrics"][0]["train_loss"]
    assert surface["loss"][10][10] == pytest.approx(loss, rel=1e-5)
    assert [point["epoch"] for point in surface["path"]] == list(range(41))
    assert (surface["path"][-1]["x"], surface["path"][-1]["y"]) == (0, 0)
    recorded = trained.get("/metrics")["members"][0]["train_loss"]
    np.testing.assert_allclose([point["loss"] for point in surface["path"]], recorded, rtol=1e-4)


def test_a_range_test_suggests_a_rate_that_trains(server, new_run):
    answer = server.http.post("/api/v1/lr-range-test", json={"config": {}}).json()
    of_old_run = server.http.post("/api/v1/lr-range-test", json={"config": {}, "rules": "numpy-1"}).json()
    assert of_old_run["losses"] != answer["losses"]
    assert len(answer["learning_rates"]) == len(answer["losses"]) == len(answer["smoothed"])
    run = new_run({"training": {"learning_rate": answer["minimum_tenth"]}})
    run.step(epochs=100)
    assert run.get()["metrics"][0]["test_accuracy"] > 0.95


def test_a_study_past_the_limit_is_refused_with_its_setting(start_server, new_run_on):
    server = start_server(max_study=1_000_000)
    run = new_run_on(server)
    refused = run.call("GET", "/landscape?resolution=41", status=422)
    assert refused["errors"][0]["loc"] == ["query", "resolution"]
    assert "DESCENT_MAX_STUDY" in refused["detail"]
    finest = int(refused["detail"].rpartition(" ")[2])
    assert len(run.get("/landscape", resolution=finest)["loss"]) == finest
    assert len(run.get("/landscape")["loss"]) == finest
    run.step(epochs=1)
    assert run.get("/diagnostics/history")["epochs"] == [0]
    assert "DESCENT_MAX_STUDY" in run.call("GET", "/gradient-check", status=422)["detail"]
    response = server.http.post("/api/v1/lr-range-test", json={"config": {"network": {"hidden": [{"units": 64}]}}})
    assert response.status_code == 422
    assert "DESCENT_MAX_STUDY" in response.json()["detail"]


def test_a_study_changes_nothing(new_run):
    studied, alone = new_run(), new_run()
    for _ in range(3):
        for run in (studied, alone):
            run.step(batches=10)
        for path in ("/trace", "/diagnostics", "/diagnostics/history", "/activations", "/gradient-check", "/landscape"):
            studied.get(path)
    assert studied.get("/weights")["layers"] == alone.get("/weights")["layers"]


def test_formulas_are_mathml(server):
    catalog = server.http.get("/api/v1/catalog").json()
    for part in ("activations", "losses", "optimizers", "schedules", "initializers", "regularizers", "features"):
        assert all(entry["formula"].startswith("<math") for entry in catalog[part]), part
