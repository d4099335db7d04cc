"""The stream's messages, one tagged model each, and its close codes. docs/protocol.md shows every one."""

from collections.abc import Sequence
from enum import IntEnum, StrEnum
from typing import Annotated, Any, Literal, NotRequired, TypedDict

from pydantic import BaseModel, Field, TypeAdapter

from app.protocol.orders import State
from engine.config import TrainingChange, WeightChange
from engine.config.choices import StrictModel


class Subprotocol(StrEnum):
    """How server messages are written; the client's are JSON text in both."""

    JSON = "descent.v1.json"
    SAFETENSORS = "descent.v1.safetensors"


class CloseCode(IntEnum):
    """Why the server closes a stream."""

    GOING_AWAY = 1001
    TOO_BIG = 1009
    TRY_AGAIN_LATER = 1013
    RUN_DELETED = 4404


# ---- from the server


class Hello(TypedDict):
    """First: what this client may do, the newest epochs; the Run, `run`, and its points, `data`, are added as JSON."""

    type: Literal["hello"]
    role: Literal["owner", "viewer"]
    metrics: dict[str, Any]


# "from" is a keyword of Python, hence the other way to write it.
MetricsMessage = TypedDict(
    "MetricsMessage",
    {
        "type": Literal["metrics"],
        "from": int,
        "to": int,
        "stride": int,
        "epoch": NotRequired[list[int]],
        "members": NotRequired[list[dict[str, Any]]],
        "columns": NotRequired[Sequence[str]],
    },
)
MetricsMessage.__doc__ = """Those of the epochs `from` to `to`, both included, that are stored: as JSON columns, or the
names of the columns of a tensor."""


class StateMessage(TypedDict):
    """The fields of the Run that can change, under the same names; of `config`, `training` and `seed`."""

    type: Literal["state"]
    name: str
    notes: str
    pinned: bool
    replaced_by: str | None
    state: str
    detail: str | None
    epoch: int
    batch: int
    metrics: list[dict[str, Any]]
    recorded_epochs: list[int]
    changes: list[dict[str, Any]]
    changes_count: int
    series: int
    training: dict[str, Any]
    seed: int


class ErrorMessage(TypedDict):
    """A message of the client was refused: the fields of a problem document."""

    type: Literal["error"]
    title: str
    status: int
    detail: str


class Bye(TypedDict):
    """Last: why the server closes the stream, and which run replaced a deleted one."""

    type: Literal["bye"]
    reason: str
    replaced_by: str | None


# ---- from the client


class ClientMessage(StrictModel):
    """A message has its fields and no others."""


# Maximum number of members or parts in a view.
MAX_LISTED = 1_000

Resolution = Literal[10, 25, 50, 100, 200]
Part = Literal["boundary", "weights", "neurons", "gradients"]
Members = Annotated[list[Annotated[int, Field(ge=0)]], Field(max_length=MAX_LISTED, fail_fast=True)]


class ViewMessage(ClientMessage):
    """What frames should show, and how often."""

    type: Literal["view"] = "view"
    fps: float = Field(10, gt=0, le=60)
    resolution: Resolution = 50
    unit_resolution: Resolution = 25
    include: list[Part] = Field(["boundary", "weights"], max_length=MAX_LISTED, fail_fast=True)
    members: Members | Literal["all"] = Field([0])
    window: int = Field(2, ge=1, le=60)
    axes: list[Annotated[int, Field(ge=0)]] = Field([0, 1], min_length=2, max_length=2)
    metrics: Literal["columns", "tensors"] = "columns"
    hold: dict[Annotated[str, Field(pattern=r"^\d{1,6}$")], Annotated[float, Field(allow_inf_nan=False)]] = Field(
        {}, max_length=MAX_LISTED
    )


class Ack(ClientMessage):
    """The frame `seq`, and all before it, were shown."""

    type: Literal["ack"]
    seq: int


class SetState(ClientMessage):
    """Owner: play or pause."""

    type: Literal["set_state"]
    state: State


class StepMessage(ClientMessage):
    """Owner: train for epochs or mini-batches, then pause."""

    type: Literal["step"]
    epochs: int | None = Field(None, ge=1)
    batches: int | None = Field(None, ge=1)
    to_epoch: int | None = Field(None, ge=0)


class ResetMessage(ClientMessage):
    """Owner: back to epoch 0."""

    type: Literal["reset"]
    seed: int | None = Field(None, ge=0, lt=1 << 63)


class SetMessage(ClientMessage):
    """Owner: change the training."""

    type: Literal["set"]
    training: TrainingChange


class EditMessage(WeightChange):
    """Owner: edit weights, cut and restore links."""

    type: Literal["edit"]


Message = Annotated[
    ViewMessage | Ack | SetState | StepMessage | ResetMessage | SetMessage | EditMessage, Field(discriminator="type")
]

MESSAGES: dict[str, type[BaseModel]] = {
    "view": ViewMessage,
    "ack": Ack,
    "set_state": SetState,
    "step": StepMessage,
    "reset": ResetMessage,
    "set": SetMessage,
    "edit": EditMessage,
}

client_message: TypeAdapter[Message] = TypeAdapter(Message)
