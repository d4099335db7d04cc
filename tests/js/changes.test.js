/** The page knows every change of a run, though the server tells the newest only. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { changesKey, createChanges } from "../../static/run/changes.js";

const change = (epoch, rate = epoch) => ({ epoch, batch: 0, training: { learning_rate: rate } });
const all = Array.from({ length: 9 }, (_, i) => change(i + 1));
const received = (count, newest = 3, more = {}) => ({
  id: "r",
  series: 0,
  changes: all.slice(0, count).slice(-newest),
  changes_count: count,
  ...more,
});

test("earlier changes are kept, the newest replaced", () => {
  const changes = createChanges();
  for (const count of [0, 2, 4, 7]) changes.take(received(count));
  assert.deepEqual(changes.known(), all.slice(0, 7));
  assert.equal(changes.missing(), -1);
  changes.take({ ...received(7), changes: [...received(7).changes.slice(0, 2), change(7, 99)] });
  assert.deepEqual(changes.known().at(-1), change(7, 99));
  assert.equal(changes.known().length, 7);
});

test("changes never received are missing until they are filled", () => {
  const changes = createChanges();
  changes.take(received(2));
  changes.take(received(8));
  assert.equal(changes.missing(), 2);
  assert.equal(changes.known().length, 5);
  changes.take(received(9));
  changes.fill(received(8), 2, all.slice(2, 8));
  assert.equal(changes.missing(), -1);
  assert.deepEqual(changes.known(), all);
});

test("another run and a reset begin an empty list", () => {
  for (const more of [{ series: 1 }, { id: "other" }]) {
    const changes = createChanges();
    changes.take(received(3));
    changes.take(received(1, 3, more));
    assert.deepEqual(changes.known(), all.slice(0, 1));
    changes.fill(received(3), 0, all);
    assert.equal(changes.known().length, 1);
  }
});

test("the key tells a merged change from the one before", () => {
  const run = received(3);
  assert.notEqual(changesKey(run), changesKey({ ...run, changes: [...run.changes.slice(0, 2), change(3, 99)] }));
});
