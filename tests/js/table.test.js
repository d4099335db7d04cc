import assert from "node:assert/strict";
import test from "node:test";
import { dialectWords, missingWords, obstacle, suggested, withRole, withTable } from "../../static/config/table.js";
import { decode, encode } from "../../static/url/codec.js";

const column = (name, role, more = {}) => ({
  name,
  role,
  kind: "number",
  missing: 0,
  distinct: 9,
  counts: [],
  ...more,
});
const TABLE = {
  id: "ab12",
  name: "birds.csv",
  rows: 344,
  task: "classification",
  columns: [
    column("length", "input", { missing: 2 }),
    column("island", "input", { kind: "category" }),
    column("year", "omitted", { missing: 9 }),
    column("kind", "target", { kind: "category", missing: 1 }),
  ],
  dialect: {
    format: "csv",
    delimiter: ";",
    decimal: ",",
    thousands: "",
    header: true,
    encoding: "windows-1252",
    skipped_lines: 2,
  },
  notes: [],
  preview: [],
  texts: [],
  gaps: [
    { columns: [0, 2], rows: 2 },
    { columns: [2], rows: 7 },
    { columns: [3], rows: 1 },
  ],
};
const DEFAULTS = {
  dataset: {
    name: "circle",
    samples: 500,
    noise: 0.2,
    label_noise: 0.1,
    train_fraction: 0.5,
    seed: 0,
    inputs: null,
    targets: null,
  },
  features: ["x1"],
  network: { hidden: [], output: "sigmoid" },
  training: { loss: "mse" },
};

test("columns that the table suggests are not named in the link", () => {
  const config = withTable(DEFAULTS, TABLE, suggested(TABLE));
  const link = encode(config, DEFAULTS);
  assert.match(link, /data=table/);
  assert.match(link, /table=ab12/);
  assert.doesNotMatch(link, /columns=|target=/);
  assert.equal(config.features, "auto");
  assert.equal(config.network.output, "auto");
  assert.deepEqual([config.dataset.noise, config.dataset.label_noise], [0, 0]);
});

test("chosen columns go through the link and back, whatever their names hold", () => {
  const strange = { ...TABLE, columns: TABLE.columns.map((each, i) => ({ ...each, name: `a,"b" & ${i}=ä` })) };
  const roles = withRole(suggested(strange).roles, 1, "omitted", false);
  const config = withTable(DEFAULTS, strange, { ...suggested(strange), roles, validation: 0.1 });
  assert.deepEqual(config.dataset.inputs, [strange.columns[0].name]);
  const back = decode(encode(config, DEFAULTS), DEFAULTS).dataset;
  for (const field of ["table", "inputs", "target", "task", "scale", "split", "missing", "validation_fraction"])
    assert.deepEqual(back[field], config.dataset[field], field);
});

test("rows of a link from before tables are still rows", () => {
  const old = decode("data=custom&rows=1_2;3_4&targets=0_1&task=classification", DEFAULTS);
  assert.deepEqual(old.dataset.inputs, [
    [1, 2],
    [3, 4],
  ]);
  assert.match(encode(old, DEFAULTS), /rows=1_2/);
  assert.doesNotMatch(encode(old, DEFAULTS), /columns=/);
});

test("a new target takes the place of the old one, unless several are wanted", () => {
  const { roles } = suggested(TABLE);
  assert.deepEqual(withRole(roles, 0, "target", false), ["target", "input", "omitted", "input"]);
  assert.deepEqual(withRole(roles, 0, "target", true), ["target", "input", "omitted", "target"]);
});

test("what keeps a table from being trained on is said", () => {
  assert.equal(obstacle(["input", "target"]), "");
  assert.match(obstacle(["input", "omitted"]), /Target/);
  assert.match(obstacle(["omitted", "target"]), /input/);
});

test("only holes in chosen columns are counted", () => {
  const { roles } = suggested(TABLE);
  assert.equal(missingWords(TABLE, roles), "3 of 344 rows miss a value");
  assert.equal(missingWords({ ...TABLE, gaps: null }, roles), "3 cells without a value, in length, kind");
  assert.equal(missingWords(TABLE, ["omitted", "input", "omitted", "omitted"]), "");
});

test("the dialect is said in words", () => {
  const words = dialectWords(TABLE);
  for (const part of ["CSV", "semicolons", "decimal comma", "names in the first line", "2 lines", "windows-1252"])
    assert.ok(words.includes(part), part);
});
