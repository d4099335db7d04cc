/** A configuration that trains on columns of a table, and the words for how a table was read. */

import { counted } from "../lib/format.js";
import { PLAIN } from "./dataset.js";

/** @typedef {"input" | "target" | "omitted"} Role */
/** @typedef {{roles: Role[], task: string, missing: string, scale: string, split: string, train: number, validation: number}} Choices */

/** @type {Record<string, string>} */
export const KINDS = {
  number: "number",
  binary: "yes or no",
  category: "category",
  date: "date",
  id: "identifier",
  text: "free text",
};

/** What a run makes of a table unless someone chooses otherwise. @param {TableDocument} table @returns {Choices} */
export const suggested = (table) => ({
  roles: table.columns.map(({ role }) => role),
  task: "auto",
  missing: "drop",
  scale: "standard",
  split: "stratified",
  train: 0.7,
  validation: 0,
});

/**
 * The roles after one column's changed. There is one target, unless it stands beside others of its kind and `several` are wanted.
 * @param {Role[]} roles @param {number} index @param {Role} role @param {boolean} several
 */
export const withRole = (roles, index, role, several) =>
  roles.map((other, i) => {
    if (i === index) return role;
    return role === "target" && other === "target" && !several ? "input" : other;
  });

/**
 * A configuration that trains on a table. Columns that the table suggests are not named, so that its link stays short.
 * @param {RunConfig} config @param {TableDocument} table @param {Choices} choices @returns {RunConfig}
 */
export function withTable(config, table, { roles, task, missing, scale, split, train, validation }) {
  const named = (/** @type {Role} */ role) => table.columns.filter((_, i) => roles[i] === role).map(({ name }) => name);
  const own = roles.some((role, i) => role !== table.columns[i].role);
  const targets = named("target");
  const { inputs: _, targets: __, formula: ___, ...rest } = { ...config.dataset, ...PLAIN };
  return {
    ...config,
    dataset: {
      ...rest,
      name: "table",
      table: table.id,
      inputs: own ? named("input") : null,
      targets: null,
      ...(own ? { target: targets.length === 1 ? targets[0] : targets } : {}),
      noise: 0,
      label_noise: 0,
      task,
      missing,
      scale,
      split,
      train_fraction: train,
      ...(validation ? { validation_fraction: validation } : {}),
    },
    features: "auto",
    network: { ...config.network, output: "auto" },
    training: { ...config.training, loss: "auto" },
  };
}

/** What keeps a table from being trained on as chosen; empty if nothing does. @param {Role[]} roles */
export function obstacle(roles) {
  if (!roles.includes("target")) return "Choose the column to predict: give one the role Target.";
  if (!roles.includes("input")) return "Leave at least one column as an input.";
  return "";
}

/** @type {Record<string, string>} */
const MARKS = {
  ",": "commas",
  ";": "semicolons",
  "\t": "tabs",
  "|": "pipes",
  " ": "spaces",
  whitespace: "runs of spaces",
};

/** How a file was read, as one line. @param {TableDocument} table */
export function dialectWords({ dialect }) {
  const { format, delimiter, decimal, thousands, header, encoding, skipped_lines: skipped } = dialect;
  return [
    String(format).toUpperCase(),
    delimiter && `separated by ${MARKS[delimiter] ?? delimiter}`,
    delimiter && (decimal === "," ? "decimal comma" : "decimal point"),
    thousands && `thousands marked by ${thousands === " " ? "spaces" : thousands}`,
    delimiter && (header ? "names in the first line" : "no line of names"),
    skipped ? `${counted(skipped, "line")} above it skipped` : "",
    encoding,
  ]
    .filter(Boolean)
    .join(" · ");
}

/** What is missing in the columns of a run. @param {TableDocument} table @param {Role[]} roles */
export function missingWords(table, roles) {
  const holes = table.columns.filter(({ missing }, i) => missing && roles[i] !== "omitted");
  if (!holes.length) return "";
  if (table.gaps) {
    const rows = table.gaps
      .filter(({ columns }) => columns.some((index) => roles[index] !== "omitted"))
      .reduce((sum, group) => sum + group.rows, 0);
    return `${rows.toLocaleString("en")} of ${counted(table.rows, "row")} ${rows === 1 ? "misses" : "miss"} a value`;
  }
  const cells = holes.reduce((sum, { missing }) => sum + missing, 0);
  const where = holes.length > 3 ? `${holes.length} columns` : holes.map(({ name }) => name).join(", ");
  return `${counted(cells, "cell")} without a value, in ${where}`;
}
