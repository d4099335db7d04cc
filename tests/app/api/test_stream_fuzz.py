"""The stream under nonsense: whatever is sent, however it stops, the server stays up, serves others, and forgets it."""

import json
import os
import random
import socket
import struct
from collections import deque
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from app.protocol.messages import CloseCode, Subprotocol

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads memory from /proc")

MAX_MESSAGE_BYTES = 20_000
# What a server may hold more after a thousand bad connections than before; a leak of 40 KB each would pass it.
MAX_GROWTH = 40_000_000
VALID = [
    {"type": "view", "fps": 60, "resolution": 10},
    {"type": "ack", "seq": 3},
    {"type": "set_state", "state": "running"},
    {"type": "set", "training": {"learning_rate": 0.01}},
    {"type": "step", "batches": 1},
    {"type": "edit", "edits": [{"layer": 0, "row": 0, "column": 0, "value": 0.1}]},
    {"type": "reset"},
]


def memory(pid):
    pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture(scope="module")
def own_server(serve_all):
    """A server of its own process, whose memory is measured."""
    return serve_all(
        DESCENT_MAX_MESSAGE_BYTES=str(MAX_MESSAGE_BYTES), DESCENT_MAX_VIEWERS="1000", DESCENT_MAX_EPOCHS=str(10**9)
    )


@pytest.fixture(scope="module")
def address(own_server):
    return own_server.address()


@pytest.fixture
def target(own_server, address, request):
    """A run on that server, small unless a test gives its config, and its owner's headers."""
    config = getattr(request, "param", {"dataset": {"samples": 20}})
    run = httpx.post(f"{address}/api/v1/runs", json={"config": config}, timeout=60).json()
    target = Target(own_server.process.pid, address, run)
    yield target
    target.http.delete(target.path, headers=target.headers)
    target.http.close()


class Target:
    def __init__(self, pid, address, run):
        self.pid = pid
        self.address = urlsplit(address)
        self.path = f"/api/v1/runs/{run['id']}"
        self.headers = {"Authorization": f"Bearer {run['owner_token']}"}
        self.http = httpx.Client(base_url=address, timeout=60)

    def stream(self, **more):
        url = f"ws://{self.address.netloc}{self.path}/stream?since=1000000"
        return connect(url, additional_headers=self.headers, compression=None, max_size=None, max_queue=None, **more)

    def raw(self):
        connection = socket.create_connection((self.address.hostname, self.address.port), 20)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def handshake(self, connection):
        head = f"GET {self.path}/stream HTTP/1.1\r\nHost: {self.address.netloc}\r\nUpgrade: websocket\r\n"
        rest = f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {'A' * 22}==\r\n\r\n"
        connection.sendall((head + rest).encode())

    def serves(self):
        """Whether a viewer is served: hello, and a frame of what it asks for."""
        with self.stream() as stream:
            assert json.loads(stream.recv(60))["type"] == "hello"
            stream.send(json.dumps({"type": "view", "resolution": 10}))
            while '"type":"frame"' not in stream.recv(60):
                pass


def nonsense(rng):
    """A message that may be anything: text or bytes."""
    match rng.randrange(7):
        case 0:
            return rng.randbytes(rng.randrange(200))
        case 1:
            return "[" * rng.randrange(1, 9_000)
        case 2:
            return '{"type":' * rng.randrange(1, 2_000)
        case 3:
            return "".join(chr(rng.randrange(1, 0x300)) for _ in range(rng.randrange(100)))
        case 4:
            return json.dumps({"type": rng.choice(["dance", "hello", "frame", "", None, 7, [], {}])})
        case 5:
            message = dict(rng.choice(VALID))
            message[rng.choice([*message, "more"])] = rng.choice([None, -1, 1e308, "x" * 500, [[]], {"a": {}}, True])
            return json.dumps(message)
        case _:
            return json.dumps(rng.choice(VALID))


def test_any_messages_are_answered_or_end_the_stream(target):
    rng = random.Random(4)
    for _ in range(40):
        with suppress(ConnectionClosed), target.stream(subprotocols=[rng.choice(list(Subprotocol))]) as stream:
            for _ in range(rng.randrange(1, 40)):
                stream.send(nonsense(rng))
            stream.recv(60)
    target.serves()


@pytest.mark.parametrize("kind", [str, bytes])
def test_a_message_past_the_limit_ends_its_stream_only(target, kind):
    with target.stream() as other:
        other.recv(60)
        with target.stream() as stream:
            stream.send("x" * (MAX_MESSAGE_BYTES + 1) if kind is str else bytes(MAX_MESSAGE_BYTES + 1))
            with pytest.raises(ConnectionClosed) as closed:
                deque(iter(lambda: stream.recv(60), None), maxlen=0)
        assert closed.value.rcvd.code == CloseCode.TOO_BIG
        other.send(json.dumps({"type": "step", "batches": 1}))
        assert other.recv(60)
    target.serves()


def test_bytes_sent_as_text_end_the_stream_unlogged(serve):
    server = serve()
    address = server.address()
    run = httpx.post(f"{address}/api/v1/runs", json={}, timeout=60).json()
    with connect(f"ws{address.removeprefix('http')}/api/v1/runs/{run['id']}/stream", max_size=None) as stream:
        stream.recv(60)
        stream.send(b"\xff\xfe\xfd", text=True)
        with pytest.raises(ConnectionClosed) as closed:
            deque(iter(lambda: stream.recv(60), None), maxlen=0)
    assert closed.value.rcvd.code == 1007
    assert server.stop() == 0
    at_start = (f"Descent is running at {address}", "New runs train in ")
    assert not [line for line in server.last_lines if not line.startswith(at_start)], "something was logged"


# Frames as RFC 6455 draws them, and as it does not: masked or not, cut short, with reserved bits, huge, fragmented.
FRAMES = [
    b"\x81\x05hello",
    b"\xf1\x80\x00\x00\x00\x00",
    b"\x83\x80\x00\x00\x00\x00",
    b"\x81\xff" + struct.pack("!Q", 1 << 62) + b"\x00\x00\x00\x00",
    b"\x82\xfe\xff\xff\x00\x00\x00\x00" + bytes(1000),
    b"\x01\x81\x00\x00\x00\x00{" * 50,
    b"\x80\x80\x00\x00\x00\x00",
    b"\x89\xfe\x01\x00\x00\x00\x00\x00" + bytes(256),
    b"\x88\x81\x00\x00\x00\x00\x00",
    b"\x81\x83\x00\x00\x00\x00\xff\xfe\xfd",
    b"\x81",
]


def test_broken_and_half_open_sockets_leave_nothing(target):
    def attack(rounds):
        for index in range(rounds):
            with ExitStack() as stack:
                for frame in FRAMES:
                    connection = stack.enter_context(target.raw())
                    target.handshake(connection)
                    connection.sendall(frame)
                silent = stack.enter_context(target.raw())
                half = stack.enter_context(target.raw())
                half.sendall(b"GET /api/v1/runs HTTP/1.1\r\nHost: loc"[: 5 + index % 30])
                noise = stack.enter_context(target.raw())
                noise.sendall(random.Random(index).randbytes(300))
                deaf = stack.enter_context(target.raw())
                target.handshake(deaf)
                if index % 2:  # gone with a reset, not a goodbye
                    for connection in (silent, half, noise, deaf):
                        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if index % 10 == 0:
                target.serves()

    attack(10)  # what is loaded once is loaded
    before = memory(target.pid)
    attack(70)
    target.serves()
    assert memory(target.pid) - before < MAX_GROWTH
    assert target.http.get("/readyz").status_code == 200


# A run that ends has no more frames. This one trains at full speed as long as it is watched, and its epochs are long
# enough that their metrics, which the server keeps, are no growth to speak of.
@pytest.mark.parametrize("target", [{"dataset": {"samples": 1000}, "training": {"batch_size": 1}}], indirect=True)
def test_viewers_that_never_read_affect_no_other(target):
    with ExitStack() as stack, target.stream() as other:
        viewers = [stack.enter_context(target.stream()) for _ in range(20)]
        for viewer in viewers:
            viewer.send(json.dumps({"type": "view", "fps": 10}))
        for _ in range(5):
            deaf = stack.enter_context(target.raw())
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            target.handshake(deaf)
            view = json.dumps(
                {"type": "view", "fps": 60, "resolution": 100, "include": ["boundary", "neurons"]}
            ).encode()
            deaf.sendall(b"\x81\xfe" + struct.pack("!H", len(view)) + bytes(4) + view)
        other.send(json.dumps({"type": "view", "fps": 60, "resolution": 10}))
        other.send(json.dumps({"type": "set", "training": {"pace": None}}))
        other.send(json.dumps({"type": "set_state", "state": "running"}))

        def frames(stream, count):
            while count:
                count -= '"type":"frame"' in stream.recv(60)

        frames(other, 20)
        before = memory(target.pid)
        frames(other, 200)
        for viewer in viewers:
            frames(viewer, 10)
        assert memory(target.pid) - before < MAX_GROWTH
