"""A run's config and its changes, as validated pydantic models; no other part of the engine imports pydantic."""

from engine.config.changes import TrainingChange, WeightChange
from engine.config.choices import AUTO
from engine.config.run import RunConfig

__all__ = ["AUTO", "RunConfig", "TrainingChange", "WeightChange"]
