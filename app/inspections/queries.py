"""Questions a worker answers about a run: its weights, its boundary, its predictions, its data.

`recorded` is an epoch and the weights kept there, to be asked in place of today's. Answers are made in pieces.
"""

from collections.abc import Callable, Generator
from typing import Any

import numpy as np

from app.protocol.encoding import answer_pieces, json_text_pieces, pack
from engine.errors import InvalidArgument
from engine.inspection import probe
from engine.inspection.curves import curve, parameters_of
from engine.inspection.slices import Slice
from engine.nn.model import Model
from engine.pieces import Pieces
from engine.training.trainer import Trainer

Recorded = tuple[int, bytes] | None


def _model(trainer: Trainer, member: int, recorded: Recorded) -> tuple[Model, dict[str, int]]:
    """The network of one member, and the place that what it says is true for."""
    trainer.index_of(member)  # InvalidArgument for one that does not exist
    if recorded is None:
        return trainer.model(member), {"epoch": trainer.epoch, "batch": trainer.batch, "member": member}
    epoch, blob = recorded
    parameters = np.frombuffer(blob, np.float32).reshape(trainer.member_count, -1)[member]
    return trainer.model(member, parameters), {"epoch": epoch, "batch": 0, "member": member}


def weights(trainer: Trainer, member: int, recorded: Recorded) -> dict[str, Any]:
    model, place = _model(trainer, member, recorded)
    return place | {"layers": [{"W": layer.W, "b": layer.b, "mask": layer.mask} for layer in model.layers()]}


def boundary(
    trainer: Trainer, member: int, recorded: Recorded, resolution: int, plane: Slice
) -> Pieces[dict[str, Any]]:
    model, place = _model(trainer, member, recorded)
    grid = yield from probe.boundary_pieces(model, resolution, plane)
    axes = plane.axes[: min(2, model.config.inputs)]
    values = {"x": np.asarray(grid.x), "y": np.asarray(grid.y), "values": grid.values, "classes": grid.classes}
    return place | values | {"axes": list(axes), "held": plane.held(model.means)}


def predict(
    trainer: Trainer, member: int, recorded: Recorded, inputs: list[list[float]], threshold: float
) -> Pieces[dict[str, Any]]:
    model, place = _model(trainer, member, recorded)
    expected = trainer.data().inputs.shape[1]
    for index, row in enumerate(inputs):
        if len(row) != expected:
            message = f"has {len(row)} numbers; this network takes {expected}"
            raise InvalidArgument(message, "inputs", index)
    outputs = yield from model.predict_pieces(len(inputs), lambda span: np.array(inputs[span], float))
    return place | {"outputs": outputs, "labels": model.labels(outputs, threshold)}


def frame(
    trainer: Trainer,
    member: int,
    recorded: Recorded,
    resolution: int,
    unit_resolution: int,
    include: list[str],
    packed: bool,
    plane: Slice,
) -> Pieces[bytes]:
    """A frame as the stream sends it, as JSON or as safetensors."""
    _, place = _model(trainer, member, recorded)
    parameters = None if recorded is None else np.frombuffer(recorded[1], np.float32).reshape(trainer.member_count, -1)
    message = {"type": "frame", "seq": 0, "epoch": place["epoch"], "batch": place["batch"], "members": [member]}
    arrays = yield from probe.frame_pieces(trainer, [member], resolution, unit_resolution, include, parameters, plane)
    if packed:
        return pack(message, arrays)
    text = yield from json_text_pieces(message, arrays)
    return text.encode()


def activations(trainer: Trainer, member: int) -> dict[str, Any]:
    """What every layer's activation is now, its learned parameters included."""
    model, place = _model(trainer, member, None)
    layers = []
    for index, layer in enumerate(model.network.hidden):
        numbers = parameters_of(model, index)
        names = [parameter.name for parameter in (*layer.activation.parameters, *layer.activation.learned)]
        layers.append(
            {
                "activation": layer.activation.name,
                "parameters": dict(zip(names, numbers, strict=True)),
                "curve": curve(layer.activation, numbers),
            }
        )
    return place | {"layers": layers}


def data(trainer: Trainer, start: int, count: int) -> dict[str, Any]:
    """`count` examples from `start` on."""
    points, span = trainer.data(), slice(start, start + count)
    return {"inputs": points.inputs[span], "targets": points.targets[span], "split": list(points.split)[span]}


QUESTIONS: dict[str, Callable[..., dict[str, Any] | Pieces[dict[str, Any]] | Pieces[bytes]]] = {
    "weights": weights,
    "boundary": boundary,
    "frame": frame,
    "predict": predict,
    "activations": activations,
    "data": data,
}


def answer(trainer: Trainer, action: str, arguments: dict[str, Any]) -> Pieces[bytes]:
    """The answer to a question, as it is sent."""
    made = QUESTIONS[action](trainer, **arguments)
    value = (yield from made) if isinstance(made, Generator) else made
    return value if isinstance(value, bytes) else (yield from answer_pieces(value))
