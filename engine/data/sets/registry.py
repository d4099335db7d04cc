"""The registry of real data sets: which file each is, what its columns mean, and where it comes from."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from engine.data.tables import Table, read_table
from engine.data.tables.column import NUMBER, Column
from engine.nn.losses import CLASSIFICATION, REGRESSION
from engine.nn.registry import Registry
from engine.training.optimizers import optimizers

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class RealSet:
    """A table of the package, with the roles that its columns have unless a config chooses others.

    ``inputs`` are the columns that a network is given, by default all but the ``target``. ``units`` names the unit of a
    column where the source does; ``span`` is the lowest and highest value that any input can have, where that is known.
    ``raw``, ``encoded``, ``classes`` and ``rows`` count what a run makes of it by default: columns that are inputs,
    inputs of the network, classes (0 for a regression), and rows that miss none of these values. ``defaults`` are
    fields of a DatasetConfig that differ from those of other tables, ``suggests`` the part of a RunConfig that learns
    it well. ``axes``: the places of the two inputs that show it at a glance. ``picture``: how many cells a side has,
    where the inputs are the cells of a picture, row by row.
    """

    name: str
    title: str
    note: str
    source: str
    licence: str
    file: str
    target: str
    axes: tuple[int, int]
    raw: int
    encoded: int
    rows: int
    classes: int
    inputs: tuple[str, ...] = ()
    units: dict[str, str] = field(default_factory=dict)
    span: tuple[float, float] | None = None
    picture: int = 0
    task: str = CLASSIFICATION
    defaults: dict[str, Any] = field(default_factory=dict)
    suggests: dict[str, Any] = field(default_factory=dict)

    def table(self) -> Table:
        """Its table, read from the package once."""
        return _read(self.name)

    def content(self) -> bytes:
        """The text of its file, unpacked."""
        packed = (_FOLDER / self.file).read_bytes()
        return gzip.decompress(packed) if self.file.endswith(".gz") else packed


sets: Registry[RealSet] = Registry("real data set")


@cache
def _read(name: str) -> Table:
    entry = sets[name]
    table = read_table(entry.content())
    if entry.span is not None:
        columns = tuple(_measured(c) if c.name != entry.target else c for c in table.columns)
        table = replace(table, columns=columns)
    inputs = entry.inputs or tuple(c.name for c in table.columns if c.name != entry.target)
    roles = {c.name: "input" if c.name in inputs else "omitted" for c in table.columns}
    return table.with_roles(roles | {entry.target: "target"})


def _measured(column: Column) -> Column:
    """A column as numbers; one that happens to hold 0 and 1 only was read as yes or no."""
    if column.codes is None:
        return column
    numbers = np.array(list(map(float, column.values)))[column.codes]
    return replace(column, kind=NUMBER, numbers=numbers, codes=None, values=())


def _units(unit: str, *columns: str) -> dict[str, str]:
    return dict.fromkeys(columns, unit)


# Whole, so that a page can tell whether it is still as suggested.
_ADAM = {"name": "adam"} | {parameter.name: parameter.default for parameter in optimizers["adam"].parameters}

for _entry in (
    RealSet(
        name="penguins",
        title="Penguins",
        note="Three species of penguin near Palmer Station, Antarctica, by four measures of the body.",
        source="Gorman, Williams and Fraser 2014; palmerpenguins: Horst, Hill and Gorman 2020",
        licence="CC0 1.0",
        file="penguins.csv",
        target="species",
        inputs=("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"),
        units=_units("mm", "bill_length_mm", "bill_depth_mm", "flipper_length_mm") | {"body_mass_g": "g"},
        axes=(0, 1),
        raw=4,
        encoded=4,
        rows=342,
        classes=3,
    ),
    RealSet(
        name="iris",
        title="Iris",
        note="Three species of iris, 50 flowers each, by length and width of sepals and petals.",
        source="Fisher 1936; UCI Machine Learning Repository, doi 10.24432/C56C76",
        licence="CC BY 4.0",
        file="iris.csv",
        target="species",
        units=_units("cm", "sepal_length_cm", "sepal_width_cm", "petal_length_cm", "petal_width_cm"),
        axes=(2, 3),
        raw=4,
        encoded=4,
        rows=150,
        classes=3,
    ),
    RealSet(
        name="wine",
        title="Wine",
        note="Wines of three cultivars from one region of Italy, by thirteen chemical measures.",
        source="Aeberhard and Forina 1991; UCI Machine Learning Repository, doi 10.24432/C5PC7J",
        licence="CC BY 4.0",
        file="wine.csv",
        target="cultivar",
        axes=(0, 6),
        raw=13,
        encoded=13,
        rows=178,
        classes=3,
    ),
    RealSet(
        name="breast_cancer",
        title="Breast cancer",
        note="Benign or malignant, by thirty measures of the cell nuclei in an image of a sample.",
        source="Wolberg, Mangasarian, Street and Street 1993; UCI Machine Learning Repository, doi 10.24432/C5DW2B",
        licence="CC BY 4.0",
        file="breast_cancer.csv",
        target="diagnosis",
        axes=(20, 27),
        raw=30,
        encoded=30,
        rows=569,
        classes=2,
    ),
    RealSet(
        name="housing",
        title="House prices",
        note="What 932 homes around Sacramento, California, sold for in five days, by size, kind and place.",
        source="Sacramento Bee, published by SpatialKey; R package modeldata (Kuhn)",
        licence="MIT",
        file="housing.csv",
        target="price_usd",
        task=REGRESSION,
        units=_units("degrees", "latitude", "longitude") | {"area_sqft": "square feet", "price_usd": "US dollars"},
        axes=(5, 4),
        raw=6,
        encoded=8,
        rows=932,
        classes=0,
    ),
    RealSet(
        name="digits",
        title="Digits",
        note="Digits written by 13 people, the writers one after another, as 8 by 8 cells that count 16 pixels each.",
        source="Alpaydin and Kaynak 1998; UCI Machine Learning Repository, doi 10.24432/C50P49 (its test part)",
        licence="CC BY 4.0",
        file="digits.csv.gz",
        target="digit",
        span=(0.0, 16.0),
        picture=8,
        axes=(36, 21),
        raw=64,
        encoded=64,
        rows=1797,
        classes=10,
        defaults={"scale": "minmax"},
        suggests={
            "network": {"hidden": [{"units": 32, "activation": "tanh", "dropout": 0.0}]},
            "training": {"optimizer": _ADAM, "learning_rate": 0.005, "batch_size": 32},
        },
    ),
):
    sets.add(_entry)
