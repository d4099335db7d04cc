"""JupyterLab's launcher starts a server by the entry point, below a path that jupyter-server-proxy strips."""

from importlib.metadata import entry_points
from pathlib import Path

import httpx


def test_the_entry_point_starts_a_server_below_jupyters_path(serve, tmp_path):
    (entry,) = entry_points(group="jupyter_serverproxy_servers", name="descent")
    told = entry.load()()
    given = {"port": "0", "base_url": "/user/jo%40class.example/"}
    server = serve(
        [part.format(**given) for part in told["command"]],
        cwd=tmp_path,
        **{name: value.format(**given) for name, value in told["environment"].items()},
    )
    with httpx.Client(base_url=server.address(), headers={"Host": "hub.example"}, timeout=60) as client:
        assert client.get("/").status_code == 200
        made = client.post("/api/v1/runs", json={}, headers={"Origin": "http://hub.example"})
        assert made.status_code == 201, made.text
        assert made.headers["location"] == f"/user/jo%40class.example/descent/api/v1/runs/{made.json()['id']}"
        assert client.get(made.headers["location"]).status_code == 200
    assert Path(told["launcher_entry"]["icon_path"]).read_text(encoding="utf-8").startswith("<svg")
