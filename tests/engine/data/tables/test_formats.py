"""Every format: what is read from a small file of it, and how one that cannot be read is refused."""

import gzip
import io
import json
import zipfile

import pytest

from engine.data.tables import UnreadableTable, read_table

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def read(content, **overrides):
    return read_table(content.encode() if isinstance(content, str) else content, overrides=overrides)


def columns(table):
    return {column.name: column.slice(0, table.rows) for column in table.columns}


def kinds(table):
    return [column.kind for column in table.columns]


def refusal(content, **overrides):
    with pytest.raises(UnreadableTable) as caught:
        read(content, **overrides)
    return str(caught.value)


ARFF = """% about
@RELATION 'two words'
@attribute 'sepal length' NUMERIC
@attribute 'it\\'s' {'a b', "c", d}
@attribute day date 'yyyy-MM-dd'
@attribute class {yes, no, never}
@data
1.5,'a b',2020-01-01,yes
% a comment
?,"c",?,never
3,d,2020-01-03,?
"""


def test_arff():
    table = read(ARFF)
    assert columns(table) == {
        "sepal length": [1.5, None, 3.0],
        "it's": ["a b", "c", "d"],
        "day": ["2020-01-01", None, "2020-01-03"],
        "class": ["yes", "never", None],
    }
    assert kinds(table) == ["number", "category", "date", "category"]
    assert table.target.name == "class"
    assert table.target.values == ("yes", "no", "never")
    assert table.target.as_classes()[1] == ("yes", "never")


def test_an_omitted_cell_of_a_sparse_row_is_the_first_value():
    table = read(
        "@relation s\n@attribute a numeric\n@attribute b {x,y}\n@attribute c {p,q}\n@data\n{0 2.5, 2 q}\n{}\n{1 y}\n"
    )
    assert columns(table) == {"a": [2.5, 0.0, 0.0], "b": ["x", "x", "y"], "c": ["q", "p", "p"]}
    assert any("sparse" in note for note in table.notes)


def test_arff_that_contradicts_itself_is_refused():
    start = "@relation r\n@attribute a numeric\n@attribute b {x,y}\n@data\n1,x\n"
    assert "'z' in 'b'" in refusal(start + "2,z\n")
    assert "'1_0' in 'a'" in refusal(start + "1_0,x\n")
    assert "line 6 has 1 cells" in refusal(start + "2\n")
    assert "line 6" in refusal(start + "{7 1}\n")
    assert "no type" in refusal("@relation r\n@attribute a relational\n@data\n1\n2\n")


def test_libsvm():
    table = read("1 1:0.5 3:2 # comment\n-1 2:1.5\n1 1:3\n")
    assert columns(table) == {"label": [1, -1, 1], "x1": [0.5, 0, 3], "x2": [0, 1.5, 0], "x3": [2, 0, 0]}
    assert table.target.name == "label"
    assert any("start at 1" in note and "lost" in note for note in table.notes)


def test_libsvm_counts_from_0_where_an_index_is_0():
    table = read("1 0:0.5 2:2\n0 1:3\n0 0:1\n")
    assert list(columns(table)) == ["label", "x0", "x1", "x2"]
    assert not any("lost" in note for note in table.notes)


def test_libsvm_of_several_labels_is_refused():
    assert "line 2 has several labels" in refusal("1 1:3\n1,2 1:3\n")
    assert "twice" in refusal("1 1:3 1:4\n0 1:2\n")
    assert "columns" in refusal("1 999999999:1\n0 1:2\n")


ROWS = {"x": [1, 2.5, None], "kind": ["a", "b", "a"]}


@pytest.mark.parametrize(
    "shape",
    [
        [{"x": 1, "kind": "a"}, {"x": 2.5, "kind": "b"}, {"kind": "a"}],
        [["x", "kind"], [1, "a"], [2.5, "b"], [None, "a"]],
        ROWS,
        {"data": [{"x": 1, "kind": "a"}, {"x": 2.5, "kind": "b"}, {"kind": "a"}]},
        {"columns": ["x", "kind"], "index": [0, 1, 2], "data": [[1, "a"], [2.5, "b"], [None, "a"]]},
        {name: {str(i): cell for i, cell in enumerate(cells)} for name, cells in ROWS.items()},
        {"feature_names": ["x"], "data": [[1], [2.5], [None]], "target": ["a", "b", "a"]},
    ],
    ids=["records", "rows", "columns", "data", "split", "pandas", "inputs and targets"],
)
def test_json(shape):
    table = read(json.dumps(shape))
    assert list(columns(table).values()) == list(ROWS.values())
    assert [column.role for column in table.columns] == ["input", "target"]


def test_json_lines():
    assert columns(read('{"x": 1, "y": 2}\n{"x": 3, "y": 4.5}\n')) == {"x": [1, 3], "y": [2, 4.5]}


def test_half_a_character_is_replaced_in_json():
    table = read_table(b'{"\\ud800": ["\\udc00x", "a"], "y": ["\\ud83d\\ude00", "b"]}')
    assert [column.name for column in table.columns] == ["\ufffd", "y"]
    assert table.slice(0, 2) == [["\ufffdx", "\U0001f600"], ["a", "b"]]


def test_json_whose_lengths_differ_is_refused():
    assert "3 rows of inputs and 2 targets" in refusal('{"inputs":[[1],[2],[3]],"targets":[0,1]}')
    assert "'x' 2, 'y' 1" in refusal('{"x": [1, 2], "y": [1]}')
    assert "row 2 has 3" in refusal('{"inputs":[[1],[2, 5]],"targets":[0,1]}')


@pytest.mark.parametrize("text", ['{"a":', "[1, 2, 3]", "[" * 100_000, '{"a": 1}', "{}", "[]", '[{"a": 1}, 2]'])
def test_other_json_is_refused_with_the_shapes_that_are_read(text):
    assert "inputs" in refusal(text) or "rows" in refusal(text)


def workbook(rows, *, sheets=("Data",), hidden=()):
    """An xlsx file whose sheets that are shown hold these rows of XML cells."""
    states = dict.fromkeys(hidden, 'state="hidden"')
    listed = "".join(
        f'<sheet name="{name}" sheetId="{i}" r:id="r{i}" {states.get(name, "")}/>' for i, name in enumerate(sheets, 1)
    )
    links = "".join(f'<Relationship Id="r{i}" Target="worksheets/s{i}.xml"/>' for i in range(1, len(sheets) + 1))
    members = {
        "workbook": f'<workbook xmlns="{SHEET}" xmlns:r="{RELATIONS}"><sheets>{listed}</sheets></workbook>',
        "_rels/workbook.xml.rels": f"<Relationships>{links}</Relationships>",
        "sharedStrings": f'<sst xmlns="{SHEET}"><si><t>x</t></si><si><r><t>ki</t></r><r><t>nd</t></r></si></sst>',
        "styles": f'<styleSheet xmlns="{SHEET}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
    }
    for i, name in enumerate(sheets, 1):
        cells = "" if name in hidden else "".join(f"<row>{row}</row>" for row in rows)
        members[f"worksheets/s{i}"] = f'<worksheet xmlns="{SHEET}"><sheetData>{cells}</sheetData></worksheet>'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"xl/{name}" if name.endswith(".rels") else f"xl/{name}.xml", content)
    return packed.getvalue()


def number(reference, value, style=0):
    return f'<c r="{reference}" s="{style}"><v>{value}</v></c>'


def text(reference, value):
    return f'<c r="{reference}" t="inlineStr"><is><t>{value}</t></is></c>'


HEAD = '<c r="A1" t="s"><v>0</v></c>' + text("B1", "day") + text("C1", "ok") + '<c r="D1" t="s"><v>1</v></c>'
FIRST = number("A2", "5.0999999999999996") + number("B2", 45292, 1) + '<c r="C2" t="b"><v>1</v></c>' + text("D2", "a")
SECOND = number("B3", "45293.5", 1) + '<c r="C3" t="b"><v>0</v></c>' + text("D3", "b")


def test_xlsx():
    table = read(workbook([HEAD, FIRST, SECOND], sheets=("Notes", "Data"), hidden=("Notes",)))
    assert columns(table) == {
        "x": [5.1, None],
        "day": ["2024-01-01", "2024-01-02 12:00:00"],
        "ok": ["true", "false"],
        "kind": ["a", "b"],
    }
    assert kinds(table) == ["number", "date", "binary", "category"]


def test_formulas_without_a_result_are_missing_and_said():
    formula = '<c r="A4"><f>A2*2</f></c>' + text("D4", "b")
    table = read(workbook([HEAD, FIRST, SECOND, formula]))
    assert table.column("x").missing == 2
    assert any("1 formulas" in note for note in table.notes)


def test_xlsx_that_cannot_be_read_is_refused():
    whole = workbook([HEAD, FIRST, SECOND])
    assert "damaged" in refusal(whole[:-30])
    assert "no sheet" in refusal(workbook([]))
    assert "columns" in refusal(workbook([HEAD, number("XFD2", 1)]))


def test_packed_tables():
    plain = b"x,y\n1,2\n3,4.5\n"
    assert columns(read(gzip.compress(plain))) == {"x": [1, 3], "y": [2, 4.5]}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("folder/data.csv", plain)
        archive.writestr("folder/README.md", "about")
    assert columns(read(packed.getvalue())) == {"x": [1, 3], "y": [2, 4.5]}
    assert "ends too early" in refusal(gzip.compress(plain)[:-9])


def test_all_parts_of_a_gzip_file_are_read():
    parts = gzip.compress(b"x,y\n1,2\n") + gzip.compress(b"3,4.5\n")
    assert columns(read(parts)) == {"x": [1, 3], "y": [2, 4.5]}
    assert "damaged" in refusal(parts + b"something else")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_whose_member_is_damaged_is_refused(method):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("data.csv", b"x,y\n1,2\n3,4.5\n" * 9)
    whole = bytearray(packed.getvalue())
    assert read(bytes(whole)).rows > 2
    whole[60] ^= 0xFF
    assert "damaged" in refusal(bytes(whole))


def test_what_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr("engine.data.tables.archive.MAX_UNPACKED", 300)
    assert "more than" in refusal(gzip.compress(b"1,2\n" * 200))
    assert "more than" in refusal(workbook([HEAD, FIRST, SECOND]))


def test_parquet_is_read_or_what_to_install_is_said():
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    packed = io.BytesIO()
    parquet.write_table(pyarrow.table({"x": [1.5, None, 3.0], "n": [1, 2, 3], "s": ["u", "v", "u"]}), packed)
    assert columns(read(packed.getvalue())) == {"x": [1.5, None, 3.0], "n": [1, 2, 3], "s": ["u", "v", "u"]}
    assert "damaged" in refusal("PAR1xxxxPAR1")


def test_without_pyarrow_parquet_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    assert "descent[tables]" in refusal("PAR1xxxxPAR1")


@pytest.mark.parametrize(
    ("content", "part", "value", "remedy"),
    [
        (workbook([HEAD, FIRST, SECOND]), "delimiter", ";", "only header and skipped_lines"),
        ("1 1:0.5\n0 1:2\n", "header", "true", "only encoding"),
        (ARFF, "decimal", "comma", "only encoding"),
        (json.dumps(ROWS), "thousands", "comma", "only header and encoding"),
        (json.dumps(ROWS), "header", "true", "only a list of rows"),
        ("PAR1xxxxPAR1", "encoding", "utf-8", "nothing"),
    ],
)
def test_a_part_that_a_format_does_not_have_is_refused(content, part, value, remedy):
    with pytest.raises(UnreadableTable, match=f"{remedy}.*leave") as caught:
        read(content, **{part: value})
    assert caught.value.loc == (part,)


def test_lines_above_a_sheet_can_be_skipped():
    above = [text("A1", "Measured"), number("A1", 2024) + text("B1", "May") + text("C1", "-") + text("D1", "-")]
    table = read(workbook([*above, HEAD, FIRST, SECOND]), skipped_lines="2")
    assert (table.column("x").rows, table.dialect.skipped_lines) == (2, 2)


def test_a_format_can_be_stated():
    assert read("[1],2\n[3],4\n", format="csv").columns[0].kind == "category"
    assert "choose one of xlsx" in refusal("x,y\n1,2\n", format="sas")
