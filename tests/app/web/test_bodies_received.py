"""Bodies as they arrive: one that is too large is answered while it is sent, one that is cut off does nothing."""

import asyncio
import json
from pathlib import Path

import pytest

from app.settings import Settings
from app.web.bodies import FILES_AT_ONCE, FORM_BYTES, BodyGuard
from tests.loops import run

LIMIT = 1_000
SETTINGS = Settings(data_dir=Path(), max_table_bytes=LIMIT, max_body_bytes=LIMIT)


def part(body, more=True):
    return {"type": "http.request", "body": body, "more_body": more}


class Exchange:
    """A request whose body comes in these messages; what the server sends, and after how many of them."""

    def __init__(self, *messages, path="/api/v1/tables", **headers):
        names = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        self.scope = {"type": "http", "method": "POST", "path": path, "headers": names}
        self.messages = list(messages)
        self.sent, self.left_when_answered = [], None

    async def receive(self):
        return self.messages.pop(0)

    async def send(self, message):
        if message["type"] == "http.response.start":
            self.left_when_answered = len(self.messages)
        self.sent.append(message)

    @property
    def status(self):
        return self.sent[0]["status"]

    @property
    def detail(self):
        return json.loads(b"".join(message.get("body", b"") for message in self.sent))["detail"]


def taken(*exchanges):
    """The bodies that reach the application, which answers nothing."""
    bodies = []

    async def application(scope, receive, send):
        bodies.append((await receive())["body"])

    async def scene():
        guard = BodyGuard(application, SETTINGS)
        for each in exchanges:
            await guard(each.scope, each.receive, each.send)

    run(scene())
    return bodies


def test_a_file_of_any_type_is_taken_whole():
    assert taken(Exchange(part(b"a" * 600), part(b"b" * 400, more=False), content_type="image/png")) == [
        b"a" * 600 + b"b" * 400
    ]


@pytest.mark.parametrize("length", [{}, {"content_length": "3000"}], ids=["in chunks", "with its length"])
@pytest.mark.parametrize(
    ("path", "setting"), [("/api/v1/tables", "DESCENT_MAX_TABLE_BYTES"), ("/api/v1/runs", "DESCENT_MAX_BODY_BYTES")]
)
def test_a_too_large_body_is_answered_at_once_and_drained(path, setting, length):
    exchange = Exchange(*[part(b"a" * 500)] * 5, part(b"a" * 500, more=False), path=path, **length)
    assert taken(exchange) == []
    assert (exchange.status, exchange.left_when_answered) == (413, 6 if length else 3)
    assert "1,000" in exchange.detail
    assert setting in exchange.detail
    assert exchange.messages == []
    assert [message.get("more_body") for message in exchange.sent[1:]] == [True, None]


def test_a_client_that_expects_100_continue_sends_no_body():
    exchange = Exchange(part(b"a"), content_length="3000", expect="100-continue")
    assert taken(exchange) == []
    assert (exchange.status, len(exchange.messages)) == (413, 1)


@pytest.mark.parametrize("path", ["/api/v1/tables", "/api/v1/runs"])
def test_a_body_that_is_cut_off_reaches_no_route(path):
    exchange = Exchange(part(b'{"a": 1}'), {"type": "http.disconnect"}, path=path, content_type="application/json")
    assert taken(exchange) == []
    assert exchange.sent == []


def test_only_some_files_are_in_memory_at_once():
    file = b"a" * (LIMIT + FORM_BYTES)

    async def scene():
        finish = asyncio.Event()

        async def application(scope, receive, send):
            await finish.wait()

        async def send_file():
            exchange = Exchange(part(file, more=False), content_type="multipart/form-data; boundary=b")
            await guard(exchange.scope, exchange.receive, exchange.send)
            return exchange.status if exchange.sent else None

        guard = BodyGuard(application, SETTINGS)
        held = [asyncio.create_task(send_file()) for _ in range(FILES_AT_ONCE)]
        await asyncio.sleep(0)
        refused = [await send_file(), await send_file()]
        finish.set()
        return await asyncio.gather(*held), refused, await send_file()

    assert run(scene()) == ([None] * FILES_AT_ONCE, [429, 429], None)
