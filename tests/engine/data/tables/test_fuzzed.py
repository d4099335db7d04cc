"""Damaged files: each is read or refused, and nothing else. Run as a script, with a number, this tries so many."""

import gzip
import io
import sys
import time
import zipfile

import numpy as np
import pytest

from engine.data.tables import Table, UnreadableTable, read_table


def zipped(method):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("data.csv"), b"x,y\n1,2\n3,4.5\n", method)
    return packed.getvalue()


SEEDS = (
    b"a,b,kind\n1.5,10,u\n2.5,20,v\n-3,NA,u\n",
    'Länge;Breite;Sorte\n5,1;3.000,5;A\n4,9;"3,0";B\n'.encode("cp1252"),
    'note,x,kind\n"Smith, J",1,a\n"say ""b""\n",2,b\n'.encode("utf-16"),
    b"# title\n x  y\n1  2024-01-01\n2  2024-01-02\n\nSource: z\n",
    b"@relation r\n@attribute 'a b' numeric\n@attribute c {x,'y z',\"q\"}\n@data\n1,x\n?,'y z'\n{0 2, 1 q}\n",
    b"1 1:0.5 3:2 # c\n-1 2:1.5\n1 1:3\n",
    b'[{"x":1,"y":"a"},{"x":2.5,"y":null},{"x":-1e3,"y":"b"}]',
    b'{"inputs":[[1,2],[3,4]],"targets":[0,1],"feature_names":["a","b"]}',
    gzip.compress(b"x,y\n1,2\n3,4.5\n", mtime=0),
    *map(zipped, (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)),
)
INSERTS = (*(bytes([code]) for code in b"\"',;\t\n\r\0{}[%#-\xff"), b"1e999", b"9" * 400)
REPEATED = [b'"', b"'", b",", b"1,2\n", b'"a\n', b"\n", b" ", b"[", b"{", b"1:1 ", b"1-", b"9", b"a,b;c|d\te f\n"]
REPEATED += [b"#\n", b"'\\", b"\xff\n", b"--\n"]


def mutated(rng):
    """A seed with a few of its bytes changed, cut, repeated or joined to another's."""
    content = bytearray(SEEDS[rng.integers(len(SEEDS))])
    for _ in range(rng.integers(1, 8)):
        at = int(rng.integers(len(content) + 1))
        match rng.integers(5):
            case 0:
                content[at:at] = INSERTS[rng.integers(len(INSERTS))]
            case 1:
                del content[at : at + int(rng.integers(1, 9))]
            case 2 if at < len(content):
                content[at] = int(rng.integers(256))
            case 3:
                content[at:at] = content[: int(rng.integers(1, 40))] * int(rng.integers(1, 5))
            case 4:
                content = content[:at] + bytearray(SEEDS[rng.integers(len(SEEDS))])[at:]
    return bytes(content)


def check(content):
    """Reads the bytes; whatever is read is whole, and survives being stored."""
    try:
        table = read_table(content)
    except UnreadableTable:
        return
    assert table.rows >= 2
    assert len({column.name for column in table.columns}) == len(table.columns)
    for column in table.columns:
        assert column.rows == table.rows
        assert column.missing == int(column.is_missing.sum())
        assert column.numbers is None or np.isfinite(column.numbers[~column.is_missing]).all()
    assert Table.from_bytes(table.to_bytes()).slice(0, 9) == table.slice(0, 9)


def test_a_damaged_file_is_read_or_refused():
    rng = np.random.default_rng(1)
    for _ in range(200):
        check(mutated(rng))


@pytest.mark.parametrize("part", REPEATED)
def test_one_thing_repeated_is_read_or_refused(part):
    for head in (b"", b"@relation r\n@attribute a numeric\n@data\n", b"a,b\n1,2\n"):
        check(head + part * (20_000 // len(part)))


def main(count):
    rng = np.random.default_rng(0)
    slowest = 0.0
    for number in range(count):
        content = mutated(rng)
        start = time.process_time()
        try:
            check(content)
        except Exception:
            sys.stderr.write(f"file {number}: {content!r}\n")
            raise
        slowest = max(slowest, time.process_time() - start)
    sys.stdout.write(f"{count} files read or refused; the slowest took {slowest * 1000:.0f} ms\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
