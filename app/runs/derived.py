"""What follows from a run's config, so that clients need not resolve it."""

from typing import Any

from engine.config import RunConfig


def derived_of(config: RunConfig) -> dict[str, Any]:
    """What follows from a config: each "auto" resolved, and the sizes of the network."""
    return {
        "task": config.task,
        "inputs": config.inputs,
        "classes": config.classes,
        "features": [feature.name for feature in config.feature_list],
        "output": config.output,
        "loss": config.loss,
        "sizes": list(config.sizes),
        "parameters": config.parameters,
    }


def columns_of(config: RunConfig) -> dict[str, Any]:
    """The names of inputs, classes and targets where they are those of a table, and what was assumed of it."""
    columns = config.columns
    if columns is None:
        return {"columns": None, "classes": None, "targets": None, "notes_of_data": []}
    return {
        "columns": [column.model_dump() | {"features": column.features} for column in columns.inputs],
        "classes": columns.classes or None,
        "targets": columns.targets,
        "notes_of_data": columns.notes,
    }
