/** Height fields: projection, order, what hides what, and the levels of contours. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { hidden, levels, order, project, sample } from "../../static/lib/projection.js";
import { linear, logarithmic } from "../../static/lib/scales.js";

const near = (actual, expected) => assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);

test("seen from above, the ground is a map", () => {
  const [across, up] = project({ turn: 0, tilt: Math.PI / 2 }, 0.3, -0.7, 0.9);
  near(across, 0.3);
  near(up, -0.7);
});

test("seen from the horizon, height is all there is", () => {
  const view = { turn: 1, tilt: 0 };
  near(project(view, 0.2, 0.4, 0.5)[1], 0);
  assert.ok(project(view, 0, 0, 1)[1] > project(view, 0, 0, 0)[1]);
});

test("what is painted later is nearer, from every side", () => {
  for (let turn = -3; turn <= 3; turn += 0.7) {
    const { columns, rows } = order({ turn, tilt: 0.5 }, 5);
    const away = (column, row) => column * Math.sin(turn) + row * Math.cos(turn);
    for (let i = 1; i < 5; i++) {
      assert.ok(away(columns[i], 0) <= away(columns[i - 1], 0) + 1e-9);
      assert.ok(away(0, rows[i]) <= away(0, rows[i - 1]) + 1e-9);
    }
  }
});

test("between the points of a grid heights run evenly", () => {
  const plane = Float32Array.from({ length: 25 }, (_, i) => (i % 5) * 2 + Math.floor(i / 5));
  assert.equal(sample(plane, 5, -1, -1), 0);
  assert.equal(sample(plane, 5, 1, 1), 12);
  near(sample(plane, 5, 0.25, -0.25), 2 * 2.5 + 1.5);
});

test("a ridge hides what lies behind it, from in front only", () => {
  const ridge = Float32Array.from({ length: 81 }, (_, i) => (Math.floor(i / 9) === 4 ? 1 : 0));
  const low = { turn: 0, tilt: 0.2 };
  assert.equal(hidden(low, ridge, 9, 0, 0.6, 0), true);
  assert.equal(hidden(low, ridge, 9, 0, -0.6, 0), false);
  assert.equal(hidden({ turn: Math.PI, tilt: 0.2 }, ridge, 9, 0, 0.6, 0), false);
  assert.equal(hidden({ turn: 0, tilt: 1.5 }, ridge, 9, 0, 0.6, 0), false);
});

test("contours stand at round levels within the range", () => {
  assert.deepEqual(levels(linear(0, 1), linear, 5), [0.2, 0.4, 0.6, 0.8]);
  for (const scale of [logarithmic(0.001, 30), logarithmic(0.61, 0.79), linear(0.2, 7)]) {
    const found = levels(scale, linear);
    assert.ok(found.length >= 4, String(found));
    assert.ok(found.every((level) => level > scale.low && level < scale.high));
  }
});
