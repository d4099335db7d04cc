/** The names of what training may move. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { freeNames } from "../../static/network/free-weights.js";

test("one neuron's weights are numbered, and its bias comes last", () => {
  assert.deepEqual(freeNames([2, 1], false, [null]), ["w₁", "w₂"]);
  assert.deepEqual(freeNames([1, 1], true, [null]), ["w₁", "b"]);
});

test("a cut link is not free; elsewhere a name says the layer and the unit", () => {
  assert.deepEqual(freeNames([3, 1], false, [[[true, false, true]]]), ["w₁", "w₃"]);
  assert.deepEqual(freeNames([1, 1, 1], false, [null, null]), [
    "w of layer 1, unit 1, input 1",
    "w of layer 2, unit 1, input 1",
  ]);
});
