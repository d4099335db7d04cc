/** The equations of one layer, as the articles write them, with the shapes of what they multiply. */

import { short } from "../../lib/format.js";
import { make } from "../../ui/dom.js";
import { mathElement as m } from "../../ui/mathml.js";

/** @import {Layer, Trace} from "./types.js" */

const o = (/** @type {string} */ sign) => m("mo", sign);
/** A matrix with its layer. @param {string} letter @param {number} index */
const q = (letter, index) => m("msup", m("mi", letter), m("mn", String(index)));
/** A gradient. @param {string} letter @param {number} index */
const d = (letter, index) => {
  const upright = m("mi", "d");
  upright.setAttribute("mathvariant", "normal");
  return m("mrow", upright, q(letter, index));
};
/** @param {string} letter @param {number} index */
const transposed = (letter, index) => m("msup", m("mrow", o("("), q(letter, index), o(")")), m("mi", "T"));
const applied = (/** @type {string} */ f, /** @type {Node} */ to) => [m("mi", f), o("("), to, o(")")];
/** A function's name in a formula: its title, unless that would have brackets of its own. @param {string} title */
const named = (title) => (title.includes("(") ? "f" : title);

/**
 * The dropout of a layer that has it: the values of its mask, or why this pass has none.
 * @param {Layer} of @param {number} layer @param {State} state
 */
function dropoutOf(of, layer, state) {
  const p = state.config.network.hidden[layer]?.dropout ?? 0;
  if (!p) return [];
  const D = q("D", layer + 1);
  const fraction = m("mfrac", m("mn", "1"), m("mrow", m("mn", "1"), o("−"), m("mn", short(p))));
  const kept = short(1 / (1 - p), 4);
  const words = of.D
    ? `each cell is 0 with probability ${short(p)}, else this`
    : `Dropout is off in this pass. In the next mini-batch it sets each output to 0 with probability ${short(p)} and multiplies the others by ${kept}.`;
  return [
    of.D
      ? make("li", { "data-name": "D" }, [
          m("math", D, o("="), fraction, o("="), m("mn", kept)),
          make("span", { class: "label" }, [words]),
        ])
      : make("li", { class: "words" }, [make("span", { class: "label" }, [words])]),
  ];
}

/** @param {Trace} trace @param {number} layer @param {boolean} rows @param {string} title of the activation @param {State} state */
export function equationsOf(trace, layer, rows, title, state) {
  const of = trace.layers[layer];
  const l = layer + 1;
  const last = l === trace.layers.length;
  const [n, k, examples] = [of.W.length, of.W[0].length, trace.count];
  const shape = (/** @type {number} */ a, /** @type {number} */ b) => (rows ? `${b}×${a}` : `${a}×${b}`);
  const times = (/** @type {string} */ left, /** @type {string} */ right) => `${left} · ${right}`;
  const bias = of.b ? [o("+"), q("b", l)] : [];
  const A = q("A", layer);
  const fraction = m("mstyle", m("mfrac", m("mn", "1"), m("mi", "m")));
  fraction.setAttribute("displaystyle", "true");
  const dropout = of.D ? [o("⊙"), q("D", l)] : [];
  const fusing = last && trace.fused;

  /** @type {[name: string, nodes: Node[], words: string][]} */
  const lines = [
    rows
      ? ["Z", [q("Z", l), o("="), A, q("W", l), ...bias], times(shape(k, examples), shape(n, k))]
      : ["Z", [q("Z", l), o("="), q("W", l), A, ...bias], times(shape(n, k), shape(k, examples))],
    [
      "A",
      [q("A", l), o("="), ...applied(named(title), q("Z", l)), ...dropout],
      of.activation === "softmax" ? "by example" : named(title) === title ? "cell by cell" : `f: ${title}`,
    ],
  ];
  if (!last) {
    const next = trace.layers[l].W.length;
    lines.push(
      rows
        ? [
            "dA",
            [d("A", l), o("="), d("Z", l + 1), transposed("W", l + 1)],
            times(shape(next, examples), `${next}×${n}`),
          ]
        : [
            "dA",
            [d("A", l), o("="), transposed("W", l + 1), d("Z", l + 1)],
            times(`${n}×${next}`, shape(next, examples)),
          ],
    );
  } else if (of.dA) {
    lines.push([
      "dA",
      [d("A", l), o("="), m("mfrac", m("mrow", o("∂"), m("mi", "L")), m("mrow", o("∂"), q("A", l)))],
      "of each example",
    ]);
  }
  lines.push(
    fusing
      ? ["dZ", [d("Z", l), o("="), q("A", l), o("−"), m("mi", "y")], "cell by cell"]
      : [
          "dZ",
          [
            d("Z", l),
            o("="),
            d("A", l),
            ...(of.D ? [o("⊙"), q("D", l)] : []),
            o("⊙"),
            ...applied(`${named(title)}′`, q("Z", l)),
          ],
          "cell by cell",
        ],
    rows
      ? [
          "dW",
          [d("W", l), o("="), fraction, transposed("A", layer), d("Z", l)],
          times(`${k}×${examples}`, `${examples}×${n}`),
        ]
      : [
          "dW",
          [d("W", l), o("="), fraction, d("Z", l), transposed("A", layer)],
          times(`${n}×${examples}`, `${examples}×${k}`),
        ],
  );
  if (of.db)
    lines.push([
      "db",
      [d("b", l), o("="), m("mtext", `mean of the ${rows ? "rows" : "columns"} of\u00a0`), d("Z", l)],
      shape(n, 1),
    ]);

  const items = lines.map(([name, nodes, words]) =>
    make("li", { "data-name": name }, [m("math", ...nodes), make("span", { class: "label" }, [words])]),
  );
  return make("ul", { class: "equations" }, [...items, ...dropoutOf(of, layer, state)]);
}
