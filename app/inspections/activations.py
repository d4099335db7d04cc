"""The activation of every hidden layer as it is now."""

from typing import Any

from pydantic import BaseModel

from app.inspections.place import Place, model_at
from engine.inspection.curves import curve, parameters_of
from engine.training.trainer import Trainer


class Curve(BaseModel):
    """a = f(z) and f'(z) over z from -4 to 4."""

    z: list[float]
    a: list[float]
    derivative: list[float]


class LayerActivation(BaseModel):
    """A hidden layer's activation with its fixed and its learned parameters as they are now."""

    activation: str
    parameters: dict[str, float]
    curve: Curve


class Activations(Place):
    layers: list[LayerActivation]


def activations(trainer: Trainer, member: int) -> dict[str, Any]:
    """The fields of `Activations`."""
    model, place = model_at(trainer, member, None)
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
