"""What a table is described by: true counts, numbers that JSON has, and answers of a bounded size."""

import json

import pytest

from app.tables.document import BINS, MAX_VALUES, TableDocument, document
from engine.data.tables import read_table


def described(text, **overrides):
    found = document(read_table(text.encode(), overrides=overrides))
    text = json.dumps(found | {"name": ""}, allow_nan=False)
    return TableDocument.model_validate_json(text), {column["name"]: column for column in found["columns"]}


def column_of(numbers):
    return described("x,kind\n" + "".join(f"{number},{'ab'[i % 2]}\n" for i, number in enumerate(numbers)))[1]["x"]


def test_a_histogram_counts_every_number():
    column = column_of([i + 0.5 for i in range(100)])
    assert (len(column["counts"]), len(column["edges"])) == (BINS, BINS + 1)
    assert column["counts"] == [5] * BINS
    assert (column["edges"][0], column["edges"][-1]) == (0.5, 99.5)


@pytest.mark.parametrize(
    "numbers",
    [
        ["7"] * 4,
        ["-1.7e308", "1.7e308", "0", "1"],
        ["1e15", "1000000000000000.125", "1e15", "1e15"],
        ["0", "5e-324"] * 2,
    ],
)
def test_numbers_of_any_range_have_a_histogram(numbers):
    column = column_of(numbers)
    assert sum(column["counts"]) == 4
    assert len(column["edges"]) == len(column["counts"]) + 1
    assert (column["edges"][0], column["edges"][-1]) == (column["min"], column["max"])


def test_the_most_frequent_values_are_listed_in_their_order():
    names = [f"v{i:03}" for i in range(2 * MAX_VALUES)]
    cells = names + names[::2] * 2
    column = described("t,y\n" + "".join(f"{cell},{i % 3}\n" for i, cell in enumerate(cells)))[1]["t"]
    assert column["values"] == names[::2]
    assert column["counts"] == [3] * MAX_VALUES
    assert column["distinct"] == 2 * MAX_VALUES


def test_a_preview_of_many_columns_or_long_texts_is_short():
    wide = ",".join(f"c{i}" for i in range(1_500)) + "\n" + (",".join(["1"] * 1_500) + "\n") * 30
    assert len(described(wide)[0].preview) == 13
    about, columns = described("t,y\n" + "".join(f"{'long ' * 100}{i},{i}\n" for i in range(5)))
    assert len(columns["t"]["values"][0]) < 300
    assert len(about.preview[0][0]) < 300
