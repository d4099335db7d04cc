"""Small tables as people have them, and what must be read from them."""

import math

import numpy as np
import pytest

from engine.data.tables import Table, UnreadableTable, read_table


def read(text, **overrides):
    return read_table(text.encode() if isinstance(text, str) else text, overrides=overrides)


def kinds(table):
    return {column.name: column.kind for column in table.columns}


def roles(table):
    return {column.name: column.role for column in table.columns}


def cells(table, name):
    return table.column(name).slice(0, table.rows)


def says(table, *words):
    return any(all(word in note for word in words) for note in table.notes)


def test_categories_are_inputs_and_classes_keep_their_names():
    table = read("len,wid,isle,kind\n39.1,18.7,T,A\n46.5,17.9,B,C\n50.0,15.2,B,C\n")
    assert kinds(table) == {"len": "number", "wid": "number", "isle": "category", "kind": "category"}
    assert roles(table) == {"len": "input", "wid": "input", "isle": "input", "kind": "target"}
    assert table.target.as_classes()[1] == ("A", "C")
    assert cells(table, "len") == [39.1, 46.5, 50.0]
    assert table.task == "classification"


def test_ids_and_dates_are_left_out():
    table = read("id,day,x,kind\n1,2024-01-01,3,a\n2,2024-01-02,4,b\n")
    assert kinds(table) == {"id": "id", "day": "date", "x": "number", "kind": "category"}
    assert roles(table) == {"id": "omitted", "day": "omitted", "x": "input", "kind": "target"}
    assert says(table, "id", "left out")
    assert says(table, "day", "left out", "dates")


@pytest.mark.parametrize("start", [0, 1])
def test_a_nameless_counting_column_is_left_out(start):
    table = read(f",x,kind\n{start},1,a\n{start + 1},2,b\n")
    assert [column.role for column in table.columns] == ["omitted", "input", "target"]
    assert says(table, "counts the rows")


def test_a_counting_column_without_any_header_is_data():
    assert read("\n".join(f"{i},{i * i / 7:.3f}" for i in range(12))).columns[0].role == "input"


def test_decimal_commas():
    table = read("Länge;Breite;Sorte\n5,1;3,5;A\n4,9;3,0;B\n")
    assert [cells(table, name) for name in ("Länge", "Breite", "Sorte")] == [[5.1, 4.9], [3.5, 3.0], ["A", "B"]]
    assert (table.dialect.delimiter, table.dialect.decimal) == (";", ",")
    assert says(table, "decimal comma")


def test_separators_within_quotes():
    table = read('note,x,kind\n"Smith, J",1,a\n"say ""b""",2,b\n')
    assert cells(table, "note") == ["Smith, J", 'say "b"']
    assert roles(table) == {"note": "omitted", "x": "input", "kind": "target"}


def test_missing_cells_are_counted_and_no_class():
    table = read("x,y,kind\n1,2,a\n,3,b\n4,5,a\nNA,1,\n")
    assert [column.missing for column in table.columns] == [2, 0, 1]
    assert table.missing_rows(["x", "y", "kind"]).tolist() == [False, True, False, True]
    assert roles(table)["kind"] == "target"
    assert table.target.as_classes()[1] == ("a", "b")
    assert table.target.as_classes()[0].tolist() == [0, 1, 0, -1]


def test_the_task_follows_from_the_target():
    assert read("size,price\n50,145.5\n60,171\n70,199\n80,230\n90,262").task == "regression"
    assert read("\n".join(f"{i},{2 * i},{3.7 * i}" for i in range(12))).task == "regression"
    assert read("\n".join(f"{i},{2 * i},{i % 3}" for i in range(12))).task == "classification"
    assert read("\n".join(f"{50 + 3 * i},{150000 + 7000 * i}" for i in range(30))).task == "regression"


def test_the_target_is_guessed_by_name_or_place_and_said():
    named = read("species,x,z\na,1,2\nb,3,4\na,5,7\n")
    assert named.target.name == "species"
    assert says(named, "'species'", "name")
    first = read("y,x1,x2\n1.5,1,2\n2.5,3,4\n3.5,5,7\n")
    assert first.target.name == "y"
    last = read("x,y,z\n1.5,1,2\n2.5,3,4\n3.5,5,2\n")
    assert last.target.name == "z"
    assert says(last, "'z'", "last column", "2 whole numbers are taken as classes")
    assert read("when,id\n2024-01-01,a\n2024-01-02,b\n2024-01-03,c\n").target is None


def test_what_cannot_be_an_input_starts_left_out():
    rows = "".join(f"{i % 7},{'abcdefghij'[i % 10]}{i % 40},5,{i if i < 9 else ''},{i % 2}\n" for i in range(90))
    table = read("x,many,same,gaps,y\n" + rows)
    assert roles(table) == {"x": "input", "many": "omitted", "same": "omitted", "gaps": "omitted", "y": "target"}
    assert says(table, "'many'", "40 different values")
    assert says(table, "'same'", "same value")
    assert says(table, "'gaps'", "misses 81 of 90")


def test_an_empty_column_is_left_out():
    table = read("a,b,c\n1,,x\n2,,y\n3,NA,x\n")
    assert roles(table) == {"a": "input", "b": "omitted", "c": "target"}
    assert says(table, "'b'", "empty")
    indices, names = table.column("b").as_classes()
    assert (indices.tolist(), names) == ([-1, -1, -1], ())


def test_a_copy_of_the_target_is_left_out():
    text = "alive,x,half,survived\n" + "".join(
        f"{('no', 'yes')[i % 2]},{i % 5},{('no', 'yes')[i % 2 if i else 1]},{i % 2}\n" for i in range(30)
    )
    table = read(text)
    assert roles(table) == {"alive": "omitted", "x": "input", "half": "input", "survived": "target"}
    assert says(table, "'alive'", "target")
    assert roles(read("a,b\n0,no\n1,yes\n0,no\n"))["a"] == "input"  # three rows may agree by chance


def test_codes_and_ids_are_no_numbers():
    table = read("customer_id,zip,day,x\n17,01234,20240131,1\n23,98765,20240201,2.5\n99,01235,20240301,3\n")
    assert kinds(table) == {"customer_id": "id", "zip": "category", "day": "date", "x": "number"}


def test_other_words_are_missing_only_among_numbers():
    table = read("x,alley\n1,None\nunknown,Gravel\n*,None\n2.5,Paved\n")
    assert cells(table, "x") == [1, None, None, 2.5]
    assert cells(table, "alley") == ["None", "Gravel", "None", "Paved"]
    assert says(table, "'x'", "2 of 4 cells are missing")
    mixed = read("x,y\n1,1\n2,2\nabout 3,3\n4,4.5\n")
    assert kinds(mixed)["x"] != "number"
    assert says(mixed, "'x'", "'about 3'")


@pytest.mark.parametrize("cell", ["0x1F", "1_000", "１２", "1e999", "1.2.3", "--1", "1e", "0b1", "1 000 0"])
def test_nothing_else_is_read_as_a_number(cell):
    assert read(f"x,y\n{cell},1\n2,2\n3,3\n4,5\n").columns[0].kind != "number"


@pytest.mark.parametrize(
    ("cell", "number"), [("1e5", 1e5), ("-.5", -0.5), ("+3.", 3.0), ("\u22127", -7.0), ("007.5", 7.5)]
)
def test_numbers_as_they_are_written(cell, number):
    assert cells(read(f"x,y\n{cell},1\n2,2\n"), "x")[0] == number


def test_a_table_is_stored_and_loaded_without_parsing():
    table = read("x,when,kind\n1,2024-01-01,a\n,2024-01-02,\n3,2024-01-03,b\n")
    loaded = Table.from_bytes(table.to_bytes())
    assert (
        loaded.slice(0, 3)
        == table.slice(0, 3)
        == [
            [1.0, "2024-01-01", "a"],
            [None, "2024-01-02", None],
            [3.0, "2024-01-03", "b"],
        ]
    )
    assert (loaded.id, loaded.dialect, loaded.notes, loaded.task) == (table.id, table.dialect, table.notes, table.task)
    assert loaded.preview(2) == [["1", "2024-01-01", "a"], ["", "2024-01-02", ""]]
    assert loaded.column("x").numbers.dtype == np.float64
    assert math.isnan(loaded.column("x").numbers[1])
    with pytest.raises(UnreadableTable, match="read its file again"):
        Table.from_bytes(b"\x01" + table.to_bytes())


def test_the_id_is_of_bytes_and_dialect():
    text = "x;y\n1,5;2\n2,5;3\n"
    assert read(text).id == read(text).id
    assert read(text).id != read(text, decimal="point").id
    assert read(text).id != read(text + "\n").id


def test_an_unknown_part_of_a_dialect_is_refused():
    with pytest.raises(UnreadableTable, match="delimiter, decimal") as caught:
        read("x,y\n1,2\n", separator=",")
    assert caught.value.loc == ("separator",)
