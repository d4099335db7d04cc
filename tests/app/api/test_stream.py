"""The stream: every epoch once and in order, frames on demand, commands, and refusals that leave it open."""

from contextlib import ExitStack
from itertools import pairwise

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed

from app.protocol.encoding import finite, unpack
from app.protocol.messages import CloseCode

FAST = {"dataset": {"samples": 20}, "training": {"pace": None}}


def epochs_of(messages):
    """The epochs that hello and metrics messages carry, in the order of their arrival."""
    found = []
    for message in messages:
        if message["type"] == "hello":
            found += message["metrics"]["epoch"]
        elif message["type"] == "metrics":
            assert message["epoch"] == list(range(message["from"], message["to"] + 1))
            assert all(len(column) == len(message["epoch"]) for column in message["members"][0].values())
            found += message["epoch"]
    return found


def test_hello_comes_first_with_all_there_is(new_run):
    run = new_run()
    run.step(epochs=3)
    with run.stream() as stream:
        hello = stream.next()
        assert stream.socket.subprotocol == "descent.v1.json"
    assert (hello["type"], hello["role"]) == ("hello", "owner")
    assert hello["run"] | {"role": "owner"} == run.get()
    assert hello["data"] == run.get("/data")
    metrics = run.get("/metrics")
    assert hello["metrics"] == {name: metrics[name] for name in ("epoch", "members", "stride")}


def test_every_epoch_comes_once_and_in_order(new_run):
    run = new_run(FAST)
    with run.stream() as stream:
        stream.send("set_state", state="running")
        messages = stream.until(lambda m: m["type"] == "metrics" and m["to"] >= 400)
        stream.send("set_state", state="paused")
        messages += stream.until(lambda m: m["type"] == "state" and m["state"] == "paused")
    epochs = epochs_of(messages)
    assert epochs == list(range(messages[-1]["epoch"] + 1))
    # The first epochs may come with hello, whose rows begin at epoch 0.
    rows = [m if m["type"] == "metrics" else m["metrics"] for m in messages if m["type"] in ("hello", "metrics")]
    losses = [x for each in rows for x in each["members"][0]["train_loss"]]
    assert losses == run.get("/metrics")["members"][0]["train_loss"]


def test_since_sends_only_the_missing_epochs(new_run):
    run = new_run(FAST)
    run.step(epochs=5000)
    with run.stream(since=4990) as stream:
        assert epochs_of([stream.next()]) == list(range(4990, 5001))
    with run.stream(since=6000) as stream:
        assert epochs_of([stream.next()]) == []
    with run.stream() as stream:
        hello = stream.next()
        assert hello["metrics"]["epoch"] == list(range(3001, 5001))
        older = stream.until(lambda m: m["type"] == "metrics" and m["to"] == 3000)
        assert all(before["to"] + 1 == after["from"] for before, after in pairwise(older))
        assert epochs_of(older) == list(range(3001))
        stream.send("step", epochs=1)
        assert epochs_of([stream.wait_for("metrics")]) == [5001]


def test_metrics_come_as_tensors_on_request(new_run):
    run = new_run({"sweep": {"parameter": "seed", "values": [1, 2]}})
    with run.stream(subprotocol="descent.v1.safetensors") as stream:
        stream.send("view", metrics="tensors")
        stream.send("step", epochs=3)
        found = []
        while not found or found[-1][0]["to"] < 3:
            message, arrays = unpack(stream.socket.recv())
            if message["type"] == "metrics":
                found.append((message, arrays))
    stored = run.get("/metrics", since=1)
    assert [message["stride"] for message, _ in found] == [1] * len(found)
    assert np.concatenate([arrays["epoch"] for _, arrays in found]).tolist() == stored["epoch"]
    values = np.concatenate([arrays["values"] for _, arrays in found])
    for member, columns in enumerate(stored["members"]):
        for column, name in enumerate(found[0][0]["columns"]):
            assert finite(values[:, member, column]) == columns[name]


def test_tensors_are_refused_where_messages_are_text(new_run):
    with new_run().stream() as stream:
        stream.send("view", metrics="tensors")
        error = stream.wait_for("error")
        assert error["errors"][0]["loc"] == ["view", "metrics"]
        stream.send("view")
        stream.wait_for("frame")


def test_frames_show_what_the_view_asks_for(new_run):
    run = new_run()
    with run.stream() as stream:
        stream.next()
        stream.send("view", include=["boundary", "weights", "neurons", "gradients"], resolution=25, unit_resolution=10)
        frame = stream.until(lambda m: "gradients.0" in m)[-1]
        assert (frame["type"], frame["epoch"], frame["batch"], frame["members"]) == ("frame", 0, 0, [0])
        assert np.shape(frame["boundary"]) == (1, 1, 25, 25)
        assert np.shape(frame["neurons.0"]) == (1, 4, 10, 10)
        assert np.shape(frame["weights.1"]) == np.shape(frame["gradients.1"]) == (1, 2, 4)
        assert np.shape(frame["biases.2"]) == (1, 1)
        values = run.get("/boundary", resolution=25)["values"]
        (((low, high),),) = frame["range.boundary"]
        shown = low + np.array(frame["boundary"][0]) / 255 * (high - low)
        np.testing.assert_allclose(shown, values, atol=(high - low) / 500 + 1e-3)
        np.testing.assert_allclose(frame["weights.0"][0], run.get("/weights")["layers"][0]["W"], rtol=1e-3)


def test_a_client_that_sends_nothing_sees_the_boundary(new_run):
    run = new_run()
    with run.stream(owner=False, subprotocol=None) as stream:
        frame = stream.wait_for("frame")
    assert np.shape(frame["boundary"]) == (1, 1, 50, 50)
    assert "weights.0" in frame


def test_the_address_may_say_what_the_first_view_is(new_run):
    run = new_run({"sweep": {"parameter": "seed", "values": [1, 2, 3]}})
    with run.stream(view="&fps=60&resolution=25&include=boundary,neurons&unit_resolution=10&members=2,0") as stream:
        frame = stream.wait_for("frame")
        assert frame["members"] == [0, 2]
        assert np.shape(frame["boundary"]) == (2, 1, 25, 25)
        assert np.shape(frame["neurons.0"]) == (2, 4, 10, 10)
        assert "weights.0" not in frame
        stream.send("view", include=["weights"], members="all")
        assert stream.until(lambda m: "weights.0" in m)[-1]["members"] == [0, 1, 2]
    with run.stream(view="&members=all") as stream:
        assert stream.wait_for("frame")["members"] == [0, 1, 2]


def test_a_frame_comes_for_every_change_and_only_then(new_run):
    run = new_run()
    with run.stream() as stream:
        stream.send("view", fps=60, include=["weights"])
        first = stream.wait_for("frame")
        stream.send("step", batches=3)
        second = stream.wait_for("frame", epoch=0, batch=3)
        stream.send("edit", edits=[{"layer": 0, "row": 0, "column": 0, "value": 9}])
        third = stream.until(lambda m: m["type"] == "frame" and m["weights.0"][0][0][0] == 9)[-1]
        stream.send("set", training={"learning_rate": 0.5})
        between = stream.until(lambda m: m["type"] == "state" and m["training"]["learning_rate"] == 0.5)
        assert not [m for m in between if m["type"] == "frame" and m["epoch"] == 0 and m["seq"] > third["seq"] + 1]
        assert first["seq"] < second["seq"] < third["seq"]


def test_a_viewer_that_acknowledges_has_a_window_of_frames(new_run):
    run = new_run({"training": {"pace": None}})
    with run.stream() as stream:
        stream.send("view", fps=60, include=["weights"], window=2)
        stream.send("ack", seq=stream.wait_for("frame")["seq"])
        stream.send("set_state", state="running")
        messages = stream.until(lambda m: m["type"] == "metrics" and m["to"] >= 500)
        frames = [m["seq"] for m in messages if m["type"] == "frame"]
        assert len(frames) <= 3
        stream.send("ack", seq=max(frames))
        assert stream.wait_for("frame")["seq"] > max(frames)


def test_commands_over_the_stream(new_run):
    run = new_run()
    with run.stream() as stream:
        stream.send("step", epochs=2)
        stream.wait_for("state", state="paused", epoch=2)
        stream.send("set", training={"learning_rate": 0.25, "regularizer": {"rate": 0.1}})
        state = stream.until(lambda m: m["type"] == "state" and m["training"]["learning_rate"] == 0.25)[-1]
        assert state["changes"][0]["epoch"] == 2
        stream.send("edit", cut=[{"layer": 0, "row": 0, "column": 0}])
        state = stream.until(lambda m: m["type"] == "state" and m["changes"][0].get("cut"))[-1]
        (change,) = state["changes"]  # no batch was trained in between
        assert (change["training"]["learning_rate"], len(change["cut"])) == (0.25, 1)
        stream.send("reset", seed=3)
        state = stream.wait_for("state", series=1)
        assert (state["epoch"], state["seed"], state["recorded_epochs"]) == (0, 3, [0])
        assert epochs_of([stream.wait_for("metrics")]) == [0]
        assert run.get()["series"] == 1


def test_a_pause_overtakes_a_long_step(new_run):
    run = new_run()
    with run.stream() as stream:
        stream.send("step", epochs=10_000)
        stream.wait_for("state", state="running")
        stream.send("set_state", state="paused")
        assert stream.wait_for("state", state="paused")["epoch"] < 10_000


@pytest.mark.parametrize(
    ("message", "status", "words"),
    [
        ("{", 422, "not JSON"),
        ("[" * 50_000, 422, "not JSON"),
        ("[]", 422, "object"),
        ('{"type": "dance"}', 422, "'view'"),
        ('{"fps": 3}', 422, "type"),
        ('{"type": "view", "fps": 900}', 422, "at most 60"),
        ('{"type": "view", "zoom": 2}', 422, "resolution"),
        ('{"type": "view", "resolution": 33}', 422, "50"),
        ('{"type": "set", "training": {"lr": 1}}', 422, "learning_rate"),
        ('{"type": "step"}', 422, "one of"),
        ('{"type": "step", "epochs": 1000000}', 422, "DESCENT_MAX_STEP"),
        ('{"type": "edit", "edits": [{"layer": 9, "row": 0, "column": 0, "value": 1}]}', 422, "layer 9"),
        ('{"type": "set_state", "state": "finished"}', 409, "paused or running"),
        (b"\x00\x01", 415, "JSON text"),
    ],
)
def test_a_bad_message_gets_an_error_and_the_stream_continues(new_run, message, status, words):
    run = new_run()
    with run.stream() as stream:
        stream.next()
        stream.socket.send(message)
        error = stream.wait_for("error")  # a frame of the default view may come first
        assert error["status"] == status
        assert words in error["detail"]
        stream.send("step", batches=1)
        assert stream.wait_for("state", batch=1)["epoch"] == 0


def test_a_viewer_cannot_change_the_run(new_run):
    run = new_run()
    with run.stream(owner=False) as stream:
        assert stream.next()["role"] == "viewer"
        commands = [
            ("set_state", {"state": "running"}),
            ("step", {"epochs": 1}),
            ("reset", {}),
            ("set", {"training": {}}),
            ("edit", {}),
        ]
        for type_, fields in commands:
            stream.send(type_, **fields)
            assert stream.wait_for("error")["status"] == 403
        stream.send("view")
        assert stream.wait_for("frame")
    assert run.get()["epoch"] == 0


def test_a_deleted_run_says_bye(new_run):
    run = new_run()
    with run.stream() as stream:
        stream.next()
        run.call("DELETE", status=204)
        assert "deleted" in stream.wait_for("bye")["reason"]
        with pytest.raises(ConnectionClosed) as closed:
            stream.next()
        assert closed.value.rcvd.code == CloseCode.RUN_DELETED


def test_json_is_the_default(new_run):
    with new_run().stream(subprotocol=None) as stream:
        assert stream.next()["type"] == "hello"
        assert stream.socket.subprotocol is None


def test_safetensors_carry_the_same(new_run):
    run = new_run()
    view = "&include=boundary,weights,neurons"
    with run.stream(subprotocol="descent.v1.safetensors", view=view) as stream, run.stream(view=view) as plain:
        hello, arrays = unpack(stream.socket.recv(60))
        assert (hello["type"], arrays) == ("hello", {})
        packed, arrays = unpack(stream.socket.recv(60))
        frame = plain.wait_for("frame")
    assert {name: frame[name] for name in packed if name != "seq"} == {n: v for n, v in packed.items() if n != "seq"}
    assert arrays.keys() == frame.keys() - packed.keys()
    assert arrays["weights.0"].dtype == np.float32
    assert arrays["boundary"].dtype == np.uint8
    assert arrays["boundary"].tolist() == frame["boundary"]
    np.testing.assert_allclose(arrays["weights.0"], frame["weights.0"], rtol=1e-3)


def test_many_viewers_share_a_run(new_run):
    run = new_run(FAST)
    with ExitStack() as stack:
        streams = [stack.enter_context(run.stream(owner=index == 0)) for index in range(8)]
        for stream in streams:
            stream.send("view", include=["weights"])
        streams[0].send("set_state", state="running")
        for stream in streams[1:]:
            messages = stream.until(lambda m: m["type"] == "metrics" and m["to"] >= 200)
            epochs = epochs_of(messages)
            assert epochs == list(range(epochs[-1] + 1))
            stream.wait_for("frame")
        streams[0].send("set_state", state="paused")
        streams[0].wait_for("state", state="paused")


def test_a_view_chooses_the_slice_and_names_what_it_cannot_show(new_run):
    run = new_run({"dataset": {"name": "dining_hall"}})
    with run.stream() as stream:
        stream.send("view", resolution=10, include=["boundary"], axes=[2, 0], hold={"1": 4})
        shown = stream.wait_for("frame")["range.boundary"]
        exact = run.get("/boundary", resolution=10, axes="2,0", hold="1:4")["values"][0]
        assert shown[0][0] == pytest.approx([min(map(min, exact)), max(map(max, exact))], rel=1e-3)
        for wrong in ({"axes": [0, 3]}, {"axes": [1, 1]}, {"hold": {"7": 0}}):
            stream.send("view", resolution=10, include=["boundary"], **wrong)
            assert "from 0 to 2" in stream.wait_for("error")["detail"]
