/** What is said without test points, and which points are right at a threshold. */

import assert from "node:assert/strict";
import test from "node:test";
import { missing } from "../../static/charts/hatch.js";
import { shareRight, tested } from "../../static/state/accuracy.js";
import { MetricsLog } from "../../static/state/metrics-log.js";
import { accuracyWords, lossWords } from "../../static/ui/spoken.js";

/** @type {any} */
const ALL_TRAIN = { inputs: [[0], [1]], targets: [0, 1], split: ["train", "train"] };
/** @type {any} */
const HALVES = { inputs: [[0], [1], [2]], targets: [0, 1, 1], split: ["train", "test", "test"] };

function history() {
  const rows = new MetricsLog();
  rows.append([0, 1, 2], { train_loss: [0.7, 0.5, 0.4], train_accuracy: [0.5, 0.5, 1] });
  return rows;
}

test("without test points nothing is missing, and no figure is called not a number", () => {
  /** @type {any} */
  const state = { history: history(), points: ALL_TRAIN, run: { state: "paused" } };
  assert.equal(tested(ALL_TRAIN), false);
  assert.deepEqual(missing(state), []);
  for (const words of [lossWords(state), accuracyWords(state)]) assert.ok(!words.includes("not a number"), words);
  assert.match(lossWords(state), /no test points/);
  assert.doesNotMatch(accuracyWords(state), /test accuracy/);
});

test("each part that has points is read out", () => {
  const rows = new MetricsLog();
  rows.append([0], { train_loss: [0.7], validation_loss: [0.5], test_loss: [0.4], train_r2: [0.1], test_r2: [0.2] });
  /** @type {any} */
  const state = { history: rows, points: { ...HALVES, split: ["train", "validation", "test"] } };
  assert.equal(lossWords(state), "test loss 0.400, training loss 0.700, validation loss 0.500");
  assert.equal(accuracyWords(state), "test R² 0.20, training R² 0.10");
});

test("with test points, a test loss that is no number is missing", () => {
  /** @type {any} */
  const state = { history: history(), points: HALVES, run: { state: "paused" } };
  assert.deepEqual(missing(state), [[0, 2]]);
});

test("the share of points that are right, and of labels where a point has several", () => {
  assert.equal(shareRight(HALVES, [1, 1, 0], "test"), 0.5);
  assert.equal(shareRight(HALVES, [1, 1, 0], "train"), 0);
  assert.equal(shareRight(ALL_TRAIN, [0, 1], "test"), null);
  /** @type {any} */
  const several = {
    split: ["test", "test"],
    targets: [
      [0, 1],
      [1, 1],
    ],
  };
  assert.equal(
    shareRight(
      several,
      [
        [0, 1],
        [0, 1],
      ],
      "test",
    ),
    0.75,
  );
});
