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
  const series = new SampledSeries(["norm", "ratio"]);
  series.add(0, note(1));
  series.add(3, note(2));
  assert.deepEqual(series.times, [0, 3]);
  assert.deepEqual([...series.column("norm", 1)], [2, 4]);
  assert.deepEqual([...series.column("ratio", 0)], [Number.NaN, Number.NaN]);
});

test("the same moment is noted once, an earlier one starts a new list", () => {
  const series = new SampledSeries(["norm"]);
  series.add(0, note(1));
  series.add(5, note(2));
  series.add(5, note(3));
  assert.deepEqual([...series.column("norm", 0)], [1, 3]);
  series.add(0, note(7));
  assert.deepEqual(series.times, [0]);
});

test("another number of layers starts a new list", () => {
  const series = new SampledSeries(["norm"]);
  series.add(0, note(1));
  series.add(1, note(1).slice(1));
  assert.equal(series.length, 1);
});

test("what was not noted is read later, between what was", () => {
  const series = new SampledSeries(["norm"]);
  series.add(10, note(1));
  series.add(30, note(2));
  series.part();
  assert.deepEqual([...series.column("norm", 0)], [1, Number.NaN, 2]);
  series.fill([0, 10, 20], (i) => note(5 + i));
  assert.deepEqual(series.times, [0, 10, 20, 30]);
  assert.deepEqual([...series.column("norm", 0)], [5, 1, 7, 2]);
  series.add(31, note(3));
  assert.equal(series.length, 5);
});

test("one note alone has no gap before it", () => {
  const series = new SampledSeries(["norm"]);
  series.part();
  series.add(1, note(1));
  series.part();
  assert.deepEqual(series.times, [1]);
});

test("of many notes the first, the last and an even choice between stay", () => {
  const series = new SampledSeries(["norm"], 100);
  for (let time = 0; time <= 1000; time++) series.add(time, note(time));
  assert.ok(series.length <= 100);
  assert.equal(series.times[0], 0);
  assert.equal(series.times.at(-1), 1000);
  assert.deepEqual([...series.column("norm", 0)], series.times);
});

test("powers of ten on an axis keep all their digits", () => {
  assert.equal(axisFigure(1e-12), "10⁻¹²");
  assert.equal(axisFigure(1e-4), "10⁻⁴");
});
