"""Whether the server is alive and ready."""


def test_health(server):
    assert server.http.get("/healthz").json() == {"status": "ok"}
    ready = server.http.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["workers"] == [True, True]
