/** The values between which the colours of the output map run. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { outputScale } from "../../static/charts/colour-ranges.js";

/** @param {[number, number] | null} bounds @param {(number | number[])[]} targets @param {number} [answer] */
function scaleOf(bounds, targets, answer) {
  const config = {};
  const derived = { task: "regression", classes: 1, sizes: [2, 1], output: "own" };
  const catalog = { datasets: [], outputs: [{ name: "own", bounds }] };
  const points = { inputs: [], targets, split: [] };
  return outputScale(/** @type {any} */ ({ catalog, config, run: { config, derived }, points }), answer);
}

test("an output with bounds has them, whatever the targets", () => {
  assert.deepEqual(scaleOf([0, 1], [7]), { low: 0, high: 1, centre: 0.5, half: 0.5 });
  assert.deepEqual(scaleOf([-1, 1], [7]), { low: -1, high: 1, centre: 0, half: 1 });
});

test("one without has a round number above its largest target", () => {
  assert.deepEqual(scaleOf(null, [-37, 4]), { low: -50, high: 50, centre: 0, half: 50 });
  assert.equal(scaleOf(null, [[90, 0.3]], 1).high, 0.5);
  assert.equal(scaleOf(null, []).high, 1);
});
