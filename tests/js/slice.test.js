import assert from "node:assert/strict";
import test from "node:test";
import { fitting, nearness, pointAt, sliceQuery } from "../../static/lib/slice.js";

test("a choice that the data cannot show is let go", () => {
  assert.deepEqual(fitting({ axes: [0, 2], hold: { 1: 4 } }, 3), { axes: [0, 2], hold: { 1: 4 } });
  for (const chosen of [
    { axes: [0, 3], hold: {} },
    { axes: [1, 1], hold: { 2: 1 } },
  ])
    assert.deepEqual(fitting(/** @type {any} */ (chosen), 3), { axes: [0, 1], hold: {} });
  assert.deepEqual(fitting({ axes: [1, 0], hold: { 5: 1 } }, 2), { axes: [0, 1], hold: {} });
});

test("a point on the map has all inputs of the data", () => {
  assert.deepEqual(pointAt(1, [0, 1], null, { x: 3, y: 1 }), [3]);
  assert.deepEqual(pointAt(2, [0, 1], null, { x: 3, y: 1 }), [3, 1]);
  assert.deepEqual(pointAt(4, [3, 1], [2.5, null, -1, null], { x: 3, y: 1 }), [2.5, 1, -1, 3]);
  assert.equal(pointAt(4, [3, 1], null, { x: 3, y: 1 }), null);
});

test("a slice as a query", () => {
  assert.deepEqual(sliceQuery({ axes: [0, 2], hold: { 1: 0.5, 3: -1 } }), { axes: "0,2", hold: "1:0.5,3:-1" });
  assert.deepEqual(sliceQuery({}), {});
});

test("points pale with their distance from the plane, measured in deviations", () => {
  const rows = [
    [0, 0, -100],
    [0, 0, 0],
    [0, 0, 100],
    [9, 9, null],
  ];
  const near = nearness(rows, [null, null, 0]);
  assert.equal(near[1], 1);
  assert.equal(near[3], 1);
  assert.ok(near[0] < 0.4 && Math.abs(near[0] - near[2]) < 1e-12);
  assert.equal(nearness(rows, null), null);
  assert.equal(nearness(rows, [null, null]), null);
});
