/** What one traced pass is made of: its matrices by name, the order they are computed in, the scale they are shown in. */

/**
 * @typedef {(number | null)[][]} Matrix
 * @typedef {object} Layer as the API's trace gives it: a column an example
 * @property {string} activation
 * @property {Matrix} A_prev
 * @property {Matrix} W
 * @property {(number | null)[] | null} b
 * @property {Matrix} Z
 * @property {Matrix} A
 * @property {Matrix | null} D
 * @property {Matrix | null} slope
 * @property {Matrix | null} dA
 * @property {Matrix} dZ
 * @property {Matrix} dW
 * @property {(number | null)[] | null} db
 * @property {Matrix} dW_penalty
 * @property {Record<string, (number | null)[] | null>} mean
 * @property {{W: Matrix, b: (number | null)[] | null}} update
 *
 * @typedef {{epoch: number, batch: number, split: string, index: number | null, count: number, shown: number,
 *   examples: number[], inputs: number[][], targets: Matrix, loss: number | null, penalty: number | null,
 *   learning_rate: number, after: {loss: number | null, predicted_change: number | null}, fused: boolean, plain_step: boolean, layers: Layer[]}} Trace
 *
 * @typedef {"A0" | "W" | "b" | "Z" | "D" | "A" | "y" | "dA" | "dZ" | "dW" | "db" | "uW" | "ub"} Name
 * @typedef {{name: Name, layer: number}} Part layer counts from 0; A0 and y have those of their neighbour
 * @typedef {Part & {row: number, column: number}} Cell as the API writes it: W[to][from], Z[unit][example]
 * @typedef {Part & {row: number | null, column: number | null}} Strip null is all of them
 * @typedef {{index: number | null, factors: (number | null)[], value: number | null}} Term `index` of the example, input or unit
 * @typedef {object} Sum
 * @property {"sum" | "mean" | "share" | "function" | "difference" | "product" | "mask" | "given" | "step"} kind
 * @property {"example" | "input" | "unit" | "output"} over what its terms run over
 * @property {Part[]} heads what the factors are taken from
 * @property {Term[]} terms
 * @property {{count: number, value: number} | null} rest examples the answer does not list, taken together
 * @property {number | null} bias
 * @property {number | null} total of terms, rest and bias
 * @property {number | null} value
 * @property {Strip[]} from where its figures stand
 */

const BY_EXAMPLE = new Set(["A0", "Z", "D", "A", "y", "dA", "dZ"]);

/** Whether a matrix has one column an example. @param {Name} name */
export const byExample = (name) => BY_EXAMPLE.has(name);

/**
 * The figures of a matrix; null where there is none: no biases, or an infinite slope.
 * @param {Trace} trace @param {Part} part @returns {Matrix | null}
 */
export function figures(trace, { name, layer }) {
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

/**
 * The cell of a matrix with the largest figure; its first where all are 0.
 * @param {Trace} trace @param {Part} part @returns {Cell}
 */
export function strongest(trace, part) {
  const matrix = figures(trace, part) ?? [];
  const most = largest(matrix);
  const row = Math.max(
    0,
    matrix.findIndex((line) => line.some((value) => Math.abs(value ?? 0) === most)),
  );
  const column = matrix[row]?.findIndex((value) => Math.abs(value ?? 0) === most) ?? 0;
  return { ...part, row, column };
}

/**
 * The cell that says most of a layer: the largest gradient of its weights, or, where all are 0, the largest weighted sum.
 * @param {Trace} trace @param {number} layer
 */
export const telling = (trace, layer) =>
  strongest(trace, { name: largest(trace.layers[layer].dW) > 0 ? "dW" : "Z", layer });

/**
 * How far two passes' weights lie apart once the first one's update is added: 0 but for rounding when it was the step.
 * @param {Trace} before @param {Trace} after
 */
export function apart(before, after) {
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
  const beside = partner ? figures(trace, { ...part, name: partner }) : null;
  const all = [...(figures(trace, part) ?? []), ...(beside ?? [])];
  return { power: powerOf(all), largest: largest(all) };
}

/**
 * The power of ten that brings the largest figure of a matrix to a size that three decimals show: 0 for most.
 * @param {Matrix} matrix
 */
export function powerOf(matrix) {
  const most = largest(matrix);
  return most > 0 && (most < 0.05 || most >= 100) ? Math.floor(Math.log10(most * 1.0001)) : 0;
}

/** @param {Matrix} matrix */
export function largest(matrix) {
  let most = 0;
  for (const row of matrix) for (const value of row) most = Math.max(most, Math.abs(value ?? 0));
  return most;
}
