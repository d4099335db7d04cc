"""No answer and no frame is larger than may be: it is refused before it is computed, with what to ask instead."""

import json

import numpy as np
import pytest

from app.errors import InvalidArgument
from app.inspections import sizes
from app.inspections.sizes import Shape
from app.protocol.encoding import unpack
from app.protocol.messages import ViewMessage
from app.settings import Settings
from engine.config import RunConfig
from tests.app.conftest import DEADLINE

SWEEP = {"sweep": {"parameter": "seed", "values": [1, 2, 3, 4, 5, 6, 7, 8]}}
LARGE = {"network": {"hidden": [{"units": 250}] * 16}}
DEFAULTS = Settings()


@pytest.fixture(scope="module")
def small(servers, tmp_path_factory):
    """A server with little room."""
    server = servers(tmp_path_factory.mktemp("small"), workers=1, max_answer_bytes=1_000_000, max_frame_bytes=100_000)
    yield server
    server.stop()


def shape(**config):
    return Shape.of(RunConfig.model_validate(config))


def view(**fields):
    return ViewMessage.model_validate(fields)


def refusal(action, *arguments):
    with pytest.raises(InvalidArgument) as caught:
        action(*arguments)
    return caught.value.items[0]


@pytest.mark.parametrize("text", [True, False])
@pytest.mark.parametrize("config", [{}, SWEEP, {"dataset": {"name": "curve"}}, {"dataset": {"name": "blobs"}}])
def test_the_estimated_frame_size_is_a_close_upper_bound(new_run, config, text):
    run = new_run(config | {"network": {"hidden": [{"units": 9}, {"units": 5}]}})
    asked = {"members": "all", "include": ["boundary", "weights", "neurons", "gradients"], "resolution": 25}
    with run.stream(subprotocol="descent.v1.json" if text else "descent.v1.safetensors") as stream:
        stream.send("view", **asked)
        while True:
            received = stream.socket.recv(DEADLINE)
            message, arrays = (json.loads(received), None) if text else unpack(received)
            if message["type"] == "frame" and (message if text else arrays).get("neurons.0") is not None:
                break
    estimate = shape(**run.created["config"]).frame(view(**asked), text)
    size = len(received) if text else sum(array.nbytes for array in arrays.values())
    assert estimate / 3 < size <= estimate + 500 * 8


def test_a_frame_that_is_too_large_is_refused_with_what_fits():
    many = shape(network={"hidden": [{"units": 256}] * 4}, **SWEEP)
    asked = view(members="all", include=["boundary", "neurons"], unit_resolution=200)
    told = refusal(sizes.check_view, asked, many, False, DEFAULTS, "view")
    assert "DESCENT_MAX_FRAME_BYTES" in told.message
    for fitting in ({"unit_resolution": 25}, {"include": ["boundary"]}):
        sizes.check_view(asked.model_copy(update=fitting), many, False, DEFAULTS, "view")
    assert "unit_resolution 25" in told.message
    assert "no neurons" in told.message
    assert "resolution 10 or" not in told.message.replace("unit_resolution", "")
    few = refusal(
        sizes.check_view, view(members="all", include=["neurons"], unit_resolution=100), many, False, DEFAULTS, "view"
    )
    assert "1 member at most" in few.message


def test_the_default_view_of_every_run_that_may_be_fits():
    largest = shape(network={"hidden": [{"units": 250}] * 16})
    assert largest.weights() > 0.94 * DEFAULTS.max_parameters
    for text in (True, False):
        sizes.check_view(view(), largest, text, DEFAULTS, "view")


def test_an_unknown_member_is_named_over_rest_and_stream(new_run):
    run = new_run()
    with run.stream() as stream:
        stream.send("view", members=[0, 3])
        told = stream.wait_for("error")
    refused = run.send("GET", f"{run.path}/frame?member=3").json()
    assert (
        [told["errors"][0]["message"]] == [refused["errors"][0]["message"]] == ["member 3 does not exist: use 0 to 0"]
    )


def test_a_refused_view_does_not_close_the_stream(small, new_run_on):
    run = new_run_on(small, SWEEP)
    with run.stream() as stream:
        stream.send("view", members="all", include=["neurons"], unit_resolution=200)
        told = stream.wait_for("error")
        assert (told["status"], "DESCENT_MAX_FRAME_BYTES" in told["detail"]) == (422, True)
        stream.send("view", members=[0], include=["neurons"], unit_resolution=50)
        assert np.shape(stream.until(lambda m: "neurons.0" in m)[-1]["neurons.0"]) == (1, 4, 50, 50)
    refused = run.send("GET", f"{run.path}/frame?include=neurons&unit_resolution=200")
    assert refused.status_code == 422
    assert "DESCENT_MAX_FRAME_BYTES" in refused.text


def test_answers_of_the_largest_network_are_refused_or_bounded(new_run):
    run = new_run(LARGE)

    def ask(path):
        response = run.send("GET", run.path + path)
        return response.status_code, response

    status, refused = ask("/trace?count=1")
    assert status == 422
    assert "DESCENT_MAX_ANSWER_BYTES" in refused.text
    assert "layer=0 to 16" in refused.text
    status, one = ask("/trace?count=1&layer=3")
    assert status == 200
    assert [len(layer["W"]) for layer in one.json()["layers"]] == [250]
    status, several = ask("/trace?count=256&layer=3")
    assert (status, len(several.content) < DEFAULTS.max_answer_bytes) == (200, True)
    status, weights = ask("/weights")
    assert (status, len(weights.content) < DEFAULTS.max_answer_bytes) == (200, True)
    assert ask("/trace?layer=17")[0] == 422
    assert ask("/boundary?resolution=10")[0] == 200


@pytest.mark.parametrize(
    ("path", "named", "instead"),
    [
        ("/data", "limit", "examples at most"),
        ("/trace?count=256", "shown", "examples at most"),
        ("/boundary?resolution=200", "resolution", "resolution 144 at most"),
    ],
)
def test_the_request_that_a_refusal_suggests_is_answered(small, new_run_on, path, named, instead):
    run = new_run_on(
        small, {"dataset": {"name": "dining_hall", "samples": 10_000}, "network": {"hidden": [{"units": 60}] * 2}}
    )
    refused = run.send("GET", run.path + path)
    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert error["loc"] == ["query", named]
    assert instead in error["message"]
    most = error["message"].split("; ask for ")[1].split(" at most")[0].replace(",", "").replace("resolution", "")
    mark = "&" if "?" in path else "?"
    answer = run.send("GET", run.path + path.replace("resolution=200", "") + f"{mark}{named}={int(most.split()[0])}")
    assert answer.status_code == 200
    assert len(answer.content) <= 1_000_000


def test_many_predictions_of_many_outputs_are_refused():
    wide = shape(
        dataset={"name": "custom", "inputs": [[1.0], [2.0]], "targets": [[0.0] * 400] * 2, "task": "regression"}
    )
    told = refusal(sizes.check_examples, wide.prediction(), 10_000, DEFAULTS, ["inputs"])
    assert "examples at most" in told.message


def test_metrics_of_many_members_come_in_smaller_pages(small, new_run_on):
    values = list(range(64))
    run = new_run_on(small, {"dataset": {"samples": 4}, "sweep": {"parameter": "seed", "values": values}})
    run.step(epochs=200)
    epochs, since = [], 0
    while since is not None:
        response = run.send("GET", f"{run.path}/metrics?since={since}")
        assert len(response.content) <= 1_000_000
        epochs += response.json()["epoch"]
        since = response.json()["next"]
    assert epochs == list(range(201))
    with run.stream() as stream:
        hello = stream.next()
        newest = hello["metrics"]["epoch"]
        older = stream.until(lambda m: m["type"] == "metrics" and m["to"] == newest[0] - 1)
    assert newest[-1] == 200
    assert len(json.dumps(hello["metrics"])) < 700_000
    assert [epoch for m in older if m["type"] == "metrics" for epoch in m["epoch"]] == list(range(newest[0]))
