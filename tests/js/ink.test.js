import assert from "node:assert/strict";
import { test } from "node:test";
import { cellsOf, evidence } from "../../static/lib/ink.js";

const bar = [
  { x: 0.2, y: 0.1 },
  { x: 0.2, y: 0.5 },
];
const rows = (cells) => Array.from({ length: 8 }, (_, row) => cells.slice(8 * row, 8 * row + 8));

test("a drawing fills the height, is centred, and is the same wherever and however large it is drawn", () => {
  const cells = cellsOf([bar], 8);
  const moved = bar.map(({ x, y }) => ({ x: 0.4 + x, y: 0.05 + y * 1.5 }));
  assert.deepEqual(cellsOf([moved], 8), cells);
  for (const row of rows(cells)) {
    assert.ok(row[3] > 0 && row[3] === row[4]);
    assert.equal(row[0] + row[1] + row[6] + row[7], 0);
  }
});

test("a cell holds 0 to 16, and a wide drawing keeps its shape", () => {
  const wide = cellsOf(
    [
      [
        { x: 0.1, y: 0.5 },
        { x: 0.9, y: 0.5 },
      ],
    ],
    8,
  );
  assert.ok(Math.max(...wide) <= 16 && Math.min(...wide) === 0);
  const inked = rows(wide).map((row) => row.some((value) => value > 0));
  assert.deepEqual(inked, [false, false, false, true, true, false, false, false]);
});

test("nothing drawn has no ink", () => {
  assert.deepEqual(new Set(cellsOf([], 8)), new Set([0]));
});

test("a cell's evidence is what the log of the two probabilities' ratio loses without it", () => {
  const { first, second, shares } = evidence(
    [
      [0.1, 0.8, 0.1],
      [0.4, 0.4, 0.2],
      [0.05, 0.9, 0.05],
    ],
    [2, 0],
    4,
  );
  assert.deepEqual([first, second], [1, 0]);
  assert.ok(Math.abs(shares[2] - Math.log(8)) < 1e-9);
  assert.ok(Math.abs(shares[0] - (Math.log(8) - Math.log(18))) < 1e-9);
  assert.deepEqual([shares[1], shares[3]], [0, 0]);
});
