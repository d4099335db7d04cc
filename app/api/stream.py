"""The WebSocket of one viewer: one task sends what its queue holds, another follows the viewer's messages."""

import asyncio
import re

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.api import handshake, operations
from app.api.send_queue import SendQueue
from app.errors import DomainError, Forbidden, LimitReached, located
from app.inspections import sizes
from app.protocol import encoding
from app.protocol.messages import (
    MESSAGES,
    Ack,
    Bye,
    CloseCode,
    EditMessage,
    Hello,
    Message,
    ResetMessage,
    SetMessage,
    SetState,
    StepMessage,
    Subprotocol,
    ViewMessage,
    client_message,
)
from app.runs.description import run_text
from app.runs.registry import Runs
from app.web.problems import Problem
from app.web.validation_errors import invalid_message

router = APIRouter()

# The acknowledgement of a frame, as most clients write it: too frequent for a validated model.
ACK = re.compile(r'\{"type": ?"ack", ?"seq": ?([0-9]{1,15})\}')

# Commands of one viewer that may be under way at the same time.
MAX_COMMANDS = 32

# Seconds after hello at which a viewer without a view gets the default one.
SILENCE_SECONDS = 1.0


@router.get("/api/v1/runs/{run_id}/stream", include_in_schema=False)
async def no_stream(run_id: str) -> None:
    """The request that arrives when a proxy removes the headers of a handshake."""
    raise Problem(
        426,
        "This address is a WebSocket, and the request came without Upgrade: a proxy in between has to pass the headers "
        "Upgrade and Connection (docs/hosting.md). Without a stream, GET /metrics and /frame return the same.",
        headers={"Upgrade": "websocket"},
    )


@router.websocket("/api/v1/runs/{run_id}/stream")
async def stream(websocket: WebSocket, run_id: str) -> None:
    """Serves one viewer until it leaves, the run is deleted, or the server ends."""
    runs: Runs = websocket.app.state.runs
    task = asyncio.current_task()
    assert task is not None
    runs.streams.add(task)
    try:
        try:
            asked = await handshake.checked(websocket, runs, run_id)
        except DomainError as error:
            await handshake.refuse(websocket, error)
            return
        asked.session.viewers += 1  # at once after the check, so that handshakes under way are counted
        try:
            await websocket.accept(subprotocol=asked.chosen)
            await _Viewer(websocket, runs, asked).serve()
        finally:
            asked.session.viewers -= 1
    except WebSocketDisconnect:
        pass
    finally:
        runs.streams.discard(task)


class _Viewer:
    """An open stream."""

    def __init__(self, websocket: WebSocket, runs: Runs, asked: handshake.Handshake) -> None:
        self.session = asked.session
        self._websocket = websocket
        self._runs = runs
        self._role = asked.role
        self._subprotocol = asked.chosen or Subprotocol.JSON
        self._since = asked.since
        self._view = asked.view
        self._default: asyncio.TimerHandle | None = None
        self._commands: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        with self.session.listeners.listen() as event:
            self._queue = SendQueue(self.session, self._subprotocol, event)
            tasks = [asyncio.create_task(self._send(event)), asyncio.create_task(self._receive())]
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            except DomainError as error:
                self._queue.add_error(error)
                await self._write(await self._queue.next_payload() or "")
                await self._websocket.close(CloseCode.TRY_AGAIN_LATER)
            finally:
                if self._default:
                    self._default.cancel()
                self._queue.close()
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    # ---- sending

    async def _send(self, event: asyncio.Event) -> None:
        await self._write(self._queue.encode_text(await self._hello()))
        if self._view and not self._queue.has_view:
            self._try(self._view)
        loop = asyncio.get_running_loop()
        self._default = loop.call_later(SILENCE_SECONDS, self._set_default_view)
        while self.session.closing is None:
            event.clear()
            while self.session.closing is None and (payload := await self._queue.next_payload()) is not None:
                await self._write(payload)
            seconds = self._queue.seconds_to_next_frame()
            alarm = None if seconds is None else loop.call_later(seconds, event.set)
            await event.wait()
            if alarm:
                alarm.cancel()
        bye: Bye = {"type": "bye", "reason": self.session.closing, "replaced_by": self.session.replaced_by}
        await self._write(self._queue.encode(bye))
        code = CloseCode.RUN_DELETED if self.session.deleted else CloseCode.GOING_AWAY
        await self._websocket.close(code, self.session.closing)

    def _set_default_view(self) -> None:
        """A client that sends no view gets the boundary."""
        if not self._queue.has_view:
            self._try(ViewMessage())

    async def _hello(self) -> str:
        """The first message; its points are JSON as the worker made it."""
        data = await self.session.query("data", start=0, count=self.session.shape.samples)
        first, last = self._queue.start(self._since)
        rows = await self.session.recorder.rows(first, last)
        hello: Hello = {
            "type": "hello",
            "role": "owner" if self._role == "owner" else "viewer",
            "metrics": rows.columns(),
        }
        added = f'{{"run":{run_text(self.session)},"data":{data.decode()}}}'
        return encoding.joined(encoding.json_text(hello, {}), added)

    async def _write(self, payload: str | bytes) -> None:
        if isinstance(payload, bytes):
            await self._websocket.send_bytes(payload)
        else:
            await self._websocket.send_text(payload)

    # ---- receiving

    async def _receive(self) -> None:
        while True:
            received = await self._websocket.receive()
            if received["type"] == "websocket.disconnect":
                return
            text = received.get("text")
            if ack := ACK.fullmatch(text or ""):
                self._queue.acknowledge(int(ack[1]))
            else:
                self._try(text)

    def _try(self, received: Message | str | None) -> None:
        try:
            self._follow(self._parse(received) if received is None or isinstance(received, str) else received)
        except DomainError as error:
            self._queue.add_error(error)

    def _parse(self, text: str | None) -> Message:
        if text is None:
            raise Problem(415, "Messages to the server are JSON text; this one was binary.")
        try:
            return client_message.validate_json(text)
        except ValidationError as error:
            raise invalid_message(error, MESSAGES) from None

    def _follow(self, message: Message) -> None:
        """Carries out a message. Commands run in tasks of their own, so that a pause overtakes a long step."""
        match message:
            case ViewMessage():
                text = self._subprotocol is Subprotocol.JSON
                sizes.check_view(message, self.session.shape, text, self._runs.settings, "view")
                self._queue.set_view(message)
            case Ack():
                self._queue.acknowledge(message.seq)
            case _:
                if self._role != "owner":
                    raise Forbidden("Only the owner of this run may change it; you can watch it.")
                if len(self._commands) >= MAX_COMMANDS:
                    detail = f"{MAX_COMMANDS} commands are under way; wait for the state that answers them."
                    raise LimitReached(detail, retry_after=1)
                task = asyncio.create_task(self._command(message))
                self._commands.add(task)
                task.add_done_callback(self._commands.discard)

    async def _command(self, message: SetState | StepMessage | ResetMessage | SetMessage | EditMessage) -> None:
        try:
            match message:
                case SetState():
                    await operations.change(self._runs, self.session, message.state, None)
                case SetMessage():
                    await operations.change(self._runs, self.session, None, message.training)
                case StepMessage():
                    await operations.step(self._runs, self.session, message.epochs, message.batches, message.to_epoch)
                case ResetMessage():
                    await operations.reset(self.session, message.seed)
                case EditMessage():
                    await operations.edit(self.session, message)
        except DomainError as error:
            self._queue.add_error(located(error, lambda _: message.type))
