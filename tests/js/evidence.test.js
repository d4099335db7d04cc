/** A run shows a claim of a lesson only if it is the lesson's, at its epoch, by the quantity as docs/lessons.md defines it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { due, measure, settingsOf, shows, untouched, verdict } from "../../static/panels/lessons/evidence.js";
import { createTicks } from "../../static/panels/lessons/ticks.js";

const config = { dataset: { name: "gauss" }, training: { learning_rate: 0.1, pace: 30 }, seed: 0 };
const run = { config, changes: [], state: "paused", epoch: 0, batch: 0 };
const variant = { config, edit: null };

test("seed and pace are free, all else is the lesson's", () => {
  const other = (training) => ({
    ...run,
    config: { ...config, seed: 7, training: { ...config.training, ...training } },
  });
  assert.ok(settingsOf(other({ pace: null }), variant));
  assert.ok(!settingsOf(other({ learning_rate: 0.2 }), variant));
});

test("a live change ends it, a change of pace does not", () => {
  const changed = (...changes) => untouched({ ...run, changes }, variant);
  assert.ok(changed());
  assert.ok(changed({ epoch: 3, batch: 0, training: { pace: 60 } }));
  assert.ok(!changed({ epoch: 3, batch: 0, training: { learning_rate: 0.2 } }));
  assert.ok(!changed({ epoch: 0, batch: 0, edits: [{ layer: 0, row: 0, column: 0, value: 1 }] }));
});

test("the lesson's own weights are no change; without them, or edited again, it is not the lesson's", () => {
  const edits = [
    { layer: 0, row: 0, column: 1, bias: null, value: 0.5 },
    { layer: 0, row: null, column: null, bias: 0, value: 1 },
  ];
  const given = { config, edit: { edits, cut: [], restore: [] } };
  const first = { epoch: 0, batch: 0, member: 0, edits: [{ layer: 0, bias: 0, value: 1 }, edits[0]] };
  assert.ok(untouched({ ...run, changes: [first] }, given));
  assert.ok(!untouched({ ...run, changes: [] }, given));
  assert.ok(!untouched({ ...run, changes: [{ ...first, epoch: 1 }] }, given));
  assert.ok(!untouched({ ...run, changes: [first, first] }, given));
});

test("evidence is due at its epoch, or where the run ended before", () => {
  const lesson = { epochs: 30 };
  const at = (epoch, source, more) => due({ epoch, source }, lesson, { ...run, ...more });
  assert.equal(at(null, "metrics", { epoch: 29 }), null);
  assert.equal(at(null, "metrics", { epoch: 30 }), 30);
  assert.equal(at(10, "metrics", { epoch: 30 }), 10);
  assert.equal(at(0, "weights", { epoch: 0 }), 0);
  assert.equal(at(0, "weights", { epoch: 0, batch: 3 }), null);
  assert.equal(at(0, "weights", { epoch: 30, state: "finished" }), null);
  assert.equal(at(null, "state", { epoch: 4, state: "diverged" }), 4);
});

test("metrics, recorded and as they now are", async () => {
  const told = { run: { state: "paused" }, columns: { test_loss: [4, 2, 1, null, 3] }, ask: () => assert.fail() };
  assert.equal(await measure({ kind: "metric", name: "test_loss" }, told, 1), 2);
  assert.equal(await measure({ kind: "metric", name: "test_loss" }, told, 3), null);
  assert.equal(await measure({ kind: "metric_error", name: "test_loss", value: 2.5 }, told, 1), 0.2);
  assert.equal(await measure({ kind: "rise", name: "test_loss" }, told, 2), 1);
  assert.equal(await measure({ kind: "rise", name: "test_loss" }, told, 4), null);
  assert.equal(await measure({ kind: "swing", name: "test_loss", epochs: 2 }, told, 2), 1.5);
  assert.equal(await measure({ kind: "diverged" }, { ...told, run: { state: "diverged" } }, 2), 1);
});

test("weights, diagnostics, traces and the one matrix", async () => {
  const layer = (dW, db, W, b) => ({ dW: [[dW]], db: [db], update: { W: [[W]], b: [b] } });
  const answers = {
    weights: {
      layers: [
        { W: [[1, 2]], b: null },
        {
          W: [
            [2, 4],
            [2, 5],
          ],
          b: [0, 3],
        },
      ],
    },
    diagnostics: {
      layers: [
        { gradient_norm: 2, dead: [0], units: 4 },
        { gradient_norm: 8, dead: [], units: 1 },
      ],
    },
    "trace?count=256": { layers: [layer(3, 4, -3, -4)] },
    "trace?count=10": { layers: [layer(3, 9, 0, 0)] },
    collapsed: { max_difference: 1e-7 },
  };
  const told = { run, columns: {}, ask: async (what) => answers[what] };
  const value = (quantity) => measure(quantity, told, 0);
  assert.equal(await value({ kind: "weight_error", layer: 0, values: [[1, 4]] }), 0.5);
  assert.equal(await value({ kind: "unit_spread", layer: -1 }), 3);
  assert.equal(await value({ kind: "gradient_ratio", layer: 0, over: -1 }), 0.25);
  assert.equal(await value({ kind: "dead_share" }), 0.25);
  assert.equal(await value({ kind: "gradient_noise", points: 10 }), 1);
  assert.equal(await value({ kind: "downhill" }), 1);
  assert.equal(await value({ kind: "collapse_error" }), 1e-7);
});

test("what is missing is said in words, with figures that differ where the numbers do", () => {
  const evidence = { quantity: { kind: "metric", name: "test_accuracy" }, comparison: "at_least", threshold: 0.95 };
  assert.equal(verdict(evidence, 0.62), "test accuracy 0.62, needs at least 0.95");
  assert.equal(verdict(evidence, 0.97), "test accuracy 0.97, asked: at least 0.95");
  assert.equal(verdict(evidence, 0.94999), "test accuracy 0.94999, needs at least 0.95");
  const weights = { ...evidence, quantity: { kind: "weight_error", values: [[2.5, 1]] } };
  assert.match(verdict(weights, 0.5), /the weights from 2.5, 1: 0.5, needs/);
  assert.equal(verdict(evidence, undefined), "test accuracy needs at least 0.95");
  assert.equal(verdict(evidence, null), "test accuracy is not a number, needs at least 0.95");
  assert.ok(shows(evidence, 0.95));
  assert.ok(!shows(evidence, null));
});

test("ticks outlast the page, by lesson, and can be forgotten", () => {
  const kept = new Map();
  const storage = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  };
  const lesson = { slug: "one", claims: [{ says: "It holds.", evidence: [{}, {}] }] };
  const ticks = createTicks(() => storage);
  ticks.add("one", "It holds.", 1, { epoch: 3, value: 0.5 });
  assert.equal(ticks.count(lesson), 0);
  ticks.add("one", "It holds.", 0, { epoch: 3, value: 0.5 });
  assert.equal(createTicks(() => storage).count(lesson), 1);
  ticks.forget("one");
  assert.equal(kept.size, 0);
  const forbidden = createTicks(() => {
    throw new Error("SecurityError");
  });
  forbidden.add("one", "It holds.", 0, { epoch: 3, value: 0.5 });
  assert.deepEqual(forbidden.seen("one", "It holds.", 0), { epoch: 3, value: 0.5 });
});
