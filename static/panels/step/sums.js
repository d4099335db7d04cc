/** The sum behind each cell of a traced pass, with its numbers. */

import { sources, valuesOf } from "./pass-data.js";

/** @import {Cell, Name, Part, Sum, Term, Trace} from "./types.js" */

/** @param {(number | null | undefined)[]} values */
const product = (...values) =>
  values.some((value) => value === null || value === undefined)
    ? null
    : /** @type {number[]} */ (values).reduce((a, b) => a * b, 1);
const added = (/** @type {Term[]} */ terms) => terms.reduce((sum, term) => sum + (term.value ?? 0), 0);

/** The sum behind one cell, with its numbers. @param {Trace} trace @param {Cell} cell @returns {Sum} */
export function sumOf(trace, cell) {
  const { name, layer, row, column } = cell;
  const of = trace.layers[layer];
  const value = valuesOf(trace, cell)?.[row]?.[column] ?? null;
  /** @type {Sum} */
  const sum = { kind: "sum", over: "unit", heads: [], terms: [], rest: null, bias: null, total: null, value, from: [] };
  const parts = sources(trace, cell);
  const terms = (/** @type {number} */ count, /** @type {(k: number) => (number | null)[]} */ factors) =>
    Array.from({ length: count }, (_, index) => {
      const each = factors(index);
      return { index, factors: each, value: product(...each) };
    });
  const along = (/** @type {Part} */ part, /** @type {number | null} */ r, /** @type {number | null} */ c) => ({
    ...part,
    row: r,
    column: c,
  });
  if (name === "Z") {
    const [before, weights, bias] = parts;
    return {
      ...sum,
      over: layer ? "unit" : "input",
      heads: [before, weights],
      terms: terms(of.W[0].length, (k) => [of.A_prev[k][column], of.W[row][k]]),
      bias: of.b?.[row] ?? null,
      total: value,
      from: [along(before, null, column), along(weights, row, null), ...(of.b ? [along(bias, row, 0)] : [])],
    };
  }
  if (name === "A" && of.activation === "softmax") {
    // The trace holds only the shares A, so the exponentials are computed here to be shown.
    const zs = of.Z.map((z) => z[column] ?? 0);
    const most = Math.max(...zs);
    const shares = zs.map((z, index) => ({ index, factors: [z], value: Math.exp(z - most) }));
    return {
      ...sum,
      kind: "share",
      over: "output",
      heads: parts,
      terms: shares,
      total: added(shares),
      from: [along(parts[0], null, column)],
    };
  }
  if (name === "A") {
    const factors = [of.Z[row][column], of.D?.[row][column] ?? null];
    const terms = [{ index: null, factors, value }];
    return { ...sum, kind: "function", heads: parts, terms, from: [along(parts[0], row, column)] };
  }
  if (name === "dA" && layer < trace.layers.length - 1) {
    const next = trace.layers[layer + 1];
    return {
      ...sum,
      over: layer + 2 === trace.layers.length ? "output" : "unit",
      heads: parts,
      terms: terms(next.dZ.length, (k) => [next.dZ[k][column], next.W[k][row]]),
      total: value,
      from: [along(parts[0], null, column), along(parts[1], null, row)],
    };
  }
  if (name === "dA" || name === "dZ") {
    const kind = name === "dZ" && parts[0].name === "dA" ? "product" : "difference";
    const factors =
      kind === "product"
        ? [of.dA, of.slope, of.D].map((matrix) => matrix?.[row][column] ?? null)
        : [of.A[row][column], trace.targets[row]?.[column] ?? null];
    const from = parts.map((part) => along(part, row, column));
    return { ...sum, kind, heads: parts, terms: [{ index: null, factors, value }], from };
  }
  if (name === "dW" || name === "db") {
    const [before] = parts;
    const kept = name === "db" || of.dW[row][column] !== 0 || of.update.W[row][column] !== 0;
    const listed = terms(trace.shown, (j) => (name === "db" ? [of.dZ[row][j]] : [of.A_prev[column][j], of.dZ[row][j]]));
    const total = kept ? (value ?? 0) * trace.count : added(listed);
    const missing = trace.count - trace.shown;
    return {
      ...sum,
      kind: "mean",
      over: "example",
      heads: parts,
      terms: listed,
      rest: missing > 0 ? { count: missing, value: total - added(listed) } : null,
      total,
      from: name === "db" ? [along(before, row, null)] : [along(before, column, null), along(parts[1], row, null)],
    };
  }
  if (name === "D") return { ...sum, kind: "mask" };
  if (name === "A0" || name === "y") {
    const inputs = trace.inputs[column] ?? [];
    const given = inputs.map((each, index) => ({ index, factors: [], value: each }));
    return { ...sum, kind: "given", over: "input", terms: name === "A0" ? given : [] };
  }
  return { ...sum, kind: "step", ...stepOf(trace, cell) };
}

/** From a weight or bias to its next value: gradient, penalty's gradient, step. @param {Trace} trace @param {Cell} cell */
function stepOf(trace, { name, layer, row, column }) {
  const of = trace.layers[layer];
  const weight = name === "W" || name === "uW";
  const old = weight ? of.W[row][column] : (of.b?.[row] ?? null);
  const gradient = weight ? of.dW[row][column] : (of.db?.[row] ?? null);
  const penalty = weight ? of.dW_penalty[row][column] : 0;
  const step = weight ? of.update.W[row][column] : (of.update.b?.[row] ?? null);
  const parts = weight ? ["W", "dW", "uW"] : ["b", "db", "ub"];
  return {
    terms: [old, gradient, penalty, step].map((value, index) => ({ index, factors: [], value })),
    total: old === null || step === null ? null : old + step,
    from: parts.map((each) => ({ name: /** @type {Name} */ (each), layer, row, column: weight ? column : 0 })),
  };
}
