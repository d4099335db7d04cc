"""Streams that are refused, and the answers that clients and browsers get."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app.protocol.encoding import unpack
from app.protocol.messages import Subprotocol


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"subprotocol": "chat.v1"}, 400),
        ({"path": "/api/v1/runs/nothing"}, 404),
        ({"since": -1}, 422),
        ({"headers": {"Authorization": "Bearer nobody"}}, 401),
        ({"headers": {"Host": "evil.example"}}, 421),
    ],
)
def test_a_stream_that_may_not_be_is_refused_before_it_opens(new_run, change, status):
    run = new_run()
    arguments = {name: change[name] for name in ("subprotocol", "since") if name in change}
    run.path, run.headers = change.get("path", run.path), change.get("headers", run.headers)
    with pytest.raises(InvalidStatus) as refused, run.stream(**arguments):
        pass
    assert refused.value.response.status_code == status
    assert json.loads(refused.value.response.body)["detail"]


@pytest.mark.parametrize("subprotocol", [*Subprotocol, None])
def test_a_browser_receives_the_reason_for_a_refused_stream(new_run, subprotocol):
    run = new_run()
    run.headers = {"Origin": "http://evil.example"}
    with run.stream(subprotocol=subprotocol) as stream:
        message = stream.socket.recv(60)
        error = unpack(message)[0] if isinstance(message, bytes) else json.loads(message)
        assert (error["type"], error["status"]) == ("error", 403)
        assert "evil.example" in error["detail"]
        with pytest.raises(ConnectionClosed) as closed:
            stream.socket.recv(60)
    assert closed.value.rcvd.code == 4403


def test_viewers_past_the_limit_are_refused_even_at_once(start_server, new_run_on):
    server = start_server(workers=1, max_viewers=2)
    run = new_run_on(server)
    run.headers = {"Origin": server.address}

    def first_message(_):
        with run.stream() as stream:
            message = stream.next()
            everyone.wait()
            return message["type"], message.get("status")

    everyone = threading.Barrier(8)
    with ThreadPoolExecutor(8) as threads:
        told = sorted(threads.map(first_message, range(8)), key=str)
    assert told == [("error", 429)] * 6 + [("hello", None)] * 2


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("fps=fast", {"fps": "fast"}),
        ("fps=0", {"fps": 0}),
        ("resolution=30", {"resolution": 30}),
        ("include=boundary,wheels", {"include": ["boundary", "wheels"]}),
        ("members=0,-1", {"members": [0, -1]}),
        ("members=5", {"members": [5]}),
        ("window=2.5", {"window": 2.5}),
    ],
)
def test_a_bad_first_view_is_refused_as_its_message_is(new_run, address, fields):
    run = new_run()
    with pytest.raises(InvalidStatus) as refused, run.stream(view=f"&{address}"):
        pass
    told = json.loads(refused.value.response.body)
    with run.stream() as stream:
        stream.send("view", **fields)
        said = stream.wait_for("error")
    assert refused.value.response.status_code == told["status"] == said["status"] == 422
    assert [error["message"] for error in told["errors"]] == [error["message"] for error in said["errors"]]
    assert {error["loc"][0] for error in told["errors"]} == {"query"}
    assert [error["loc"][1:] for error in told["errors"]] == [error["loc"][1:] for error in said["errors"]]
