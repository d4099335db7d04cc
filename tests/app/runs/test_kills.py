"""Kills right after an answer: of one worker, of all at once, of the server itself, after every kind of change."""

import json
import os
import signal
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

CHILDREN = "/proc/{0}/task/{0}/children"
pytestmark = pytest.mark.skipif(not Path(CHILDREN.format(os.getpid())).exists(), reason="finds workers in /proc")

# Slow enough to be under way at the last kill, on a busy machine too; the pace changes nothing that is learnt. One
# hello carries 2,000 epochs.
CONFIG = {"dataset": {"samples": 60}, "training": {"max_epochs": 2000, "pace": 5}}
WORKERS = 2
DEADLINE = 60


def _read(path):
    with suppress(OSError):  # the thread or the process has ended meanwhile
        return path.read_text()
    return ""


def workers_of(pid):
    """The worker processes of a server, once all of them run."""
    while True:
        children = [each for path in Path(f"/proc/{pid}/task").glob("*/children") for each in _read(path).split()]
        found = [int(child) for child in children if "spawn_main" in _read(Path(f"/proc/{child}/cmdline"))]
        if len(found) == WORKERS:
            return sorted(found)
        time.sleep(0.001)  # a busy loop would take the processor from what it waits for


class Life:
    """A server that is killed and started again on the same data, and clients that know its runs."""

    def __init__(self, serve, folder):
        self._serve = serve
        self._folder = str(folder)
        self.kills = 0
        self.start()

    def start(self):
        self.server = self._serve(DESCENT_DATA_DIR=self._folder, DESCENT_WORKERS=str(WORKERS))
        self.address = self.server.address()

    def kill_worker(self, place):
        os.kill(workers_of(self.server.process.pid)[place], signal.SIGKILL)
        self.kills += 1

    def kill_workers(self):
        for pid in workers_of(self.server.process.pid):
            os.kill(pid, signal.SIGKILL)
            self.kills += 1

    def kill_server(self):
        self.server.process.kill()
        self.server.process.wait()
        self.kills += 1
        self.start()

    def restart(self):
        assert self.server.stop() == 0
        self.start()


class Client:
    """One run, and everything that a viewer of it received that always connects again."""

    def __init__(self, life, config):
        self.life = life
        run = httpx.post(f"{life.address}/api/v1/runs", json={"config": config}, timeout=DEADLINE).json()
        self.path = f"/api/v1/runs/{run['id']}"
        self.headers = {"Authorization": f"Bearer {run['owner_token']}"}
        self.epochs = []
        self.states = []

    def call(self, method, path="", body=None):
        url = self.life.address + self.path + path
        # Without certificates, which would be loaded each time.
        response = httpx.request(method, url, json=body, headers=self.headers, timeout=DEADLINE, verify=False)
        assert response.status_code == 200, response.text
        return response.json()

    def stream(self, since):
        url = f"{self.life.address.replace('http', 'ws')}{self.path}/stream?since={since}"
        return connect(url, compression=None, max_size=None, max_queue=None, open_timeout=DEADLINE)

    def watch(self, fits):
        """Follows the stream from where it was left, through whatever ends it, until a message fits."""
        while True:
            try:
                with self.stream(len(self.epochs)) as stream:
                    while not fits(self._take(json.loads(stream.recv(DEADLINE)))):
                        pass
                    return
            except ConnectionClosed:
                continue

    def _take(self, message):
        match message["type"]:
            case "hello":
                assert message["metrics"]["epoch"][:1] in ([], [len(self.epochs)])
                self.epochs += message["metrics"]["epoch"]
                self.states.append(message["run"]["state"])
            case "metrics":
                self.epochs += message["epoch"]
            case "state":
                self.states.append(message["state"])
        return message

    def finish(self):
        last = CONFIG["training"]["max_epochs"]
        self.watch(lambda _: self.states[-1] == "finished" and self.epochs[-1] == last)

    def reach(self, epoch):
        self.watch(lambda _: self.epochs and self.epochs[-1] >= epoch)


@pytest.fixture
def stack():
    with ExitStack() as stack:
        yield stack


def test_nothing_is_lost_however_often_it_is_killed(serve, stack, tmp_path):
    life = Life(serve, tmp_path / "kept")
    runs = [Client(life, CONFIG | {"seed": seed}) for seed in range(3)]
    steered = Client(life, CONFIG | {"seed": 9})
    for run in (*runs, steered):
        run.call("PATCH", body={"state": "running"})

    def changes():
        return steered.call("GET")["changes"]

    def resume(least):
        for run in runs:
            run.reach(least)

    answered = []
    for index, kill in enumerate(
        [
            life.kill_workers,
            life.kill_server,
            lambda: life.kill_worker(0),
            life.kill_server,
            life.kill_server,
            life.kill_workers,
            life.kill_server,
            life.kill_workers,
            lambda: life.kill_worker(1),
            life.restart,
        ]
    ):
        # In the instant after each answer somebody dies; what was answered is there, at the same epoch and batch.
        witness = stack.enter_context(runs[0].stream(since=10**6))
        witness.recv(DEADLINE)
        match index % 4:
            case 0:
                answered = steered.call("PATCH", body={"training": {"learning_rate": 0.02 + index / 1000}})["changes"]
                kill()
                assert changes() == answered
            case 1:
                edit = {"edits": [{"layer": 0, "row": 0, "column": 0, "value": index / 10}]}
                steered.call("PATCH", "/weights", edit)
                answered = changes()
                kill()
                assert changes() == answered
                assert answered[-1]["edits"] == edit["edits"]
            case 2:
                steered.call("PATCH", "/weights", {"cut": [{"layer": 0, "row": index % 4, "column": 1}]})
                kill()
                mask = steered.call("GET", "/weights")["layers"][0]["mask"]
                assert mask[index % 4][1] is False
            case 3:
                before = steered.call("POST", "/reset", {"seed": index})
                kill()
                after = steered.call("GET")
                assert (after["epoch"], after["series"]) == (0, before["series"])
                assert (after["config"], after["changes"]) == (before["config"], before["changes"])
                steered.call("PATCH", body={"state": "running"})
        if kill == life.kill_workers:
            for state in ("recovering", "running"):
                while (said := json.loads(witness.recv(DEADLINE)))["type"] != "state" or said["state"] != state:
                    pass
        resume(2 * (index + 1))
    assert life.kills == 12

    for run in runs:  # nothing is killed any more
        run.call("PATCH", body={"training": {"pace": None}})
    for run in runs:
        run.finish()
        assert run.epochs == list(range(2001))
    unpaced = CONFIG | {"training": CONFIG["training"] | {"pace": None}}
    for seed, run in enumerate(runs):
        undisturbed = Client(life, unpaced | {"seed": seed})
        undisturbed.call("PATCH", body={"state": "running"})
        undisturbed.finish()
        assert run.call("GET", "/metrics") == undisturbed.call("GET", "/metrics")
        assert run.call("GET", "/weights") == undisturbed.call("GET", "/weights")
