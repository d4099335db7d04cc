"""Invalid bodies of nearly the largest size taken, one for each way in which the server could spend itself on them."""

SIZE = 3_900_000

RUN, RATE, STEP = ("POST", "/runs"), ("POST", "/lr-range-test"), ("POST", "/runs/{id}/step")
CHANGE, PREDICT, EDIT = ("PATCH", "/runs/{id}"), ("POST", "/runs/{id}/predict"), ("PATCH", "/runs/{id}/weights")
OWN = '{"config": {"dataset": {"name": "custom", %s}}}'


def filled(template, value):
    """As many of a value as fit, with commas, in place of the star."""
    head, tail = template.split("*")
    return head + ",".join([value] * ((SIZE - len(head) - len(tail)) // (len(value) + 1))) + tail


def names(template):
    """As many different fields as fit."""
    head, tail = template.split("*")
    return head + ",".join(f'"k{i}":1' for i in range((SIZE - len(head) - len(tail)) // 12)) + tail


GARBAGE = {
    "text as inputs": (RUN, filled(OWN % '"targets": [0, 1], "inputs": [[*]]', '"a"')),
    "text as targets": (RUN, filled(OWN % '"inputs": [[0], [1]], "targets": [*]', '"a"')),
    "numbers for rows": (RATE, filled(OWN % '"targets": [0, 1], "inputs": [*]', "0.5")),
    "targets too many": (RUN, filled(OWN % '"inputs": [[0], [1]], "targets": [*]', "0")),
    "null as vectors": (RUN, filled(OWN % '"task": "regression", "inputs": [[0], [1]], "targets": [[*], [1]]', "null")),
    "empty lists": (RUN, filled(OWN % '"targets": [0, 1], "inputs": [*]', "[]")),
    "nested lists": (PREDICT, filled('{"inputs": [*]}', "[[[[1]]]]")),
    "true as numbers": (PREDICT, filled('{"inputs": [[*]]}', "true")),
    "objects as links": (EDIT, filled('{"cut": [*]}', "{}")),
    "wrong values": (EDIT, filled('{"edits": [*]}', '{"layer":0,"bias":0,"value":"a"}')),
    "many layers": (RUN, filled('{"config": {"network": {"hidden": [*]}}}', "{}")),
    "many members": (RUN, filled('{"config": {"sweep": {"parameter": "seed", "values": [*]}}}', "1")),
    "many features": (RUN, filled('{"config": {"features": [*]}}', '"x1"')),
    "long whole numbers": (RUN, filled(OWN % '"inputs": [[0], [1]], "targets": [*]', "7" * 4_000)),
    "unknown fields": (STEP, names("{*}")),
    "unknown fields of a layer": (RUN, names('{"config": {"network": {"hidden": [{*}]}}}')),
    "unknown fields of an optimizer": (RUN, names('{"config": {"training": {"optimizer": {"name": "adam", *}}}}')),
    "the same field": (CHANGE, filled("{*}", '"state":1')),
    "nested too deeply": (RUN, "[" * SIZE),
    "a long name": (RUN, '{"config": {"dataset": {"name": "%s"}}}' % ("a" * SIZE)),
    "a long field": (RUN, '{"%s": 1}' % ("a" * SIZE)),
}
