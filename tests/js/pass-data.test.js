/** What a traced pass is made of: order, sums, steps. A network of one hidden layer, worked by hand. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  mostTelling,
  order,
  powerOf,
  scaleOf,
  sources,
  valuesOf,
  weightDifference,
} from "../../static/panels/step/pass-data.js";
import { sumOf } from "../../static/panels/step/sums.js";

const layer = (rest) => ({ b: null, db: null, D: null, mean: {}, dW_penalty: [[0, 0]], ...rest });
// Two inputs, one linear unit with bias 1, one linear output: Z = 2 x1 - x2 + 1, P = 3 Z; half squared error.
const trace = {
  count: 4,
  shown: 2,
  examples: [6, 1],
  inputs: [
    [1, 2],
    [3, 1],
  ],
  targets: [[1, 10]],
  learning_rate: 0.1,
  fused: false,
  layers: [
    layer({
      activation: "linear",
      A_prev: [
        [1, 3],
        [2, 1],
      ],
      W: [[2, -1]],
      b: [1],
      Z: [[1, 6]],
      A: [[1, 6]],
      dA: [[6, 24]],
      dZ: [[6, 24]],
      dW: [[20, 10]],
      db: [9],
      update: { W: [[-2, -1]], b: [-0.9] },
    }),
    layer({
      activation: "linear",
      A_prev: [[1, 6]],
      W: [[3]],
      Z: [[3, 18]],
      A: [[3, 18]],
      dA: [[2, 8]],
      dZ: [[2, 8]],
      dW: [[13]],
      dW_penalty: [[1]],
      update: { W: [[-1.4]], b: null },
    }),
  ],
};
const names = (parts) => parts.map(({ name, layer }) => `${name}${layer}`).join(" ");

test("a pass goes forward, compares, comes back, and steps", () => {
  assert.equal(names(order(trace)), "A00 Z0 A0 Z1 A1 y1 dA1 dZ1 dW1 dA0 dZ0 dW0 db0 uW0 uW1");
  assert.equal(names(sources(trace, { name: "Z", layer: 1 })), "A0 W1 b1");
  assert.equal(names(sources(trace, { name: "dA", layer: 0 })), "dZ1 W1");
});

test("without biases, or where a slope is infinite, there are no figures and no step", () => {
  const infinite = { ...trace, layers: [trace.layers[0], { ...trace.layers[1], dA: null }] };
  assert.equal(valuesOf(infinite, { name: "dA", layer: 1 }), null);
  assert.equal(valuesOf(infinite, { name: "db", layer: 1 }), null);
  assert.ok(!names(order(infinite)).includes("dA1"));
});

test("a weighted sum lists what comes in, and the bias", () => {
  const sum = sumOf(trace, { name: "Z", layer: 0, row: 0, column: 1 });
  assert.deepEqual(
    sum.terms.map((term) => [...term.factors, term.value]),
    [
      [3, 2, 6],
      [1, -1, -1],
    ],
  );
  assert.deepEqual([sum.bias, sum.value], [1, 6]);
  assert.deepEqual(sum.from[0], { name: "A0", layer: 0, row: null, column: 1 });
});

test("a weight's gradient is a mean; examples that are not listed are taken together", () => {
  const sum = sumOf(trace, { name: "dW", layer: 0, row: 0, column: 1 });
  assert.deepEqual(
    sum.terms.map((term) => term.value),
    [12, 24],
  );
  assert.deepEqual([sum.total, sum.rest], [40, { count: 2, value: 4 }]);
});

test("a unit's gradient gathers those after it by their weights", () => {
  const sum = sumOf(trace, { name: "dA", layer: 0, row: 0, column: 0 });
  assert.deepEqual(sum.terms[0], { index: 0, factors: [2, 3], value: 6 });
});

test("softmax is a share of exponentials, and its dZ the output less the target", () => {
  const z = [[0], [Math.log(3)]];
  const soft = layer({ activation: "softmax", Z: z, A: [[0.25], [0.75]], dA: [[-4], [0]], dZ: [[-0.75], [0.75]] });
  const one = { ...trace, shown: 1, targets: [[1], [0]], layers: [soft], fused: true };
  const share = sumOf(one, { name: "A", layer: 0, row: 0, column: 0 });
  assert.ok(Math.abs(share.terms[0].value / share.total - 0.25) < 1e-12);
  const gap = sumOf(one, { name: "dZ", layer: 0, row: 1, column: 0 });
  assert.deepEqual([gap.kind, gap.terms[0].factors], ["difference", [0.75, 0]]);
});

test("a step takes a weight to its next value, and two passes differ by what was not predicted", () => {
  const step = sumOf(trace, { name: "W", layer: 1, row: 0, column: 0 });
  assert.deepEqual(
    step.terms.map((term) => term.value),
    [3, 13, 1, -1.4],
  );
  assert.equal(step.total, 1.6);
  const after = {
    ...trace,
    layers: trace.layers.map((of) => ({ ...of, W: of.W.map((row, j) => row.map((w, k) => w + of.update.W[j][k])) })),
  };
  assert.equal(weightDifference(trace, after), 0);
  assert.equal(weightDifference(trace, trace), 2);
});

test("the cell that says most of a layer has its largest gradient, or its largest sum where every gradient is 0", () => {
  assert.deepEqual(mostTelling(trace, 0), { name: "dW", layer: 0, row: 0, column: 0 });
  const dead = { ...trace, layers: [{ ...trace.layers[0], dW: [[0, 0]] }] };
  assert.deepEqual(mostTelling(dead, 0), { name: "Z", layer: 0, row: 0, column: 1 });
  const silent = { ...trace, layers: [{ ...dead.layers[0], Z: [[0, 0]] }] };
  assert.deepEqual(mostTelling(silent, 0), { name: "Z", layer: 0, row: 0, column: 0 });
});

test("a dropout mask stands beside what it is multiplied with", () => {
  const D = [[2, 0]];
  const one = { ...trace, layers: [{ ...trace.layers[0], D }, trace.layers[1]] };
  assert.equal(names(sources(one, { name: "A", layer: 0 })), "Z0 D0");
  assert.equal(names(sources(one, { name: "dZ", layer: 0 })), "dA0 Z0 D0");
  assert.deepEqual(
    [sumOf(one, { name: "D", layer: 0, row: 0, column: 1 })].map(({ kind, value }) => [kind, value]),
    [["mask", 0]],
  );
});

test("small and large matrices are given in powers of ten", () => {
  assert.deepEqual([[[0.3]], [[0.0099999]], [[-0.004]], [[1234]], [[0]]].map(powerOf), [0, -2, -3, 3, 0]);
  const tiny = { ...trace, layers: [{ ...trace.layers[0], W: [[0.001, 0.002]], b: [0.3] }] };
  assert.deepEqual(scaleOf(tiny, { name: "W", layer: 0 }), { power: 0, largest: 0.3 });
  assert.deepEqual(scaleOf(trace, { name: "uW", layer: 1 }), { power: 0, largest: 1.4 });
});
