"""The model over REST: points, weights, edits, boundary and predictions."""

import numpy as np
import pytest

from app.protocol.encoding import unpack


def test_data_are_the_points_in_the_trainers_order(new_run):
    data = new_run().get("/data")
    assert len(data["inputs"]) == len(data["targets"]) == len(data["split"]) == 500
    assert data["split"] == ["train"] * 250 + ["test"] * 250


def test_predictions_follow_from_the_weights(new_run):
    run = new_run()
    run.step(epochs=5)
    a = np.array([[0.5, -1.2], [3.0, 4.0]]).T
    for index, layer in enumerate(layers := run.get("/weights")["layers"]):
        z = np.array(layer["W"]) @ a + np.array(layer["b"])[:, None]
        a = np.tanh(z) if index < len(layers) - 1 else 1 / (1 + np.exp(-z))
    answer = run.call("POST", "/predict", {"inputs": [[0.5, -1.2], [3.0, 4.0]]})
    np.testing.assert_allclose(answer["outputs"], a.T, rtol=1e-5)


def test_the_threshold_decides_the_label(new_run):
    run = new_run()
    ((output,),) = run.call("POST", "/predict", {"inputs": [[0, 0]]})["outputs"]
    for threshold, label in ((output - 0.01, 1), (output + 0.01, 0)):
        body = {"inputs": [[0, 0]], "threshold": threshold}
        assert run.call("POST", "/predict", body)["labels"] == [label]


def test_predictions_of_a_recorded_epoch_are_those_it_made(new_run):
    run = new_run()
    run.step(epochs=3)
    body = {"inputs": [[0.5, -1.2], [3.0, 4.0]]}
    then = run.call("POST", "/predict", body)
    run.step(epochs=4)
    assert run.call("POST", "/predict", body)["outputs"] != then["outputs"]
    assert run.call("POST", "/predict", body | {"epoch": 3}) == then
    assert "nearest recorded epoch is 7" in run.call("POST", "/predict", body | {"epoch": 99}, status=404)["detail"]


def test_edits_cuts_and_restores(new_run):
    run = new_run()
    edits = [{"layer": 0, "row": 1, "column": 1, "value": 0.5}, {"layer": 2, "bias": 0, "value": -1}]
    layers = run.call("PATCH", "/weights", {"edits": edits, "cut": [{"layer": 0, "row": 0, "column": 0}]})["layers"]
    assert layers[0]["W"][1][1] == 0.5
    assert layers[2]["b"] == [-1]
    assert layers[0]["W"][0][0] == 0
    assert layers[0]["mask"][0] == [False, True]
    run.step(epochs=2)
    assert run.get("/weights")["layers"][0]["W"][0][0] == 0
    assert run.get()["changes"][0]["cut"] == [{"layer": 0, "row": 0, "column": 0}]
    after = run.call("POST", "/reset", {})
    assert run.get("/weights")["layers"][0]["mask"][0] == [False, True]
    assert run.get("/weights")["layers"][2]["b"] == [0]
    assert [change.keys() for change in after["changes"]] == [{"epoch", "batch", "member", "cut"}]
    restored = run.call("PATCH", "/weights", {"restore": [{"layer": 0, "row": 0, "column": 0}]})["layers"]
    assert restored[0]["mask"] is None or restored[0]["mask"][0] == [True, True]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"edits": [{"layer": 0, "row": 9, "column": 0, "value": 1}]}, "row 9"),
        ({"edits": [{"layer": 0, "row": 0, "value": 1}]}, "column"),
        ({"cut": [{"layer": 5, "row": 0, "column": 0}]}, "layer 5"),
        ({"member": 3}, "member"),
        ({"cuts": []}, "the fields here are"),
    ],
)
def test_an_edit_that_cannot_be_changes_nothing(new_run, body, words):
    run = new_run()
    before = run.get("/weights")
    problem = run.call("PATCH", "/weights", body, status=422)
    assert words in problem["detail"]
    assert problem["errors"]
    assert run.get("/weights") == before
    assert run.get()["changes"] == []


def test_weights_and_boundary_of_recorded_epochs(new_run):
    run = new_run()
    run.step(epochs=3)
    weights, boundary = run.get("/weights"), run.get("/boundary", resolution=10)
    run.step(epochs=3)
    then = run.get("/weights", epoch=3)
    assert then["layers"] == weights["layers"]
    assert (then["epoch"], then["batch"], then["member"]) == (3, 0, 0)
    assert run.get("/boundary", resolution=10, epoch=3)["values"] == boundary["values"]
    assert run.get("/weights")["layers"] != weights["layers"]
    problem = run.call("GET", "/weights", status=404, params={"epoch": 99})
    assert "nearest" in problem["detail"]
    assert "6" in problem["detail"]


def test_the_boundary_has_y_ascending_and_agrees_with_predict(new_run):
    run = new_run()
    grid = run.get("/boundary", resolution=10)
    assert grid["y"] == sorted(grid["y"])
    assert len(grid["values"][0]) == len(grid["classes"]) == 10
    inputs = [[grid["x"][7], grid["y"][2]]]
    ((output,),) = run.call("POST", "/predict", {"inputs": inputs})["outputs"]
    assert grid["values"][0][2][7] == pytest.approx(output, rel=1e-5)


def test_questions_that_cannot_be_answered(new_run):
    run = new_run()
    for path, words in (
        ("axes=0,5", "from 0 to 1"),
        ("axes=zero", "axes"),
        ("resolution=999", "200"),
        ("member=4", "0"),
    ):
        assert words in run.call("GET", f"/boundary?{path}", status=422)["detail"]
    for body in ({"inputs": [[1, 2, 3]]}, {"inputs": [[0, 0]], "member": 2}, {"inputs": [["a", 0]]}, {}):
        assert run.call("POST", "/predict", body, status=422)["errors"]
    assert run.call("POST", "/predict", {"inputs": []})["outputs"] == []


def test_anyone_may_predict(new_run, server):
    run = new_run()
    assert server.http.post(f"{run.path}/predict", json={"inputs": [[0, 0]]}).status_code == 200


def test_own_data(new_run):
    data = {"name": "custom", "inputs": [[0, 0, 1], [1, 1, 0], [0, 1, 1], [1, 0, 0]], "targets": [0, 1, 2, 1]}
    run = new_run({"dataset": data | {"train_fraction": 0.5}})
    run.step(epochs=1)
    answer = run.call("POST", "/predict", {"inputs": [[0, 0, 1]]})
    assert len(answer["outputs"][0]) == 3
    assert len(run.get("/boundary", resolution=4, axes="0,2")["values"]) == 3


DINING = {"dataset": {"name": "dining_hall"}, "network": {"hidden": [{"units": 3}]}}


def test_a_slice_names_its_axes_and_the_held_inputs(new_run):
    run = new_run(DINING)
    usual = run.get("/boundary", resolution=4)
    points = run.get("/data")
    train = [row for row, part in zip(points["inputs"], points["split"], strict=True) if part == "train"]
    assert usual["axes"] == [0, 1]
    assert usual["held"] == [None, None, pytest.approx(sum(row[2] for row in train) / len(train))]
    moved = run.get("/boundary", resolution=4, axes="0,2", hold="1:4.5")
    assert (moved["axes"], moved["held"]) == ([0, 2], [None, 4.5, None])
    ((output,),) = run.call("POST", "/predict", {"inputs": [[moved["x"][3], 4.5, moved["y"][1]]]})["outputs"]
    assert moved["values"][0][1][3] == pytest.approx(output, rel=1e-5)
    frame = run.get("/frame", resolution=10, include="boundary", axes="0,2", hold="1:4.5")
    exact = run.get("/boundary", resolution=10, axes="0,2", hold="1:4.5")["values"][0]
    assert frame["range.boundary"][0][0] == pytest.approx([min(map(min, exact)), max(map(max, exact))], rel=1e-3)


@pytest.mark.parametrize(
    "query", ["axes=0,0", "axes=0,3", "hold=3:1", "hold=1", "hold=1:1:1", "hold=1:e", "hold=1:1e999"]
)
def test_a_slice_that_does_not_exist_is_refused_in_words(new_run, query):
    problem = new_run(DINING).call("GET", f"/boundary?{query}", status=422)
    assert problem["errors"][0]["loc"] == ["query", query.split("=")[0]]


def test_one_input_needs_no_axes(new_run):
    grid = new_run({"dataset": {"name": "curve"}}).get("/boundary", resolution=10)
    assert (grid["axes"], grid["held"]) == ([0], [None])


def test_a_recorded_frame_equals_the_streamed_one(new_run):
    run = new_run()
    run.step(epochs=3)
    then = run.get("/frame", include="boundary,weights,neurons", resolution=25)
    assert (then["epoch"], then["members"]) == (3, [0])
    assert np.shape(then["boundary"]) == (1, 1, 25, 25)
    assert np.shape(then["neurons.1"]) == (1, 2, 25, 25)
    run.step(epochs=3)
    assert run.get("/frame", include="boundary,weights,neurons", resolution=25)["weights.0"] != then["weights.0"]
    assert run.get("/frame", include="boundary,weights,neurons", resolution=25, epoch=3) == then


def test_a_frame_is_sent_as_safetensors_on_request(new_run):
    run = new_run()
    response = run.send("GET", f"{run.path}/frame", headers={"Accept": "application/octet-stream"})
    message, arrays = unpack(response.content)
    assert message["type"] == "frame"
    np.testing.assert_allclose(arrays["weights.0"][0], run.get("/weights")["layers"][0]["W"])
    assert "use boundary, weights, neurons, gradients" in run.call("GET", "/frame?include=all", status=422)["detail"]
    assert "nearest" in run.call("GET", "/frame?epoch=7", status=404)["detail"]
