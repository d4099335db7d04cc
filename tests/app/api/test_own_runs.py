"""What owners do with their runs: name, pin, list, make room, and lead viewers to the run that replaced another."""

import pytest
from websockets.exceptions import ConnectionClosed

from app.protocol.messages import CloseCode

SMALL = {"dataset": {"samples": 20}}


def create(server, owner=None, status=201, **body):
    """A run of this owner, or of a new one; None where it is refused."""
    answer = server.http.post("/api/v1/runs", json={"config": SMALL, **body}, headers=owner and owner.headers)
    assert answer.status_code == status, answer.text
    return answer.json()["id"] if status == 201 else None


def patch(server, owner, run_id, status=200, **body):
    answer = server.http.patch(f"/api/v1/runs/{run_id}", json=body, headers=owner.headers)
    assert answer.status_code == status, answer.text
    return answer.json()


def listed(server, owner, **query):
    answer = server.http.get("/api/v1/runs", params=query, headers=owner.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(page):
    return [run["id"] for run in page["runs"]]


def test_words_on_a_run_are_kept_over_a_restart_and_a_reset(start_server, new_run_on):
    server = start_server(workers=1)
    run = new_run_on(server, SMALL)
    assert (run.get()["name"], run.get()["notes"], run.get()["pinned"]) == ("", "", False)
    run.patch(name="first try", pinned=True)
    run.patch(notes="with four units")
    run.step(epochs=1)
    run.call("POST", "/reset", {"seed": 7})
    server.stop()
    run.move_to(start_server(workers=1))
    told = run.get()
    assert (told["name"], told["notes"], told["pinned"], told["epoch"]) == ("first try", "with four units", True, 0)


def test_labels_reach_viewers_and_only_the_owner_writes_them(new_run, server):
    run, other = new_run(SMALL), new_run(SMALL)
    patch(server, other, run.id, 403, name="mine")
    patch(server, run, run.id, 422, name="n" * 201)
    with run.stream(owner=False) as stream:
        stream.next()
        run.patch(name="shown")
        stream.wait_for("state", name="shown")


def test_runs_are_found_by_state_words_and_order(new_run, server):
    owner = new_run({"dataset": {"name": "xor", "samples": 20}, "training": {"max_epochs": 2}})
    owner.step(epochs=2)
    second, third = create(server, owner), create(server, owner)
    patch(server, owner, second, name="Zebra", notes="Striped")
    patch(server, owner, third, name="ant")
    assert ids(listed(server, owner)) == [third, second, owner.id]
    assert ids(listed(server, owner, sort="oldest")) == [owner.id, second, third]
    assert ids(listed(server, owner, sort="name")) == [third, second, owner.id]
    assert ids(listed(server, owner, sort="epochs"))[0] == owner.id
    assert ids(listed(server, owner, state="finished")) == [owner.id]
    assert ids(listed(server, owner, q="STRIPED")) == [second]
    assert ids(listed(server, owner, q="xor")) == [owner.id]
    for sort in ("newest", "oldest", "name", "epochs"):
        pages, cursor = [], {}
        while cursor is not None:
            page = listed(server, owner, sort=sort, limit=1, **cursor)
            pages += ids(page)
            cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
        assert pages == ids(listed(server, owner, sort=sort))


def test_the_oldest_unused_run_is_deleted_to_make_room(start_server, new_run_on):
    server = start_server(workers=1, max_runs_per_owner=6)
    named = new_run_on(server, SMALL)
    named.patch(name="keep")
    pinned, kept, watched, training, spare = (create(server, named) for _ in range(5))
    patch(server, named, pinned, pinned=True)
    patch(server, named, training, state="running")
    create(server, named, status=429)
    watcher = new_run_on(server, SMALL)
    watcher.path = f"/api/v1/runs/{watched}"
    with watcher.stream(owner=False) as stream:
        stream.next()
        new = create(server, named, keep=[kept])
        assert set(ids(listed(server, named))) == {named.id, pinned, kept, watched, training, new}
        create(server, named, status=429, keep=[kept, new])
    assert spare not in ids(listed(server, named))


def test_viewers_receive_the_successor_of_a_run(new_run, server):
    old = new_run(SMALL)
    new = create(server, old)
    with old.stream(owner=False) as stream:
        stream.next()
        patch(server, old, old.id, replaced_by=new)
        stream.wait_for("state", replaced_by=new)
        assert server.http.get(old.path).json()["replaced_by"] == new
        # Back again, as Undo does: no circle.
        patch(server, old, new, replaced_by=old.id)
        stream.wait_for("state", replaced_by=None)
        assert server.http.get(f"/api/v1/runs/{new}").json()["replaced_by"] == old.id


def test_a_successor_belongs_to_the_same_owner(new_run, server):
    run, other = new_run(SMALL), new_run(SMALL)
    patch(server, run, run.id, 403, replaced_by=other.id)
    patch(server, other, run.id, 403, replaced_by=other.id)
    assert "itself" in patch(server, run, run.id, 422, replaced_by=run.id)["detail"]
    assert "no run" in patch(server, run, run.id, 422, replaced_by="nowhere")["detail"]
    assert run.get()["replaced_by"] is None


def test_a_deleted_run_leads_to_its_successor(start_server, new_run_on):
    server = start_server(workers=1)
    first = new_run_on(server, SMALL)
    second, third = create(server, first), create(server, first)
    patch(server, first, first.id, replaced_by=second)
    patch(server, first, second, replaced_by=third)

    def delete(run_id):
        assert server.http.delete(f"/api/v1/runs/{run_id}", headers=first.headers).status_code == 204

    with first.stream(owner=False) as stream:
        stream.next()
        delete(first.id)
        assert stream.wait_for("bye")["replaced_by"] == second
        with pytest.raises(ConnectionClosed) as closed:
            stream.next()
        assert closed.value.rcvd.code == CloseCode.RUN_DELETED
    delete(second)
    server.stop()
    server = start_server(workers=1)
    for gone in (first.id, second):
        answer = server.http.get(f"/api/v1/runs/{gone}")
        assert (answer.status_code, answer.json()["replaced_by"]) == (410, third)
    delete(third)
    for gone in (first.id, second, third):
        assert server.http.get(f"/api/v1/runs/{gone}").status_code == 404
