/** Changes of weights and what takes them back. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { allOf, inverse } from "../../static/config/weight-edits.js";
import { createUndo } from "../../static/run/undo.js";

const LAYERS = [
  {
    W: [
      [1, 2],
      [3, 4],
    ],
    b: [5, 6],
    mask: [
      [true, false],
      [true, true],
    ],
  },
];

test("an edit and a cut are taken back to the values there were", () => {
  const change = {
    edits: [
      { layer: 0, row: 1, column: 0, value: 9 },
      { layer: 0, bias: 1, value: 0 },
    ],
    cut: [{ layer: 0, row: 0, column: 0 }],
  };
  assert.deepEqual(inverse(change, LAYERS), {
    edits: [
      { layer: 0, row: 1, column: 0, value: 3 },
      { layer: 0, bias: 1, value: 6 },
      { layer: 0, row: 0, column: 0, value: 1 },
    ],
    restore: [{ layer: 0, row: 0, column: 0 }],
    cut: [],
  });
});

test("all weights are set but those of cut links", () => {
  const { edits } = allOf(LAYERS);
  assert.deepEqual(
    edits.map((edit) => edit.value),
    [1, 3, 4, 5, 6],
  );
});

test("steps lead back and forth, and tell which runs nothing leads to", () => {
  const forgotten = [];
  const steps = createUndo(
    () => undefined,
    (id) => forgotten.push(id),
  );
  const config = /** @type {any} */ ({});
  steps.remember({ id: "a", config });
  steps.remember({ id: "b", config });
  assert.equal(steps.next("undo").id, "b");
  steps.take("undo", { id: "c", config });
  assert.equal(steps.next("redo").id, "c");
  steps.remember({ id: "d", config });
  assert.deepEqual(forgotten, ["c"]);
  for (let i = 0; i < 20; i++) steps.remember({ id: `run ${i}`, config });
  assert.ok(forgotten.includes("a"));
  assert.ok(!steps.leadsTo("a"));
});

test("quick changes of one setting are one step", () => {
  const steps = createUndo(
    () => undefined,
    () => undefined,
  );
  const config = /** @type {any} */ ({});
  steps.remember({ id: "a", config }, "learning_rate");
  steps.remember({ id: "later", config }, "learning_rate");
  assert.equal(steps.next("undo").id, "a");
  steps.remember({ id: "b", config }, "batch_size");
  assert.equal(steps.next("undo").id, "b");
});
