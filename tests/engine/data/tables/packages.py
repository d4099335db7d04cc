"""The tables that Python packages carry, and what is read from them; as a script, records it after a look by pandas.

    pip install palmerpenguins==0.1.6 scikit-learn==1.9.1 statsmodels==0.15.0 vega_datasets==0.9.0 pydantic
    PYTHONPATH=. python tests/engine/data/tables/packages.py

``packages.json`` holds no data, only rows, names, kinds and roles, and a hash of all numbers: look at what changes.
"""

import gzip
import hashlib
import importlib.util
import io
import json
import sys
import warnings
from pathlib import Path

import numpy as np

from engine.data.tables import UnreadableTable, read_table

RECORDED = Path(__file__).with_name("packages.json")
TABLES = {
    "palmerpenguins": ("data/*.csv",),
    "sklearn": ("datasets/data/*.csv*", "datasets/tests/data/openml/*/*.arff.gz", "datasets/tests/data/svmlight_*.txt"),
    "statsmodels": ("datasets/**/*.csv", "datasets/**/*.dat"),
    "vega_datasets": ("_data/*.csv", "_data/*.json"),
}


def files(package):
    """The files with tables of a package that is installed, by their paths within it; it is not imported."""
    found = importlib.util.find_spec(package)
    if found is None:
        return {}
    folder = Path(found.submodule_search_locations[0])
    paths = sorted(path for pattern in TABLES[package] for path in folder.glob(pattern))
    return {f"{package}/{path.relative_to(folder).as_posix()}": path for path in paths}


def described(content):
    """What is read from a file, as it is recorded."""
    about = {"file": hashlib.sha256(content).hexdigest()[:16]}
    try:
        table = read_table(content)
    except UnreadableTable as error:
        return about | {"refused": str(error)}
    numbers = [column.numbers for column in table.columns if column.numbers is not None]
    return about | {
        "rows": table.rows,
        "task": table.task,
        "columns": [
            f"{c.name}: {c.kind}, {c.role}" + (f", {c.missing} missing" * (c.missing > 0)) for c in table.columns
        ],
        "numbers": hashlib.sha256(b"".join((n + 0.0).tobytes() for n in numbers)).hexdigest()[:16],
    }


def compare(name, content):
    """Says where pandas, told the separator, reads other numbers from a table of as many rows and columns."""
    import pandas as pd

    try:
        table = read_table(content)
        content = gzip.decompress(content) if name.endswith(".gz") else content
        dialect = table.dialect
        if dialect.format == "json":
            frame = pd.read_json(io.BytesIO(content), precise_float=True, convert_dates=False)
        elif dialect.format == "csv":
            separator = r"\s+" if dialect.delimiter == "whitespace" else dialect.delimiter
            header = 0 if dialect.header else None
            frame = pd.read_csv(
                io.BytesIO(content), sep=separator, header=header, skiprows=dialect.skipped_lines,
                float_precision="round_trip", skipinitialspace=True, index_col=False, on_bad_lines="skip",
            )  # fmt: skip
        else:
            return
    except (UnreadableTable, ValueError):
        return
    if frame.shape != (table.rows, len(table.columns)):
        say(f"{name}: {table.rows} x {len(table.columns)}, to pandas {frame.shape}")
        return
    for index, column in enumerate(table.columns):
        if column.numbers is not None:
            theirs = pd.to_numeric(frame.iloc[:, index], errors="coerce").to_numpy(float)
            if not np.array_equal(theirs, column.numbers, equal_nan=True):
                say(f"{name}, {column.name}: pandas reads other numbers")


def say(line):
    sys.stderr.write(f"{line}\n")


def main():
    warnings.simplefilter("ignore")
    recorded = {}
    for package in TABLES:
        for name, path in files(package).items():
            recorded[name] = described(path.read_bytes())
            compare(name, path.read_bytes())
    lines = (f"{json.dumps(name)}: {json.dumps(about, ensure_ascii=False)}" for name, about in recorded.items())
    RECORDED.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    refused = sum("refused" in each for each in recorded.values())
    say(f"{len(recorded)} tables, of which {refused} are refused")


if __name__ == "__main__":
    main()
