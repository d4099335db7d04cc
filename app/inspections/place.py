"""What every inspection of a run shares: the place in its training that an answer holds for, and the weights there."""

from typing import Any

import numpy as np
from pydantic import BaseModel

from engine.nn.model import Model
from engine.training.trainer import Trainer

Numbers = list[float | None]
NumberRows = list[Numbers]

Recorded = tuple[int, bytes] | None
"""An epoch and its recorded weights, float32 of all members; None: the present weights."""


class Place(BaseModel):
    """The epoch, mini-batch and member that the answer holds for."""

    epoch: int
    batch: int
    member: int


def place_of(trainer: Trainer, member: int) -> dict[str, Any]:
    """The fields of a `Place`: where the trainer is now."""
    return {"epoch": trainer.epoch, "batch": trainer.batch, "member": member}


def model_at(trainer: Trainer, member: int, recorded: Recorded) -> tuple[Model, dict[str, Any]]:
    """The network of one member, present or recorded, and the place that its answers hold for."""
    trainer.index_of(member)  # InvalidArgument for a member that does not exist
    if recorded is None:
        return trainer.model(member), place_of(trainer, member)
    epoch, blob = recorded
    parameters = members_of(trainer, blob)[member]
    return trainer.model(member, parameters), {"epoch": epoch, "batch": 0, "member": member}


def members_of(trainer: Trainer, blob: bytes) -> np.ndarray[Any, Any]:
    """Recorded weights as an array (members, parameters)."""
    return np.frombuffer(blob, np.float32).reshape(trainer.member_count, -1)
