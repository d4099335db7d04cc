"""Metrics come whole, in pages, as columns or as CSV."""

import csv
import io


def test_pages_join_to_the_whole(new_run):
    run = new_run()
    run.step(epochs=25)
    whole = run.get("/metrics")
    assert whole["epoch"] == list(range(26))
    assert whole["next"] is None
    epochs, losses, since = [], [], 0
    while since is not None:
        page = run.get("/metrics", since=since, limit=10)
        epochs += page["epoch"]
        losses += page["members"][0]["train_loss"]
        since = page["next"]
    assert epochs == whole["epoch"]
    assert losses == whole["members"][0]["train_loss"]
    assert run.get("/metrics", since=5, until=7)["epoch"] == [5, 6, 7]
    assert run.get("/metrics", since=99)["epoch"] == []


def test_csv_has_a_line_an_epoch_and_member(new_run):
    run = new_run({"sweep": {"parameter": "training.learning_rate", "values": [0.01, 0.1]}})
    run.step(epochs=2)
    response = run.send("GET", f"{run.path}/metrics", headers={"Accept": "text/csv"})
    assert response.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert [(row["epoch"], row["member"]) for row in rows] == [(str(e), str(m)) for e in range(3) for m in range(2)]
    columns = run.get("/metrics")["members"]
    assert float(rows[5]["test_loss"]) == columns[1]["test_loss"][2]


def test_csv_is_whole_or_says_where_it_goes_on(new_run):
    run = new_run({"dataset": {"samples": 2}, "network": {"hidden": []}, "training": {"batch_size": None}})
    for _ in range(5):
        run.step(epochs=2_060)

    def read(url):
        response = run.send("GET", url, headers={"Accept": "text/csv"})
        return response, [int(row["epoch"]) for row in csv.DictReader(io.StringIO(response.text))]

    whole, epochs = read(f"{run.path}/metrics")
    assert epochs == list(range(10_301))
    assert "link" not in whole.headers
    found, url = [], f"{run.path}/metrics?since=5&limit=4000&until=10000"
    while url:
        page, epochs = read(url)
        found += epochs
        assert len(epochs) <= 4000
        url = page.links["next"]["url"] if "next" in page.links else None
        url = url and str(page.url.join(url))
    assert found == list(range(5, 10_001))
    assert whole.text.splitlines()[6:10_002] == read(f"{run.path}/metrics?since=5&until=10000")[0].text.splitlines()[1:]


def test_a_long_run_is_thinned_and_says_so(new_run):
    members = 64
    run = new_run(
        {
            "dataset": {"samples": 2},
            "network": {"hidden": []},
            "training": {"batch_size": None},
            "sweep": {"parameter": "seed", "values": list(range(members))},
        }
    )
    run.step(epochs=2_600)
    page = run.get("/metrics", since=1, limit=60)
    assert (page["stride"], page["epoch"], page["next"]) == (2, list(range(2, 121, 2)), 121)
    newest = run.get("/metrics", since=2_590)["epoch"]
    assert newest == list(range(2_590, 2_601))
    answer = run.send("GET", f"{run.path}/metrics?since=2&limit=500", headers={"Accept": "text/csv"})
    assert [int(line.split(",")[0]) for line in answer.text.splitlines()[1::members]] == list(range(2, 1_001, 2))
    assert "since=1002" in answer.links["next"]["url"]
    with run.stream(since=1_500) as stream:
        hello = stream.next()["metrics"]
        assert (hello["stride"], hello["epoch"]) == (2, list(range(2_539, 2_601)))
        older = stream.wait_for("metrics")
        assert (older["stride"], older["from"], older["epoch"][0]) == (2, 1_500, 1_500)


def test_a_regression_has_no_accuracy(new_run):
    metrics = new_run({"dataset": {"name": "plane"}}).get("/metrics")
    assert metrics["members"][0]["train_accuracy"] == [None]


def test_many_epochs_come_from_the_store_and_memory_together(new_run):
    run = new_run({"dataset": {"samples": 10}, "training": {"batch_size": None}})
    run.step(epochs=4200)
    metrics = run.get("/metrics")
    assert metrics["epoch"] == list(range(4201))
    assert len(metrics["members"][0]["train_loss"]) == 4201
    kept = run.get()["recorded_epochs"]
    assert len(kept) <= 512
    assert kept == list(range(0, 4201, 16))
