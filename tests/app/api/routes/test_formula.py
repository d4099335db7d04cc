"""What a formula is, before a run is made of it."""

import numpy as np


def test_a_formula_is_answered_as_a_map_of_the_plane(server):
    answer = server.http.get("/api/v1/formula", params={"text": "y > x^2 - 4.3", "resolution": 12}).json()
    side = -6 + (np.arange(12) + 0.5)  # the middles of the cells
    assert answer["comparison"] is True
    assert answer["values"] == [[float(y > x * x - 4.3) for x in side] for y in side]
    assert server.http.get("/api/v1/formula", params={"text": "x1*2"}).json()["comparison"] is False


def test_what_is_no_formula_is_refused_with_its_place(server):
    for text, place in (("x1 ++", "too early"), ("2 x1", "character 3"), ("x3", "x3")):
        answer = server.http.get("/api/v1/formula", params={"text": text})
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["loc"][-1]) == (422, "text")
        assert place in error["message"]
