/** The matrices of a traced pass: by name, in the order of computation, with the scale they are shown in. */

/** @import {Cell, Matrix, Name, Part, Trace} from "./types.js" */

const BY_EXAMPLE = new Set(["A0", "Z", "D", "A", "y", "dA", "dZ"]);

/** Whether a matrix has one column per example. @param {Name} name */
export const byExample = (name) => BY_EXAMPLE.has(name);

/**
 * The values of a matrix; null where there are none: no biases, or an infinite gradient.
 * @param {Trace} trace @param {Part} part @returns {Matrix | null}
 */
export function valuesOf(trace, { name, layer }) {
  const of = trace.layers[layer];
  const column = (/** @type {(number | null)[] | null} */ values) => values?.map((value) => [value]) ?? null;
  switch (name) {
    case "A0":
      return trace.layers[0].A_prev;
    case "y":
      return trace.targets;
    case "b":
    case "db":
      return column(of[name]);
    case "uW":
      return of.update.W;
    case "ub":
      return column(of.update.b);
    default:
      return of[name];
  }
}

/** The matrices in the order in which a pass computes them. @param {Trace} trace @returns {Part[]} */
export function order(trace) {
  const last = trace.layers.length - 1;
  /** @type {Part[]} */
  const forward = trace.layers.flatMap((_, layer) => [
    { name: /** @type {Name} */ ("Z"), layer },
    { name: /** @type {Name} */ ("A"), layer },
  ]);
  /** @type {Part[]} */
  const backward = trace.layers.flatMap((of, layer) =>
    ["dA", "dZ", "dW", "db"]
      .filter((name) => (name !== "dA" || of.dA) && (name !== "db" || of.db))
      .map((name) => ({ name: /** @type {Name} */ (name), layer })),
  );
  backward.sort((a, b) => b.layer - a.layer);
  const steps = trace.layers.map((_, layer) => ({ name: /** @type {Name} */ ("uW"), layer }));
  return [{ name: "A0", layer: 0 }, ...forward, { name: "y", layer: last }, ...backward, ...steps];
}

/** What a matrix is computed from. @param {Trace} trace @param {Part} part @returns {Part[]} */
export function sources(trace, { name, layer }) {
  const last = layer === trace.layers.length - 1;
  /** @type {Part} */
  const before = layer ? { name: "A", layer: layer - 1 } : { name: "A0", layer: 0 };
  const at = (/** @type {Name[]} */ ...names) => names.map((each) => ({ name: each, layer }));
  /** @type {Name[]} */
  const mask = trace.layers[layer].D ? ["D"] : [];
  switch (name) {
    case "Z":
      return [before, ...at("W", "b")];
    case "A":
      return at("Z", ...mask);
    case "dA":
      return last
        ? at("A", "y")
        : [
            { name: "dZ", layer: layer + 1 },
            { name: "W", layer: layer + 1 },
          ];
    case "dZ":
      return last && trace.fused ? at("A", "y") : at("dA", "Z", ...mask);
    case "dW":
      return [before, ...at("dZ")];
    case "db":
      return at("dZ");
    case "uW":
      return at("dW", "db");
    default:
      return [];
  }
}

/** The cell of a matrix with the largest figure; its first where all are 0. @param {Trace} trace @param {Part} part @returns {Cell} */
export function strongest(trace, part) {
  const matrix = valuesOf(trace, part) ?? [];
  const most = largest(matrix);
  const row = Math.max(
    0,
    matrix.findIndex((line) => line.some((value) => Math.abs(value ?? 0) === most)),
  );
  const column = matrix[row]?.findIndex((value) => Math.abs(value ?? 0) === most) ?? 0;
  return { ...part, row, column };
}

/**
 * The cell opened first: the largest gradient of a layer's weights, or, where all are 0, the largest weighted sum.
 * @param {Trace} trace @param {number} layer
 */
export const mostTelling = (trace, layer) =>
  strongest(trace, { name: largest(trace.layers[layer].dW) > 0 ? "dW" : "Z", layer });

/**
 * The largest difference between the second pass's weights and the first one's after its update: 0 up to rounding if the run took that step.
 * @param {Trace} before @param {Trace} after
 */
export function weightDifference(before, after) {
  let most = 0;
  before.layers.forEach((of, layer) => {
    of.W.forEach((row, j) => {
      row.forEach((value, k) => {
        const expected = (value ?? 0) + (of.update.W[j][k] ?? 0);
        most = Math.max(most, Math.abs((after.layers[layer].W[j][k] ?? 0) - expected));
      });
    });
  });
  return most;
}

/** @type {Partial<Record<Name, Name>>} */
const PARTNERS = { W: "b", b: "W", dW: "db", db: "dW", uW: "ub", ub: "uW" };

/**
 * Power of ten and largest figure of a matrix; weights and their biases share one scale, as rows of one matrix.
 * @param {Trace} trace @param {Part} part
 */
export function scaleOf(trace, part) {
  const partner = PARTNERS[part.name];
  const beside = partner ? valuesOf(trace, { ...part, name: partner }) : null;
  const all = [...(valuesOf(trace, part) ?? []), ...(beside ?? [])];
  return { power: powerOf(all), largest: largest(all) };
}

/** The power of ten by which a matrix is scaled, so that three decimals show its largest figure: 0 for most. @param {Matrix} matrix */
export function powerOf(matrix) {
  const most = largest(matrix);
  return most > 0 && (most < 0.05 || most >= 100) ? Math.floor(Math.log10(most * 1.0001)) : 0;
}

export function largest(/** @type {Matrix} */ matrix) {
  let most = 0;
  for (const row of matrix) for (const value of row) most = Math.max(most, Math.abs(value ?? 0));
  return most;
}
