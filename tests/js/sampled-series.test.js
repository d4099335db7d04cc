/** Notes of layers over time. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { axisFigure } from "../../static/lib/format.js";
import { SampledSeries } from "../../static/lib/sampled-series.js";

const note = (value) => [
  { norm: value, ratio: null },
  { norm: 2 * value, ratio: 0.5 },
];

test("notes come back in columns, what was not known as no number", () => {
  const diary = new SampledSeries(["norm", "ratio"]);
  diary.add(0, note(1));
  diary.add(3, note(2));
  assert.deepEqual(diary.times, [0, 3]);
  assert.deepEqual([...diary.column("norm", 1)], [2, 4]);
  assert.deepEqual([...diary.column("ratio", 0)], [Number.NaN, Number.NaN]);
});

test("the same moment is noted once, an earlier one starts a new list", () => {
  const diary = new SampledSeries(["norm"]);
  diary.add(0, note(1));
  diary.add(5, note(2));
  diary.add(5, note(3));
  assert.deepEqual([...diary.column("norm", 0)], [1, 3]);
  diary.add(0, note(7));
  assert.deepEqual(diary.times, [0]);
});

test("another number of layers starts a new list", () => {
  const diary = new SampledSeries(["norm"]);
  diary.add(0, note(1));
  diary.add(1, note(1).slice(1));
  assert.equal(diary.length, 1);
});

test("what was not noted is read later, between what was", () => {
  const diary = new SampledSeries(["norm"]);
  diary.add(10, note(1));
  diary.add(30, note(2));
  diary.part();
  assert.deepEqual([...diary.column("norm", 0)], [1, Number.NaN, 2]);
  diary.fill([0, 10, 20], (i) => note(5 + i));
  assert.deepEqual(diary.times, [0, 10, 20, 30]);
  assert.deepEqual([...diary.column("norm", 0)], [5, 1, 7, 2]);
  diary.add(31, note(3));
  assert.equal(diary.length, 5);
});

test("one note alone has no gap before it", () => {
  const diary = new SampledSeries(["norm"]);
  diary.part();
  diary.add(1, note(1));
  diary.part();
  assert.deepEqual(diary.times, [1]);
});

test("of many notes the first, the last and an even choice between stay", () => {
  const diary = new SampledSeries(["norm"], 100);
  for (let time = 0; time <= 1000; time++) diary.add(time, note(time));
  assert.ok(diary.length <= 100);
  assert.equal(diary.times[0], 0);
  assert.equal(diary.times.at(-1), 1000);
  assert.deepEqual([...diary.column("norm", 0)], diary.times);
});

test("powers of ten on an axis keep all their digits", () => {
  assert.equal(axisFigure(1e-12), "10⁻¹²");
  assert.equal(axisFigure(1e-4), "10⁻⁴");
});
