import assert from "node:assert/strict";
import { test } from "node:test";
import { discontinuities } from "../../static/lib/discontinuities.js";

const z = Array.from({ length: 81 }, (_, i) => (i - 40) / 10);
const middle = 40;

test("the derivative of ReLU jumps at 0, and SELU's does; those of smooth activations do not", () => {
  assert.deepEqual(discontinuities(z.map((x) => Number(x > 0))), [middle]);
  assert.deepEqual(discontinuities(z.map((x) => (x > 0 ? 1 : 0.8))), [middle]);
  assert.deepEqual(discontinuities(z.map((x) => (x > 0 ? 1.0507 : 1.7581 * Math.exp(x)))), [middle]);
  for (const smooth of [
    z.map((x) => 1 - Math.tanh(x) ** 2),
    z.map((x) => (x > 0 ? 1 : Math.exp(x))),
    z.map((x) => -2 * x * Math.exp(-x * x)),
    z.map(Math.cos),
    z.map(() => 1),
  ])
    assert.deepEqual(discontinuities(smooth), []);
});
