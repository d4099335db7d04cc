"""REST of tables: a file is read and described, known by its content, seen by all who know its id."""

import pytest

ISLES = b"len,wid,isle,kind\n39.1,18.7,T,A\n46.5,,B,C\n50.0,15.2,B,C\n"
CSV = {"content-type": "text/csv"}


@pytest.fixture
def upload(server):
    """Uploads a file; the answer."""

    def send(content, token=None, status=201, **query):
        headers = CSV | ({"Authorization": f"Bearer {token}"} if token else {})
        answer = server.http.post("/api/v1/tables", content=content, params=query, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    return send


def test_a_file_is_read_and_described(server, upload):
    table = upload(ISLES, name="isles.csv")
    columns = {column["name"]: column for column in table["columns"]}
    assert [(c["name"], c["kind"], c["role"]) for c in table["columns"]] == [
        ("len", "number", "input"),
        ("wid", "number", "input"),
        ("isle", "category", "input"),
        ("kind", "category", "target"),
    ]
    assert (columns["wid"]["missing"], columns["wid"]["min"], columns["wid"]["max"]) == (1, 15.2, 18.7)
    assert sum(columns["len"]["counts"]) == 3
    assert (columns["len"]["edges"][0], columns["len"]["edges"][-1]) == (39.1, 50.0)
    assert (columns["isle"]["values"], columns["isle"]["counts"]) == (["B", "T"], [2, 1])
    assert (table["rows"], table["task"], table["name"]) == (3, "classification", "isles.csv")
    assert (table["dialect"]["delimiter"], table["dialect"]["header"]) == (",", True)
    assert table["preview"][1] == [46.5, None, "B", "C"]
    assert table["texts"][1] == ["46.5", "", "B", "C"]


def test_rows_with_gaps_are_counted_by_their_columns(upload):
    table = upload(b"a,b,kind\n1,2,x\n,2,y\n3,,x\n,4,y\n,,x\n6,7,y\n")
    assert {tuple(group["columns"]): group["rows"] for group in table["gaps"]} == {(0,): 2, (1,): 1, (0, 1): 1}
    assert upload(b"a,kind\n1,x\n2,y\n")["gaps"] == []
    wide = [["" if row >> column & 1 else "1.5" for column in range(8)] for row in range(256)]
    lines = [",".join([*cells, "xy"[row % 2]]) for row, cells in enumerate(wide)]
    assert upload("\n".join(["a,b,c,d,e,f,g,h,kind", *lines]).encode())["gaps"] is None


def test_the_same_bytes_read_the_same_way_are_one_table(upload):
    first = upload(b"a;b\n1;2\n3;4\n5;6\n")
    token = first["owner_token"]
    again = upload(b"a;b\n1;2\n3;4\n5;6\n", token, status=200)
    assert "owner_token" not in again
    assert again == {key: value for key, value in first.items() if key != "owner_token"}
    other = upload(b"a;b\n1;2\n3;4\n5;6\n", token, header="false")
    assert other["id"] != first["id"]
    assert (other["rows"], other["dialect"]["header"]) == (4, False)


def test_the_name_is_for_who_uploaded_it_and_the_id_enough_to_read(server, upload):
    table = upload(b"x,y\n1,2\n3,4\n", name="mine.csv")
    path = f"/api/v1/tables/{table['id']}"
    own = {"Authorization": f"Bearer {table['owner_token']}"}
    assert server.http.get(path, headers=own).json()["name"] == "mine.csv"
    other = upload(b"x,y\n1,2\n3,4\n", name="theirs.csv", status=200)
    assert server.http.get(path, headers=own).json()["name"] == "mine.csv"
    assert server.http.get(path).json()["name"] == ""
    assert {key: other[key] for key in ("rows", "columns")} == {key: table[key] for key in ("rows", "columns")}


def test_rows_are_read_in_parts(server, upload):
    table = upload(b"x,kind\n" + b"".join(b"%d,%s\n" % (i, b"ab"[i % 2 :][:1]) for i in range(25)))
    path, found, offset = f"/api/v1/tables/{table['id']}/rows", [], 0
    while offset is not None:
        part = server.http.get(path, params={"offset": offset, "limit": 10}).raise_for_status().json()
        found, offset = found + part["rows"], part["next"]
    assert found == [[i, "ab"[i % 2]] for i in range(25)]
    assert server.http.get(path, params={"offset": 25}).json() == {"offset": 25, "rows": [], "next": None}


def test_a_form_carries_the_file_with_its_name(server):
    content = b'\r\na,b\r\n1,"--x\r\n"\r\n3,4\r\n'
    answer = server.http.post("/api/v1/tables", files={"other": ("o", b"1,2"), "file": ("form.csv", content)})
    assert answer.status_code == 201, answer.text
    assert answer.json()["name"] == "form.csv"
    plain = server.http.post("/api/v1/tables", content=content)
    assert (plain.status_code, plain.json()["id"]) == (200, answer.json()["id"])


def test_a_form_without_the_file_is_refused(server):
    answer = server.http.post("/api/v1/tables", files={"other": ("o", b"1,2")})
    assert (answer.status_code, "'file'" in answer.json()["detail"]) == (400, True)


@pytest.mark.parametrize("content", [b"", b"\0\1\2" * 500, b"PK\3\4" + b"\0" * 100, b"\xff\xd8\xff" * 50])
def test_what_holds_no_table_is_refused(upload, content):
    assert upload(content, status=422)["detail"]


@pytest.mark.parametrize(("part", "value"), [("delimeter", ";"), ("format", "sav"), ("skipped_lines", "many")])
def test_a_wrong_part_of_the_dialect_is_named(upload, part, value):
    (error,) = upload(ISLES, status=422, **{part: value})["errors"]
    assert error["loc"] == ["query", part]


def test_only_who_uploaded_a_table_deletes_it(server, upload):
    table, other = upload(b"u,v\n1,2\n3,4\n"), upload(b"u,v\n5,6\n7,8\n")
    path = f"/api/v1/tables/{table['id']}"
    assert server.http.delete(path).status_code == 401
    assert server.http.delete(path, headers={"Authorization": f"Bearer {other['owner_token']}"}).status_code == 403
    own = {"Authorization": f"Bearer {table['owner_token']}"}
    assert server.http.delete(path, headers=own).status_code == 204
    for method, below in (("GET", ""), ("GET", "/rows"), ("DELETE", "")):
        answer = server.http.request(method, path + below, headers=own)
        assert (answer.status_code, "upload" in answer.json()["detail"]) == (404, True)


def test_a_table_that_another_uploaded_too_stays_theirs(server, upload):
    first, second = upload(b"s,t\n1,2\n3,4\n"), upload(b"s,t\n1,2\n3,4\n", status=200)
    path = f"/api/v1/tables/{first['id']}"
    for each in (first, second):
        assert server.http.get(path).status_code == 200
        assert server.http.delete(path, headers={"Authorization": f"Bearer {each['owner_token']}"}).status_code == 204
    assert server.http.get(path).status_code == 404
