/** The names and figures of a table's columns, where the page shows its inputs, classes and axes. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { inputAxis, tickWords, valueAt, valueWords } from "../../static/output/viewport.js";
import { answerName, className, columnOf, encodedInputs, inputName } from "../../static/state/names.js";

const column = (name, kind, values, features, low = -0.5, high = values.length - 0.5) => ({
  name,
  kind,
  values,
  features,
  low,
  high,
});
const run = {
  columns: [
    column("year", "number", [], ["year"], 2007, 2009),
    column("sex", "binary", ["female", "male"], ["sex = male"]),
    column("island", "category", ["A", "B", "C"], ["island = A", "island = B", "island = C"]),
    column("mass", "number", [], ["mass", "mass is missing"], 0, 6000),
    column("longitude", "number", [], ["longitude"], -121.9, -120.6),
  ],
  classes: ["Adelie", "Gentoo"],
  targets: ["species"],
};
const state = /** @type {any} */ ({ run });
const none = /** @type {any} */ ({ run: null });

test("inputs, classes and targets have the names of the data, or numbers without any", () => {
  assert.deepEqual(
    [inputName(state, 1), className(state, 1), answerName(state, "regression", 0)],
    ["sex", "Gentoo", "species"],
  );
  assert.deepEqual(
    [inputName(none, 1), className(none, 1), answerName(none, "regression", 0)],
    ["x2", "class 1", "value 0"],
  );
});

test("an input of the network names its column and what it holds of it", () => {
  const inputs = encodedInputs(state);
  assert.deepEqual(
    inputs.map(({ column, value, missing }) => [column, value, missing]),
    [
      [0, null, false],
      [1, 1, false],
      [2, 0, false],
      [2, 1, false],
      [2, 2, false],
      [3, null, false],
      [3, null, true],
      [4, null, false],
    ],
  );
  assert.deepEqual(
    ["x2", "x5", "x9", "x1^2"].map((feature) => columnOf(state, feature)),
    ["sex = male", "island = C", null, null],
  );
});

test("the figures of an axis differ, and are names where the values have some", () => {
  const [year, sex, island, , longitude] = run.columns.map((_, index) => inputAxis(state, index));
  assert.deepEqual(tickWords(year), ["2007", "2007.5", "2008", "2008.5", "2009"]);
  assert.equal(new Set(tickWords(longitude)).size, 5);
  assert.deepEqual(tickWords(sex), ["female", "male"]);
  assert.deepEqual(tickWords(island), ["A", "B", "C"]);
  const many = tickWords({ ...island, values: Array.from({ length: 20 }, (_, i) => `v${i}`) });
  assert.deepEqual(many.filter(Boolean), ["v0", "v3", "v6", "v9", "v12", "v15", "v18"]);
  assert.deepEqual(tickWords(inputAxis(none, 0)), ["−6", "−3", "0", "3", "6"]);
});

test("a place on an axis is a value in its own figures", () => {
  const [year, , island] = run.columns.map((_, index) => inputAxis(state, index));
  assert.equal(valueWords(year, valueAt(year, 0.5)), "2008");
  assert.equal(valueWords(island, 1.4), "B");
  assert.equal(valueWords(island, 9), "C");
});
