"""Errors of the domain: how they cross a pipe, and what each is answered with."""

import pickle

import pytest

from app import errors
from app.errors import DomainError, ErrorItem, located, rejected
from app.web.problems import Problem, document_of, problem_response, status_of

EACH = [
    (errors.Forbidden("no"), 403),
    (errors.NotFound("no"), 404),
    (errors.Conflict("no"), 409),
    (errors.Replaced("no", replaced_by="b"), 410),
    (errors.InvalidArgument("no"), 422),
    (rejected([ErrorItem(loc=["layer"], message="use 0 to 2")]), 422),
    (errors.LimitReached("no", retry_after=7), 429),
    (errors.Failed("no"), 500),
    (errors.Unavailable("no"), 503),
    (errors.StorageError("no"), 503),
    (Problem(415, "no", {"Connection": "close"}), 415),
]


def all_kinds(kind=DomainError):
    return {kind} | {each for below in kind.__subclasses__() for each in all_kinds(below)}


@pytest.mark.parametrize(("error", "status"), EACH)
def test_an_error_crosses_a_pipe_whole(error, status):
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert vars(again) == vars(error)
    assert str(again) == str(error) == error.detail
    assert document_of(again) == document_of(error)
    assert status_of(again) == status


def test_every_kind_of_error_has_a_status():
    assert {type(error) for error, _ in EACH} == all_kinds() - {DomainError}


@pytest.mark.parametrize(
    ("error", "seconds"),
    [(errors.LimitReached("no", 7), "7"), (errors.StorageError("no"), "5"), (errors.Unavailable("no"), None)],
)
def test_retry_after_is_sent_where_it_is_known(error, seconds):
    assert problem_response(error).headers.get("retry-after") == seconds


def test_a_fault_is_located_in_its_request():
    error = located(rejected([ErrorItem(loc=["layer"], message="use 0 to 2")]), lambda field: "query")
    assert document_of(error)["errors"] == [{"loc": ["query", "layer"], "message": "use 0 to 2"}]
    assert error.detail == "query.layer: use 0 to 2"
    whole = errors.Conflict("no")
    assert located(whole, lambda field: "query") is whole
