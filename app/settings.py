"""The server's settings: environment variables with the prefix DESCENT_, read and validated once, at the start."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from app.environment import PREFIX, SettingsError, at_home, default_data_dir, is_of_others, unknown
from app.hosts import host_entry, origin_entry, proxy_entry
from app.root_path import path_prefix
from engine.config.run import MAX_LAYERS, MAX_MEMBERS


def _known_level(level: str) -> str:
    levels = ("critical", "error", "warning", "info", "debug")
    if level.lower() not in levels:
        raise ValueError(f"is not a level; use one of {', '.join(levels)}")
    return level.lower()


class Settings(BaseModel):
    """Every field is an environment variable: `max_step` is DESCENT_MAX_STEP. Lists are separated by commas."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="The port to listen on; 0 takes any free one.")
    data_dir: Annotated[Path, AfterValidator(at_home)] = Field(
        default_factory=default_data_dir, description="The folder of the database."
    )
    workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=1,
        le=256,
        description="Processes that train; by default one per core.",
    )
    kernel: Literal["", "require", "off", "base", "avx2", "avx512"] = Field(
        "", description="The compiled arithmetic: `require` it, `off` for NumPy, or require one of its bodies by name."
    )
    log_level: Annotated[str, AfterValidator(_known_level)] = Field("warning", description="Minimum log level.")

    allowed_hosts: tuple[Annotated[str, AfterValidator(host_entry)], ...] = Field(
        (), description="Accepted host names, besides IP addresses, localhost and the bind address; * for all."
    )
    cors_origins: tuple[Annotated[str, AfterValidator(origin_entry)], ...] = Field(
        (), description="Origins of other sites whose pages may call the API."
    )
    root_path: Annotated[str, AfterValidator(path_prefix)] = Field(
        "", description="The path under which a reverse proxy serves Descent; it may strip or keep it."
    )
    trusted_proxies: tuple[Annotated[str, AfterValidator(proxy_entry)], ...] = Field(
        (), description="Addresses or networks of proxies whose forwarded headers are trusted."
    )
    allow_embedding: bool = Field(
        False, description="Whether other sites may show the page in a frame, which then owns the runs it makes."
    )

    max_body_bytes: int = Field(4_000_000, ge=1_000, description="The largest request body.")
    max_table_bytes: int = Field(16_000_000, ge=1_000, description="The largest file that is read as a table.")
    max_table_memory: int = Field(
        2_000_000_000,
        ge=200_000_000,
        description="Bytes of memory in which a file is read, limited on Linux.",
    )
    max_tables_per_owner: int = Field(100, ge=1, description="Stored tables of one owner.")
    max_stored_table_bytes: int = Field(1_000_000_000, ge=1_000, description="Bytes of all stored tables.")
    max_message_bytes: int = Field(64_000, ge=1_000, description="The largest message a client sends over a stream.")
    max_runs: int = Field(10_000, ge=1, description="Stored runs in all.")
    max_runs_per_owner: int = Field(200, ge=1, description="Stored runs of one owner.")
    max_running: int = Field(200, ge=1, description="Runs that train at the same time.")
    max_viewers: int = Field(200, ge=1, description="Streams open on one run.")
    max_members: int = Field(64, ge=1, le=MAX_MEMBERS, description="Members of a sweep.")
    max_layers: int = Field(16, ge=0, le=MAX_LAYERS, description="Hidden layers.")
    max_units: int = Field(256, ge=1, description="Units of a layer.")
    max_samples: int = Field(10_000, ge=2, description="Examples of a data set.")
    max_inputs: int = Field(1_000, ge=1, description="Inputs of an example.")
    max_values: int = Field(
        2_000_000, ge=2, description="Examples times inputs of a data set; each value of a category is an input."
    )
    max_parameters: int = Field(1_000_000, ge=1, description="Weights and biases of a run, all members together.")
    max_epochs: int = Field(100_000, ge=1, description="Epochs of a run.")
    max_metrics_rows: int = Field(
        100_000,
        ge=1_000,
        description="Rows of metrics stored of a run, one an epoch and member; past it, older ones are thinned.",
    )
    max_database_bytes: int = Field(
        10_000_000_000, ge=1_000_000, description="Size of the database from which on new runs are refused."
    )
    max_changes: int = Field(
        10_000, ge=1, description="Live changes of a run; those at the same mini-batch count as one."
    )
    max_step: int = Field(10_000, ge=1, description="Epochs or mini-batches of one step.")
    max_study: int = Field(
        20_000_000_000,
        ge=1,
        description="Multiplications of one gradient check, landscape or learning-rate range test.",
    )
    max_predictions: int = Field(10_000, ge=1, description="Examples of one prediction.")
    max_answer_bytes: int = Field(32_000_000, ge=1_000_000, description="Bytes of one answer other than CSV.")
    max_frame_bytes: int = Field(16_000_000, ge=100_000, description="Bytes of one frame.")

    slice_seconds: float = Field(
        0.005, gt=0, le=0.1, description="Seconds a run trains before another run of its worker does."
    )
    checkpoint_seconds: float = Field(1.0, gt=0, le=1, description="Seconds between checkpoints of a running run.")
    table_seconds: float = Field(
        30, gt=0, description="Seconds of processor time in which a file is read; of any time on Windows."
    )
    idle_seconds: float = Field(300, gt=0, description="Seconds that an idle run without viewers stays in memory.")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Reads DESCENT_*; SettingsError names the first variable that is unknown or has an unusable value. Empty
        variables and those that describe services take the default."""
        values: dict[str, object] = {}
        for variable, value in environment.items():
            if not variable.startswith(PREFIX) or not value.strip() or is_of_others(variable, value):
                continue
            name = variable.removeprefix(PREFIX).lower()
            if name not in cls.model_fields:
                raise SettingsError(unknown(variable, (PREFIX + field.upper() for field in cls.model_fields)))
            listed = get_origin(cls.model_fields[name].annotation) is tuple
            values[name] = tuple(filter(None, map(str.strip, value.split(",")))) if listed else value
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0])
            variable = PREFIX + name.upper()
            reason = first["msg"].removeprefix("Value error, ")
            raise SettingsError(
                f"{variable}={environment.get(variable)!r} cannot be used: {reason}. "
                f"{cls.model_fields[name].description}"
            ) from None

    def limits(self) -> dict[str, int]:
        """The limits that clients can read, by name; the setting of each is DESCENT_ and its name in capitals."""
        return {name: value for name, value in self if name.startswith("max_")}
