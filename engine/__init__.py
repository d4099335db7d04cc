"""Descent's engine: dense neural networks in NumPy, trained one alone or many in lockstep.

>>> from engine import RunConfig, Trainer
>>> trainer = Trainer(RunConfig())
>>> while trainer.epoch < 100:
...     trainer.advance(batches=25)
>>> trainer.metrics.test_accuracy
"""

from engine.catalog import catalog
from engine.config import RunConfig, TrainingChange, WeightChange
from engine.nn.model import Model
from engine.training.trainer import Trainer

__all__ = ["Model", "RunConfig", "Trainer", "TrainingChange", "WeightChange", "catalog"]
