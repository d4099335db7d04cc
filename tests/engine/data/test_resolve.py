"""A config that names columns, bound to its table: what is chosen, left out and assumed, and what is refused."""

import pytest

from engine.config import RunConfig, TrainingChange
from engine.data.points import make_data
from engine.data.resolve import resolve
from engine.data.tables import read_table
from engine.errors import InvalidArgument


def table_of(text):
    return read_table(text.encode())


ROWS = (
    f"p{i} the bird,2024-01-{i + 1:02},{39.1 + i},{18.7 - i / 10},{'TBD'[i % 3]},1,{'AC'[i % 2]}\n" for i in range(24)
)
PENGUINS = table_of("name,day,len,wid,isle,same,kind\n" + "".join(ROWS))
GAPS = table_of("x,isle,kind\n1,T,a\n,B,b\n4,T,a\nNA,,a\n2,D,b\n3,T,?\n5,,b\n6,B,a\n")


def bound(table, **fields):
    return resolve(RunConfig.model_validate({"dataset": {"name": "table", "table": table.id, **fields}}), table)


def refusal(table, **fields):
    with pytest.raises(InvalidArgument) as caught:
        bound(table, **fields)
    return ".".join(map(str, caught.value.loc)), str(caught.value)


def test_the_suggested_columns_are_taken_with_their_names():
    config = bound(PENGUINS)
    assert [column.name for column in config.columns.inputs] == ["len", "wid", "isle"]
    assert config.columns.features == ("len", "wid", "isle = B", "isle = D", "isle = T")
    assert config.columns.classes == ("A", "C")
    assert (config.task, config.inputs, config.classes, config.samples) == ("classification", 3, 2, 24)
    assert config.sizes == (5, 4, 2, 1)
    length = config.columns.inputs[0]
    assert length.low < 39.1 < 62.1 < length.high


def test_a_bound_config_keeps_its_columns():
    config = bound(PENGUINS)
    assert config.replaced(seed=3).columns is config.columns
    assert TrainingChange(learning_rate=0.1).applied_to(config).sizes == config.sizes
    stored = RunConfig.from_stored(config.stored)
    assert stored == config
    assert resolve(stored, None) is stored
    assert RunConfig.from_stored(RunConfig().as_json) == RunConfig()
    assert '"columns"' not in config.as_json


def test_a_field_of_null_is_its_default():
    nothing = dict.fromkeys(("task", "missing", "scale", "split", "inputs", "target", "group"))
    assert bound(GAPS, **nothing) == bound(GAPS)


def test_without_its_table_a_config_says_what_is_missing():
    config = RunConfig.model_validate({"dataset": {"name": "table", "table": "abc"}})
    for ask in (lambda: config.sizes, lambda: config.task, lambda: config.samples, lambda: resolve(config, None)):
        with pytest.raises(InvalidArgument, match="table"):
            ask()
    with pytest.raises(InvalidArgument, match="another table"):
        resolve(config, PENGUINS)


@pytest.mark.parametrize(
    ("fields", "loc", "words"),
    [
        ({"target": "kinds"}, "dataset.target", "did you mean 'kind'"),
        ({"inputs": ["len", "height"]}, "dataset.inputs.1", "choose one of 'name', 'day', 'len'"),
        ({"inputs": ["day"]}, "dataset.inputs.0", "'day' is a date"),
        ({"inputs": ["same"]}, "dataset.inputs", "no column is left"),
        ({"target": "len", "task": "classification"}, "dataset.target", "24 different values"),
        ({"target": "kind", "task": "regression"}, "dataset.target", "holds no numbers"),
        ({"target": ["len", "kind"]}, "dataset.target", "numbers and categories together"),
        ({"target": ["kind", "isle"], "task": "multilabel"}, "dataset.target", "'isle' has 3 values"),
        ({"target": "day"}, "dataset.target", "'day' is a date"),
        ({"target": "day", "task": "regression"}, "dataset.target", "'day' is a date"),
        ({"target": "same", "task": "classification"}, "dataset.target", "the same value in every row"),
        ({"inputs": ["kind", "len"]}, "dataset.inputs", "'kind', which is the target"),
        ({"group": "farm"}, "dataset.group", "no column 'farm'"),
    ],
)
def test_a_column_that_cannot_be_used_is_named(fields, loc, words):
    place, message = refusal(PENGUINS, **fields)
    assert place == loc
    assert words in message


def test_what_does_not_fit_the_columns_names_its_field():
    config = RunConfig.model_validate(
        {"dataset": {"name": "table", "table": PENGUINS.id}, "network": {"output": "linear"}, "features": ["x9"]}
    )
    with pytest.raises(InvalidArgument, match="needs 9 inputs") as caught:
        resolve(config, PENGUINS)
    assert caught.value.loc == ("features",)


@pytest.mark.parametrize(
    ("target", "task", "classes", "output"),
    [
        ("kind", "classification", ("A", "C"), "sigmoid"),
        ("isle", "classification", ("B", "D", "T"), "softmax"),
        ("len", "regression", (), "linear"),
        (["len", "wid"], "regression", (), "linear"),
    ],
)
def test_the_target_sets_the_task(target, task, classes, output):
    config = bound(PENGUINS, target=target)
    assert (config.task, config.columns.classes, config.output) == (task, classes, output)
    assert config.classes == len(classes or config.columns.targets)


def test_numbers_can_be_classes():
    table = table_of("a,b,c\n" + "".join(f"{i},{2 * i},{i % 3}\n" for i in range(12)))
    assert bound(table).columns.classes == ("0", "1", "2")
    assert bound(table, task="regression").task == "regression"
    fractions = table_of("a,b,c\n" + "".join(f"{i},{2 * i},{3.7 * i}\n" for i in range(12)))
    assert bound(fractions).task == "regression"


@pytest.mark.parametrize(
    ("missing", "rows", "features", "said"),
    [
        ("drop", 4, ("x", "isle = B", "isle = D", "isle = T"), "4 of 8 rows miss a value and are left out"),
        ("median", 7, ("x", "isle = B", "isle = D", "isle = T"), "median"),
        (
            "category",
            7,
            ("x", "x missing", "isle = B", "isle = D", "isle = T", "isle = missing"),
            "of their own",
        ),
    ],
)
def test_missing_values_are_dropped_filled_or_a_category(missing, rows, features, said):
    config = bound(GAPS, missing=missing)
    assert config.samples == rows
    assert config.columns.features == features
    assert any(said in note for note in config.columns.notes)
    data = make_data(config, table=GAPS)
    encoded = data.preprocessing.encode(data.inputs)
    assert encoded.shape == (rows, len(features))
    assert (encoded == encoded).all()


def test_a_target_that_is_missing_is_never_a_class():
    assert bound(GAPS, missing="category").columns.classes == ("a", "b")


def test_rows_that_all_miss_a_value_are_refused_with_a_remedy():
    table = table_of("x,y,kind\n1,,a\n2,,b\n,5,a\n,6,b\n")
    place, message = refusal(table)
    assert place == "dataset.missing"
    assert "median" in message
    assert "x: 2, y: 2" in message


def test_constant_columns_and_small_classes_are_told():
    table = table_of("x,same,kind\n" + "".join(f"{i},7,{'ab'[i % 2]}\n" for i in range(8)) + "8,7,rare\n")
    config = bound(table, inputs=["x", "same"])
    assert config.inputs == 1
    assert any("'same' is left out" in note for note in config.columns.notes)
    assert any("'rare' of 'kind' has 1 row" in note for note in config.columns.notes)


def test_the_points_of_a_table_are_its_raw_values():
    data = make_data(bound(PENGUINS, split="ordered", train_fraction=0.75), table=PENGUINS)
    assert data.inputs[0].tolist() == [39.1, 18.7, 2]
    assert data.targets[:4].tolist() == [0, 1, 0, 1]
    assert data.split == ["train"] * 18 + ["test"] * 6


def test_groups_keep_their_rows_together():
    data = make_data(bound(PENGUINS, inputs=["len"], group="isle", train_fraction=0.6), table=PENGUINS)
    isle = ((data.inputs[:, 0] - 39.1).round().astype(int)) % 3
    assert set(isle[: data.train].tolist()).isdisjoint(isle[data.train :].tolist())
