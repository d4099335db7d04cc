/** The panel Use this: the program it prints is Python, and what it says of the numbers fits the run. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { pythonLiteral } from "../../static/lib/python.js";
import { program, whatTrains } from "../../static/panels/use/use.js";

test("null, true and false are Python's, but not within strings", () => {
  const value = { a: null, b: [true, false], "is null": 'true "quoted"', c: [], d: {}, e: -1.5e-7 };
  assert.equal(
    pythonLiteral(value),
    `{
    "a": None,
    "b": [
        True,
        False
    ],
    "is null": "true \\"quoted\\"",
    "c": [],
    "d": {},
    "e": -1.5e-7
}`,
  );
});

test("equal numbers are promised only where a new run has them", () => {
  /** @param {string} name @param {object | null} run */
  const words = (name, run) =>
    whatTrains(/** @type {any} */ ({ run, catalog: { arithmetic: { name, body: null, reason: "no compiler" } } }));
  const [rules, compiled, numpy] = ["portable-1", { arithmetic: "portable-1" }, { arithmetic: "numpy" }];
  assert.match(words("portable-1", { rules, ...compiled }), /same numbers on every machine/);
  assert.match(words("portable-1", null), /same numbers on every machine/);
  assert.match(words("numpy", { rules, ...numpy }), /no compiler.*same numbers on this machine/);
  assert.doesNotMatch(words("portable-1", { rules, ...numpy }), /same numbers/);
  for (const name of ["portable-1", "numpy"])
    assert.doesNotMatch(words(name, { rules: "numpy-1", ...numpy }), /same numbers/);
});

test("the program predicts points of the run, as many inputs as it has", () => {
  const text = program("http://host/", {}, [
    [39.1, null, 2],
    [1, 0, 3],
  ]);
  assert.ok(text.includes("        [39.1, None, 2],\n        [1, 0, 3],\n"));
});
