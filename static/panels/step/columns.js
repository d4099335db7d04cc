/** The columns of a layer on the sheet: a quantity with its gradient below, and signs between the columns. */

/** @import {Column, Name, Part, Trace} from "./types.js" */

/**
 * @param {Trace} trace @param {number} layer
 * @param {boolean} rows whether rows are examples
 * @param {boolean} alone whether the layer's inputs are among them, as they always are for the first layer
 * @returns {Column[]}
 */
export function columnsOf(trace, layer, rows, alone) {
  const of = trace.layers[layer];
  const at = (/** @type {Name[]} */ ...names) => names.map((name) => ({ name, layer }));
  const matrices = (/** @type {Part[]} */ forward, /** @type {Part[]} */ backward) => [
    { layer, forward, backward, sign: "", back: "", named: null },
  ];
  const sign = (/** @type {string} */ forward, back = "", /** @type {Part | null} */ named = null) => [
    { layer, forward: [], backward: [], sign: forward, back, named },
  ];
  /** @type {Part} */
  const before = layer ? { name: "A", layer: layer - 1 } : { name: "A0", layer: 0 };
  const shown = alone || !layer;
  const arrives = layer ? "←" : "";
  const incoming = shown ? matrices([before], layer ? [{ name: "dA", layer: layer - 1 }] : []) : [];
  const bias = of.b !== null;
  const product = rows
    ? [...incoming, ...sign("×", arrives), ...matrices(at("W", ...names(bias, "b")), at("dW", ...names(bias, "db")))]
    : [
        ...(shown ? [] : sign("", arrives)),
        ...matrices(at("W"), at("dW")),
        ...sign("×", shown ? arrives : "", shown ? null : before),
        ...incoming,
        ...(bias ? [...sign("+"), ...matrices(at("b"), at("db"))] : []),
      ];
  const mask = of.D ? [...matrices(at("D"), []), ...sign("=")] : [];
  const output = layer === trace.layers.length - 1 ? [...sign("", of.dA ? "←" : ""), ...matrices(at("y"), [])] : [];
  return [
    ...product,
    ...sign("=", "←"),
    ...matrices(at("Z"), at("dZ")),
    ...sign(of.D ? "→ ⊙" : "→", of.dA ? "←" : ""),
    ...mask,
    ...matrices(at("A"), at("dA")),
    ...output,
  ];
}

/** @param {boolean} there @param {Name} name @returns {Name[]} */
const names = (there, name) => (there ? [name] : []);
