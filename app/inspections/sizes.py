"""The size of an answer or a frame, estimated before it is computed.

One that is too large is refused; the error says what to request instead.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, get_args

from app.errors import ErrorItem, InvalidArgument, rejected
from app.protocol.messages import Resolution, ViewMessage
from app.settings import Settings
from engine.config import RunConfig
from engine.inspection.maps import rows_of

# Maximum length of a number with its comma: in an answer, in a frame, as a byte of a map; and of a truth value.
NUMBER = 24
SHORT_NUMBER = 11
BYTE = 4
TRUTH = 6

# Maximum memory of a pass over many examples, as a multiple of the largest answer.
PASS_BYTES = 10


@dataclass(frozen=True)
class Shape:
    """The sizes of a run's network and data, fixed when it is made: the size of an answer follows from them."""

    units: tuple[int, ...]
    """Of every layer, features first."""
    members: int
    inputs: int
    samples: int
    train: int
    targets: int
    """Numbers of a target."""

    @classmethod
    def of(cls, config: RunConfig) -> "Shape":
        train = max(1, round(config.samples * config.dataset.train_fraction))
        targets = 1 if config.task == "classification" else config.classes
        return cls(config.sizes, config.member_count, config.inputs, config.samples, train, targets)

    @property
    def outputs(self) -> int:
        return self.units[-1]

    def weights(self, layers: Iterable[int] | None = None) -> int:
        """Weights and biases of one member."""
        counts = [(before + 1) * after for before, after in pairwise(self.units)]
        return sum(counts if layers is None else (counts[layer] for layer in layers))

    # ---- bytes of answers

    def weights_answer(self) -> int:
        return self.weights() * (NUMBER + TRUTH)

    def boundary_answer(self, resolution: int) -> int:
        return rows_of(self.inputs, resolution) * resolution * (self.outputs + 1) * NUMBER

    def prediction(self) -> int:
        """Of one example."""
        return (self.outputs * 2 + 1) * NUMBER

    def example(self) -> int:
        """Of one example of the data."""
        return (self.inputs + self.targets + 1) * NUMBER

    def traced(self, layer: int | None) -> tuple[int, int]:
        """Of a trace's matrices, and of each example that it lists."""
        pairs = list(pairwise(self.units))
        layers = range(len(pairs)) if layer is None else [layer]
        each = sum(pairs[index][0] + 5 * pairs[index][1] for index in layers) + self.inputs + self.targets
        return 4 * NUMBER * self.weights(layers), NUMBER * each

    def pass_memory(self, examples: int) -> int:
        """Of a traced pass over so many examples, in double precision."""
        return 8 * examples * sum(before + 5 * after for before, after in pairwise(self.units))

    # ---- bytes of frames

    def frame(self, view: ViewMessage, text: bool) -> int:
        """The most that a frame of a view takes, as arrays or as text."""
        number, byte = (SHORT_NUMBER, BYTE) if text else (4, 1)
        total = 0
        if "boundary" in view.include:
            total += byte * self.outputs * rows_of(self.inputs, view.resolution) * view.resolution
        if "neurons" in view.include:
            cells = rows_of(self.inputs, view.unit_resolution) * view.unit_resolution
            total += byte * sum(self.units[1:-1]) * cells
        total += number * self.weights() * len({"weights", "gradients"} & set(view.include))
        return total * (self.members if view.members == "all" else len(set(view.members)))


def check_answer(size: int, settings: Settings, loc: list[str | int], instead: str) -> None:
    """InvalidArgument for an answer that would be larger than may be."""
    if size > (limit := settings.max_answer_bytes):
        raise _past("the answer", size, limit, "DESCENT_MAX_ANSWER_BYTES", loc, f"ask for {instead}")


def _past(what: str, size: int, limit: int, name: str, loc: list[str | int], instead: str) -> InvalidArgument:
    message = f"{what} could take {size:,} bytes, past this server's limit of {limit:,} ({name}); {instead}"
    return rejected([ErrorItem(loc=loc, message=message)])


def check_examples(each: int, count: int, settings: Settings, loc: list[str | int], fixed: int = 0) -> None:
    """The same for an answer that lists examples, each of a given size: the error says how many may be listed."""
    room = max(0, (settings.max_answer_bytes - fixed) // each)
    check_answer(fixed + each * count, settings, loc, f"{room:,} examples at most")


def check_trace(shape: Shape, examples: int, shown: int, layer: int | None, settings: Settings) -> None:
    """InvalidArgument for a trace that would be too large to list, or to compute."""
    last = len(shape.units) - 2
    if layer is not None and layer > last:
        raise rejected([ErrorItem(loc=["layer"], message=f"there is no layer {layer}; use 0 to {last}")])
    room = PASS_BYTES * settings.max_answer_bytes
    if (memory := shape.pass_memory(examples)) > room:
        instead = f"trace {room // shape.pass_memory(1):,} examples at most"
        limit = f"{PASS_BYTES} times DESCENT_MAX_ANSWER_BYTES"
        raise _past(f"a pass over {examples:,} examples", memory, room, limit, ["batch"], instead)
    fixed, each = shape.traced(layer)
    if fixed + each <= settings.max_answer_bytes or layer is not None:
        check_examples(each, shown, settings, ["shown"], fixed)
    else:
        check_answer(fixed + each, settings, ["layer"], f"one layer at a time (layer=0 to {last})")


def check_view(view: ViewMessage, shape: Shape, text: bool, settings: Settings, place: str) -> None:
    """InvalidArgument for a view of members that the run does not have, with tensors where messages are `text`, or with
    frames that would be too large."""
    if text and view.metrics == "tensors":
        message = "tensors need the subprotocol descent.v1.safetensors; ask for columns"
        raise rejected([ErrorItem(loc=[place, "metrics"], message=message)])
    if view.members != "all" and (missing := [member for member in view.members if member >= shape.members]):
        message = f"member {missing[0]} does not exist: use 0 to {shape.members - 1}"
        raise rejected([ErrorItem(loc=[place, "members"], message=message)])
    check_frame(view, shape, text, settings, [place, "include"])


def check_frame(view: ViewMessage, shape: Shape, text: bool, settings: Settings, loc: list[str | int]) -> None:
    """InvalidArgument for a view whose frames would be too large."""
    limit = settings.max_frame_bytes
    if (size := shape.frame(view, text)) > limit:
        ways = " or ".join(_smaller(view, shape, text, limit)) or "fewer members, smaller maps and fewer parts together"
        raise _past("a frame", size, limit, "DESCENT_MAX_FRAME_BYTES", loc, f"ask for {ways}")


def _smaller(view: ViewMessage, shape: Shape, text: bool, limit: int) -> Iterable[str]:
    """The changes of which each alone would make the frame small enough."""

    def fits(**changes: Any) -> bool:
        return shape.frame(view.model_copy(update=changes), text) <= limit

    members = limit // shape.frame(view.model_copy(update={"members": [0]}), text)
    if members:
        yield f"{members} member{'s' * (members > 1)} at most"
    for name, part in (("unit_resolution", "neurons"), ("resolution", "boundary")):
        sizes = [size for size in get_args(Resolution) if part in view.include and fits(**{name: size})]
        if sizes:
            yield f"{name} {max(sizes)}"
    for part in view.include:
        if len(view.include) > 1 and fits(include=[each for each in view.include if each != part]):
            yield f"no {part}"
    if text and shape.frame(view, text=False) <= limit:
        yield "descent.v1.safetensors"
