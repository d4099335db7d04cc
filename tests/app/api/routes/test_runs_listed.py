"""Lists of runs, and the limits on how many there are."""


def test_runs_are_listed_by_owner_newest_first_in_pages(new_run, server):
    run = new_run()
    ids = [run.id]
    for _ in range(3):
        ids.insert(0, run.send("POST", "/api/v1/runs", json={}).json()["id"])
    first = run.send("GET", "/api/v1/runs", params={"limit": 3}).json()
    assert [each["id"] for each in first["runs"]] == ids[:3]
    second = run.send("GET", "/api/v1/runs", params={"limit": 3, "cursor": first["next_cursor"]}).json()
    assert [each["id"] for each in second["runs"]] == ids[3:]
    assert second["next_cursor"] is None
    assert server.http.get("/api/v1/runs").status_code == 401


def test_limits_on_how_many(start_server, new_run_on):
    server = start_server(max_runs_per_owner=2, max_running=1, workers=1)
    run = new_run_on(server)
    other = run.send("POST", "/api/v1/runs", json={"state": "running"})
    assert other.status_code == 201
    assert run.call("PATCH", "", {"state": "running"}, status=429)["detail"]
    refused = run.send("POST", "/api/v1/runs", json={})
    assert refused.status_code == 429
    assert refused.headers["retry-after"]
    assert "DESCENT_MAX_RUNS_PER_OWNER" in refused.json()["detail"]


def test_a_list_of_large_runs_is_split_at_the_answer_limit(start_server):
    server = start_server(workers=1, max_answer_bytes=1_000_000)
    inputs = [[0.123456789, index / 7] for index in range(9_000)]
    dataset = {"name": "custom", "inputs": inputs, "targets": [0, 1] * 4_500, "task": "classification"}
    config = {"dataset": dataset, "network": {"hidden": []}, "training": {"batch_size": None}}
    first = server.http.post("/api/v1/runs", json={"config": config}).json()
    headers = {"Authorization": f"Bearer {first['owner_token']}"}
    others = [server.http.post("/api/v1/runs", json={"config": config}, headers=headers).json() for _ in range(4)]
    made = [run["id"] for run in (first, *others)]
    found, cursor = [], None
    while True:
        parameters = {"limit": 100} | ({"cursor": cursor} if cursor else {})
        response = server.http.get("/api/v1/runs", params=parameters, headers=headers)
        assert len(response.content) < 1_100_000
        found += [run["id"] for run in response.json()["runs"]]
        cursor = response.json()["next_cursor"]
        if cursor is None:
            break
    assert found == made[::-1]


def test_a_deleted_run_is_not_found(new_run):
    run = new_run({"training": {"pace": None}}, "running")
    assert run.call("DELETE", status=204) is None
    for path in ("", "/metrics", "/weights"):
        assert run.call("GET", path, status=404)["detail"]
