"""Files of one table as programs and people write it: each is read rightly, or refused in words that say what to do."""

import codecs

import pytest

from engine.data.tables import UnreadableTable, read_table

NUMBERS = {"a": [1.5, 2.5, -3.0], "b": [10.0, 20.0, 30.0], "kind": ["u", "v", "u"]}
ENGLISH = "a,b,kind\n1.5,10,u\n2.5,20,v\n-3,30,u\n"
EUROPEAN = "a;b;kind\n1,5;10;u\n2,5;20;v\n-3;30;u\n"
SAME = {
    "comma": ENGLISH,
    "semicolon": ENGLISH.replace(",", ";"),
    "tab": ENGLISH.replace(",", "\t"),
    "bar": ENGLISH.replace(",", "|"),
    "spaces": ENGLISH.replace(",", "   "),
    "aligned": "     a    b  kind\n   1.5   10     u\n   2.5   20     v\n  -3.0   30     u\n",
    "spaces around": ENGLISH.replace(",", " , "),
    "carriage returns": ENGLISH.replace("\n", "\r\n"),
    "old Macintosh": ENGLISH.replace("\n", "\r"),
    "no last line end": ENGLISH.rstrip(),
    "blank lines": "\n\n" + ENGLISH.replace("\n", "\n\n"),
    "every cell quoted": '"a","b","kind"\n"1.5","10","u"\n"2.5","20","v"\n"-3","30","u"\n',
    "single quotes": "'a','b','kind'\n1.5,10,'u'\n2.5,20,'v'\n-3,30,'u'\n",
    "European": EUROPEAN,
    "European, quoted, with commas": 'a,b,kind\n"1,5",10,u\n"2,5",20,v\n"-3,0",30,u\n',
    "European with tabs": EUROPEAN.replace(";", "\t"),
    "European with spaces": EUROPEAN.replace(";", " "),
    "sep=": "sep=;\n" + EUROPEAN,
    "sep= quoted": '"sep=|"\n' + ENGLISH.replace(",", "|"),
    "separators at the ends": ENGLISH.replace("\n", ",\n"),
    "separators at the ends but of the header": ENGLISH.replace("\n", ",\n").replace("kind,", "kind"),
    "separators around": "|" + ENGLISH.replace(",", "|").replace("\n", "|\n|").rstrip("|"),
    "Markdown": "| a | b | kind |\n|---|---|---|\n| 1.5 | 10 | u |\n| 2.5 | 20 | v |\n| -3 | 30 | u |\n",
    "title": "Measured in May\n" + ENGLISH,
    "title and blank line": "Measured in May, June and July\n\n" + ENGLISH,
    "title in cells": "Measured in May,,\n" + ENGLISH,
    "comments": "# from a station\n# in May\n" + ENGLISH,
    "comment within": ENGLISH.replace("2.5", "# calibrated\n2.5"),
    "header in a comment": "# " + ENGLISH,
    "NumPy's header": "# a b kind\n1.5 10 u\n2.5 20 v\n-3 30 u\n",
    "units": ENGLISH.replace("kind\n", "kind\nmm,(kg),\n"),
    "units for all": ENGLISH.replace("kind\n", "kind\nmm,kg,-\n"),
    "rule under the header": ENGLISH.replace("kind\n", "kind\n---,---,---\n"),
    "footer": ENGLISH + "\nSource: the station\n",
    "footer in cells": ENGLISH + "Source: the station,,\n",
    "index": ",a,b,kind\n0,1.5,10,u\n1,2.5,20,v\n2,-3,30,u\n",
    "R's row names": '"a" "b" "kind"\n"1" 1.5 10 "u"\n"2" 2.5 20 "v"\n"3" -3 30 "u"\n',
    "scikit-learn's count": "3,2,u,v\n" + ENGLISH,
    "minus signs": ENGLISH.replace("-3", "\u22123"),
    "exponents": "a,b,kind\n15e-1,1E+1,u\n2.5,2e1,v\n-3,3.0e01,u\n",
    "UTF-8 mark": ENGLISH.encode("utf-8-sig"),
    "UTF-16": ENGLISH.encode("utf-16"),
    "UTF-16 without a mark": ENGLISH.encode("utf-16-le"),
    "UTF-16, big end first": codecs.BOM_UTF16_BE + ENGLISH.encode("utf-16-be"),
}


def read(content, **overrides):
    return read_table(content.encode() if isinstance(content, str) else content, overrides=overrides)


def columns(table):
    return {column.name: column.slice(0, table.rows) for column in table.columns}


@pytest.mark.parametrize("content", SAME.values(), ids=SAME.keys())
def test_one_table_in_many_dialects(content):
    table = read(content)
    kept = {c.name: c.slice(0, table.rows) for c in table.columns if c.kind != "id"}
    assert kept == NUMBERS
    assert [column.role for column in table.columns if column.kind != "id"] == ["input", "input", "target"]
    stated = {part: str(getattr(table.dialect, part)) for part in ("delimiter", "decimal", "header", "skipped_lines")}
    assert columns(read(content, **stated)) == columns(table)


OTHER = {
    "thousands": ('price,y\n"1,200",1.5\n"1,234,567",2\n950,3\n', {"price": [1200, 1234567, 950], "y": [1.5, 2, 3]}),
    "European thousands": ("p;y\n1.200,50;1\n12.345,5;2\n950;3\n", {"p": [1200.5, 12345.5, 950], "y": [1, 2, 3]}),
    "Swiss thousands": ("p;y\n1'200.5;1\n12'345;2\n950;3\n", {"p": [1200.5, 12345, 950], "y": [1, 2, 3]}),
    "French thousands": ("p;y\n1 200,5;1\n12\u00a0345;2\n950;3\n", {"p": [1200.5, 12345, 950], "y": [1, 2, 3]}),
    "narrow spaces": ("p;y\n1\u202f200,5;1\n12\u202f345;2\n950;3\n", {"p": [1200.5, 12345, 950], "y": [1, 2, 3]}),
    "currency": ("p,y\n$5.50,1\n$6,2\n$7.25,3\n", {"p": [5.5, 6, 7.25], "y": [1, 2, 3]}),
    "percent": ("p,y\n5%,1.5\n10%,2\n15 %,3\n", {"p": [5, 10, 15], "y": [1.5, 2, 3]}),
    "Windows-1252": ("Größe;y\n1,5;2\n2,5;3\n".encode("cp1252"), {"Größe": [1.5, 2.5], "y": [2, 3]}),
    "line end in a cell": ('t,x,y\n"a\nb",1,2\n"c, d",2,3.5\n', {"t": ["a\nb", "c, d"], "x": [1, 2], "y": [2, 3.5]}),
    "no header": ("1.5,u\n2.5,v\n", {"column 1": [1.5, 2.5], "column 2": ["u", "v"]}),
    "years as names": ("land,1990,2000\nA,1.5,2\nB,2.5,3\n", {"land": ["A", "B"], "1990": [1.5, 2.5], "2000": [2, 3]}),
    "pandas' names": ("0,1,2\n0.5,1.5,2\n3.5,2.5,9\n", {"0": [0.5, 3.5], "1": [1.5, 2.5], "2": [2, 9]}),
    "numbers that go on": ("0,1,2\n1,2,3\n2,3,4\n", {f"column {i + 1}": [i, i + 1, i + 2] for i in range(3)}),
    "names twice": ("x,x,y\n1,2,3\n4,5,7\n", {"x": [1, 4], "x (2)": [2, 5], "y": [3, 7]}),
    "words only": ("a,b\nu,v\nw,v\nu,z\n", {"a": ["u", "w", "u"], "b": ["v", "v", "z"]}),
    "words without names": ("u,v\nw,v\nu,z\n", {"column 1": ["u", "w", "u"], "column 2": ["v", "v", "z"]}),
    "short line": ("a,b,c\n1,2,3\n4,5\n6,7,8\n", {"a": [1, 4, 6], "b": [2, 5, 7], "c": [3, None, 8]}),
    "leading zeros": ("zip,y\n01234,1\n98765,2.5\n", {"zip": ["01234", "98765"], "y": [1, 2.5]}),
    "long ids": (
        "n,y\n9007199254740993,1\n9007199254740992,2.5\n",
        {"n": ["9007199254740993", "9007199254740992"], "y": [1, 2.5]},
    ),
    "thousands alone": (
        "c;n\nx;3.645.000\ny;1.841.000\nx;327.000\n",
        {"c": ["x", "y", "x"], "n": [3645000, 1841000, 327000]},
    ),
    "an index of two": (
        ",,x,y\n0,a,1,2\n1,b,3,4.5\n",
        {"column 1": ["0", "1"], "column 2": ["a", "b"], "x": [1, 3], "y": [2, 4.5]},
    ),
    "an index and a column": (",x\n0,5.5\n1,6\n", {"column 1": ["0", "1"], "x": [5.5, 6]}),
    "negative amounts": ("p,y\n-$5.00,1\n$6,2.5\n", {"p": [-5, 6], "y": [1, 2.5]}),
    "booleans": ("b,y\ntrue,No\nFALSE,yes\n", {"b": ["true", "FALSE"], "y": ["No", "yes"]}),
}


@pytest.mark.parametrize(
    ("content", "expected"), [pair for pair in OTHER.values() if pair[1]], ids=[k for k, v in OTHER.items() if v[1]]
)
def test_other_tables(content, expected):
    assert columns(read(content)) == expected


REFUSED = {
    "a line too long": ("a,b\n1,2\n3,4,5\n6,7\n8,9\n", "line 3 has 3 cells and most lines have 2"),
    "a header too long": ("a,b,c\n1,2\n3,4\n5,6\n", "the header names 3 columns"),
    "a quote that never closes": ('a,b\n1,"2\n3,4\n5,6\n', "line 2"),
    "one column": ("a\n1\n2\n3\n", "separated by"),
    "no rows": ("a,b\n", "at least two"),
    "one row": ("a,b\n1,2\n", "at least two"),
    "nothing": ("  \n \n", "empty"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(40), "no text"),
    "most lines too short": ("a,b,c\n1,2,3\n4,5\n6,7\n8,9,1\n2,3,4\n", "fewer than 3"),
}


@pytest.mark.parametrize(("content", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_read_is_refused(content, words):
    with pytest.raises(UnreadableTable, match=words):
        read(content)


def test_every_guess_can_be_overruled():
    assert columns(read("a;b\n1,500;2\n2,250;3\n"))["a"] == [1.5, 2.25]
    assert columns(read("a;b\n1,500;2\n2,250;3\n", decimal="point", thousands="comma"))["a"] == [1500, 2250]
    assert columns(read('a;b\n"1,500";2\n"2,250";3\n', decimal="point", thousands="none"))["a"] == ["1,500", "2,250"]
    assert list(columns(read("1,2\n3,4.5\n5,6\n", header="true"))) == ["1", "2"]
    assert len(columns(read("a;b,c\n1;2,5\n3;4,5\n", delimiter="semicolon"))["a"]) == 2
    assert columns(read("x,y\nu,v\n1,2\n3,4\n", skipped_lines="1")) == {"u": [1, 3], "v": [2, 4]}
    assert "é" in columns(read("é,y\n1,2\n3,4\n".encode("cp1250"), encoding="windows-1250"))


@pytest.mark.parametrize(
    ("part", "value"),
    [("delimiter", "ab"), ("decimal", "x"), ("header", "maybe"), ("skipped_lines", "-1"), ("encoding", "zlib")],
)
def test_an_override_that_cannot_be_is_named(part, value):
    with pytest.raises(UnreadableTable) as caught:
        read(ENGLISH, **{part: value})
    assert caught.value.loc == (part,)


def test_a_delimiter_that_divides_nothing_is_refused():
    with pytest.raises(UnreadableTable, match="only one column") as caught:
        read(ENGLISH, delimiter="|")
    assert caught.value.loc == ("delimiter",)
