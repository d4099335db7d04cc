/** Reads pasted rows of numbers: CSV with any common separator, or JSON. */

/** An error in the pasted text, as the dialog shows it. */
export class Unreadable extends Error {}

/** @typedef {{columns: string[], rows: (number | string)[][], targets?: number}} Table `targets`: how many of the last columns are targets, where the text defines it */

/** @param {string} text @returns {Table} */
export function parseTable(text) {
  const plain = text.trim();
  if (!plain) throw new Unreadable("Paste rows of numbers first, one example a line.");
  const table = /^[[{]/.test(plain) ? fromJson(plain) : fromText(plain);
  const width = table.columns.length;
  table.rows.forEach((row, i) => {
    if (row.length !== width)
      throw new Unreadable(`Row ${i + 1} has ${row.length} columns, the first has ${width}. Give every row the same.`);
  });
  if (width < 2) throw new Unreadable("One column is not enough: at least one input and the target are needed.");
  if (table.rows.length < 2) throw new Unreadable("One row is not enough to learn from: give at least two.");
  return table;
}

/** @param {string} text @returns {Table} */
function fromText(text) {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() && !line.startsWith("#"));
  const separator = ["\t", ";", ","].find((each) => lines[0].includes(each)) ?? /\s+/;
  const rows = lines.map((line) => line.trim().split(separator).map(cell));
  const [first] = rows;
  const named = first.length > 1 && first.every((value) => typeof value === "string" && value !== "");
  return named
    ? { columns: first.map(String), rows: rows.slice(1) }
    : { columns: first.map((_, i) => `column ${i + 1}`), rows };
}

function cell(/** @type {string} */ text) {
  const plain = text.trim().replace(/^"(.*)"$/, "$1");
  return plain !== "" && Number.isFinite(Number(plain)) ? Number(plain) : plain;
}

/** @param {string} text @returns {Table} */
function fromJson(text) {
  /** @type {any} */
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Unreadable(`This begins like JSON but is not valid: ${/** @type {Error} */ (error).message}.`);
  }
  const targets = Array.isArray(value?.targets) ? [value.targets[0]].flat().length : undefined;
  if (Array.isArray(value?.inputs) && targets)
    value = value.inputs.map((/** @type {unknown} */ row, /** @type {number} */ i) => [row, value.targets[i]].flat());
  if (!Array.isArray(value) || !value.length)
    throw new Unreadable("Give a JSON list of rows: [[1, 2, 0], …] or [{…}, …].");
  const [first] = value;
  if (Array.isArray(first))
    return { columns: first.map((_, i) => `column ${i + 1}`), rows: value, ...(targets ? { targets } : {}) };
  const columns = Object.keys(Object(first));
  return { columns, rows: value.map((row) => columns.map((name) => Object(row)[name] ?? "")) };
}

/**
 * The columns that hold nothing but 0 and 1, at the end of a table: its labels, where there are several.
 * @param {Table} table
 * @returns {number[]} at least one input is left
 */
export function labelColumns({ columns, rows, targets }) {
  if (targets) return columns.map((_, column) => column).slice(-targets);
  const last = columns.findLastIndex((_, column) => rows.some((row) => row[column] !== 0 && row[column] !== 1));
  return columns.map((_, column) => column).slice(Math.max(1, last + 1));
}

/**
 * Inputs and targets of a table, ready to be trained on.
 * @param {Table} table
 * @param {number[]} chosen the columns of the targets; a classification has one
 * @param {string} task
 * @param {boolean} fit whether each input is stretched to -5..5
 * @returns {{inputs: number[][], targets: (number | number[])[], names: string[]}} names of the classes, or of the
 * labels
 */
export function examplesOf({ columns, rows }, chosen, task, fit) {
  if (!chosen.length) throw new Unreadable("Choose at least one column that the network is to predict.");
  if (chosen.length === columns.length) throw new Unreadable("Leave at least one column as an input.");
  const targets = new Set(chosen);
  const inputs = rows.map((row, i) =>
    row.flatMap((value, column) => (targets.has(column) ? [] : [figure(value, i, columns[column])])),
  );
  if (fit) stretch(inputs);
  if (task === "classification") return { inputs, ...classesOf(rows, chosen[0], columns[chosen[0]]) };
  const vectors = rows.map((row, i) => chosen.map((column) => figure(row[column], i, columns[column])));
  if (task === "regression") return { inputs, targets: chosen.length === 1 ? vectors.flat() : vectors, names: [] };
  vectors.forEach((vector, i) => {
    const wrong = vector.findIndex((value) => value !== 0 && value !== 1);
    if (wrong >= 0)
      throw new Unreadable(
        `Row ${i + 1}, ${columns[chosen[wrong]]}: ${vector[wrong]} is neither 0 nor 1, as a label is.`,
      );
  });
  return { inputs, targets: vectors, names: chosen.map((column) => columns[column]) };
}

/** @param {Table["rows"]} rows @param {number} column @param {string} name */
function classesOf(rows, column, name) {
  const cells = rows.map((row) => row[column]);
  const names = [...new Set(cells)].sort((a, b) =>
    typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b)),
  );
  if (names.length > 10)
    throw new Unreadable(`${name} has ${names.length} different values: a classification takes 10 at most.`);
  if (names.length < 2)
    throw new Unreadable(`${name} is the same in every row: a classification needs at least two values.`);
  return { targets: cells.map((value) => names.indexOf(value)), names: names.map(String) };
}

/** @param {unknown} value @param {number} row @param {string} column */
function figure(value, row, column) {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new Unreadable(`Row ${row + 1}, ${column}: “${value}” is no number.`);
}

function stretch(/** @type {number[][]} */ inputs) {
  for (let column = 0; column < inputs[0].length; column++) {
    const values = inputs.map((row) => row[column]);
    const low = Math.min(...values);
    const span = Math.max(...values) - low || 1;
    for (const row of inputs) row[column] = Number((((row[column] - low) / span) * 10 - 5).toPrecision(6));
  }
}
