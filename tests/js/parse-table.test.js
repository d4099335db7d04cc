/** Pasted rows become examples, and what is wrong with them is said. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { examplesOf, labelColumns, parseTable } from "../../static/config/parse-table.js";

test("CSV with names, text as classes", () => {
  const table = parseTable("width,height,kind\n1,2,cat\n3,4,dog\n5,6,cat\n");
  assert.deepEqual(table.columns, ["width", "height", "kind"]);
  const { inputs, targets, names } = examplesOf(table, [2], "classification", false);
  assert.deepEqual(inputs, [
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  assert.deepEqual(targets, [0, 1, 0]);
  assert.deepEqual(names, ["cat", "dog"]);
});

test("semicolons, tabs and spaces separate, too", () => {
  for (const text of ["1;2;0\n3;4;1", "1\t2\t0\n3\t4\t1", "1 2 0\n3 4 1"])
    assert.deepEqual(parseTable(text).rows, [
      [1, 2, 0],
      [3, 4, 1],
    ]);
});

test("JSON as lists, as objects, as a run's own inputs and targets", () => {
  assert.deepEqual(parseTable("[[1, 2, 0], [3, 4, 1]]").rows, [
    [1, 2, 0],
    [3, 4, 1],
  ]);
  assert.deepEqual(parseTable('[{"a": 1, "y": 0}, {"a": 2, "y": 1}]'), {
    columns: ["a", "y"],
    rows: [
      [1, 0],
      [2, 1],
    ],
  });
  assert.deepEqual(parseTable('{"inputs": [[1], [2]], "targets": [0.5, 0.7]}').rows, [
    [1, 0.5],
    [2, 0.7],
  ]);
});

test("a run's own vectors say how many columns are targets", () => {
  const table = parseTable('{"inputs": [[0], [1]], "targets": [[0, 1, 1], [1, 0, 1]]}');
  assert.equal(table.targets, 3);
  assert.deepEqual(labelColumns(table), [1, 2, 3]);
});

test("inputs are stretched to the view where asked", () => {
  const table = parseTable("0,100,1\n10,300,2\n5,200,3");
  assert.deepEqual(examplesOf(table, [2], "regression", true).inputs, [
    [-5, -5],
    [5, 5],
    [0, 0],
  ]);
});

test("several labels, several values", () => {
  const table = parseTable("x,y,rain,wind\n1,0,0,1\n3,1,1,1");
  assert.deepEqual(labelColumns(table), [1, 2, 3]);
  assert.deepEqual(labelColumns(parseTable("0,1\n1,0")), [1]);
  assert.deepEqual(labelColumns(parseTable("0,2\n1,3")), []);
  assert.deepEqual(examplesOf(table, [2, 3], "multilabel", false), {
    inputs: [
      [1, 0],
      [3, 1],
    ],
    targets: [
      [0, 1],
      [1, 1],
    ],
    names: ["rain", "wind"],
  });
  assert.deepEqual(examplesOf(table, [0, 3], "regression", false).targets, [
    [1, 1],
    [3, 1],
  ]);
  assert.throws(() => examplesOf(table, [0, 3], "multilabel", false), /Row 2, x: 3 is neither 0 nor 1/);
  assert.throws(() => examplesOf(table, [], "multilabel", false), /at least one column that/);
  assert.throws(() => examplesOf(table, [0, 1, 2, 3], "regression", false), /one column as an input/);
});

test("what is wrong is said", () => {
  assert.throws(() => parseTable(""), /Paste rows/);
  assert.throws(() => parseTable("1,2,0\n3,4"), /Row 2 has 2 columns, the first has 3/);
  assert.throws(() => parseTable("1\n2"), /One column is not enough/);
  assert.throws(() => parseTable("[1, 2"), /is not valid/);
  assert.throws(
    () => examplesOf(parseTable("1,x,0\n2,3,1"), [2], "classification", false),
    /Row 1, column 2: “x” is no number/,
  );
  assert.throws(() => examplesOf(parseTable("1,2,0\n2,3,0"), [2], "classification", false), /same in every row/);
});
