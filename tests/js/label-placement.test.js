import assert from "node:assert/strict";
import { test } from "node:test";
import { createLabels } from "../../static/lib/label-placement.js";

test("words take the first free place, stay inside, and are left out where none is free", () => {
  const labels = createLabels({ left: 0, top: 0, right: 200, bottom: 100 });
  const here = { x: 100, y: 50, align: /** @type {const} */ ("center") };
  const below = { ...here, y: 70 };
  assert.deepEqual(labels.place(40, [here, below]), { left: 80, middle: 50 });
  assert.deepEqual(labels.place(40, [here, below]), { left: 80, middle: 70 });
  assert.equal(labels.place(40, [here, below]), null);
  assert.deepEqual(labels.place(40, [{ x: 198, y: 2, align: "left" }]), { left: 155, middle: 9 });
  labels.reserve({ left: 0, top: 80, right: 60, bottom: 100 });
  assert.equal(labels.place(40, [{ x: 10, y: 90, align: "left" }]), null);
});
