/** What of a pass stands beside what, and how much of it a screen has room for. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { columnsOf } from "../../static/panels/step/columns.js";
import { layoutFor } from "../../static/panels/step/layout.js";

const filled = (rows, columns) => Array.from({ length: rows }, () => Array.from({ length: columns }, () => 0));
/** A pass of some examples through layers of some sizes. */
function passOf(sizes, examples, rest = {}) {
  const layers = sizes.slice(1).map((units, l) => {
    const each = filled(units, examples);
    const W = filled(units, sizes[l]);
    const b = W.map(() => 0);
    return {
      W,
      b,
      Z: each,
      A: each,
      D: null,
      dA: each,
      dZ: each,
      dW: W,
      db: b,
      A_prev: filled(sizes[l], examples),
      ...rest,
    };
  });
  return { layers, targets: filled(sizes[sizes.length - 1], examples) };
}
const shown = (columns) =>
  columns
    .map(
      ({ forward, sign, named }) =>
        forward.map(({ name, layer }) => `${name}${layer}`).join("+") || `${sign}${named ? named.name : ""}`,
    )
    .join(" ");

test("rows are examples: what comes in times the weights, the bias under them; columns: the other way round", () => {
  const pass = passOf([2, 4, 1], 4);
  assert.equal(shown(columnsOf(pass, 0, true, false)), "A00 × W0+b0 = Z0 → A0");
  assert.equal(shown(columnsOf(pass, 1, true, false)), "× W1+b1 = Z1 → A1  y1");
  assert.equal(shown(columnsOf(pass, 1, true, true)), "A0 × W1+b1 = Z1 → A1  y1");
  assert.equal(shown(columnsOf(pass, 1, false, false)), " W1 ×A + b1 = Z1 → A1  y1");
  assert.equal(shown(columnsOf(pass, 0, false, false)), "W0 × A00 + b0 = Z0 → A0");
});

test("each gradient is under what it belongs to; without biases, or with dropout, the columns say so", () => {
  const bare = passOf([2, 3, 1], 4, { b: null, db: null, D: filled(3, 4) });
  const columns = columnsOf(bare, 0, true, false);
  assert.equal(shown(columns), "A00 × W0 = Z0 → ⊙ D0 = A0");
  for (const { forward, backward } of columnsOf(passOf([2, 3, 1], 4), 1, true, true))
    forward.forEach(({ name, layer }, i) => {
      if (name !== "y") assert.deepEqual(backward[i], { name: `d${name}`, layer });
    });
});

test("a small network is shown whole, a large one layer by layer, and on a phone one matrix below the other", () => {
  const small = passOf([2, 4, 2, 1], 4);
  assert.deepEqual(
    [layoutFor(small, true, 1392, 900), layoutFor(small, true, 976, 768)].map((room) => [room.whole, room.stacked]),
    [
      [true, false],
      [false, false],
    ],
  );
  assert.ok(layoutFor(small, true, 343, 812).stacked);
  const large = passOf([2, ...Array(8).fill(16), 1], 10);
  const room = layoutFor(large, true, 1392, 900);
  assert.deepEqual([room.whole, room.stacked], [false, false]);
  assert.ok(room.across >= 6 && room.across < 16 && room.down < 10);
  const phone = layoutFor(large, true, 343, 812);
  assert.ok(phone.stacked && phone.across * 42 < 343);
});

test("a taller window shows more rows", () => {
  const pass = passOf([2, 4, 2, 1], 64);
  const rows = [768, 900, 1080, 2000].map((height) => layoutFor(pass, true, 1392, height).down);
  assert.deepEqual(
    rows,
    [...rows].sort((a, b) => a - b),
  );
  assert.ok(rows[0] >= 5 && rows[3] === 12);
});
