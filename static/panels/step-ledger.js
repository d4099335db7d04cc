/** The sum behind one cell: its terms as a ledger with bars, and what comes of them. */

import { counted, precise, short } from "../lib/format.js";
import { plain } from "../lib/passes.js";
import { describe } from "../lib/problem.js";
import { sumOf } from "../lib/sums.js";
import { signedColour } from "../palette.js";
import { make } from "../views/dom.js";
import { mathml } from "../views/mathml.js";
import { featureName } from "../views/names.js";
import { STRENGTH } from "./step-matrix.js";
import { quantity } from "./step-sheet.js";

/** @typedef {import("../lib/passes.js").Cell} Cell */
/** @typedef {import("../lib/passes.js").Sum} Sum */
/** @typedef {import("../lib/passes.js").Trace} Trace */

/** @param {number | null | undefined} value */
const figure = (value) => {
  if (value === null || value === undefined) return "not finite";
  return precise(value);
};
const PARTED = new Set(["W", "dW", "uW"]);

/**
 * @param {Trace} trace
 * @param {Cell} cell
 * @param {import("../store.js").State} state
 * @param {string[]} titles of the activations
 * @param {import("../palette.js").Palette} colours
 */
export function ledgerOf(trace, cell, state, titles, colours) {
  const sum = sumOf(trace, cell);
  const { features, loss } = describe(state.catalog, state.config);
  const last = cell.layer === trace.layers.length - 1;
  const unit = last ? "output" : "unit";
  const example = (/** @type {number} */ j) => `example ${(trace.examples[j] ?? 0) + 1}`;
  const sign = (/** @type {Node | string} */ text) => make("span", { class: "op" }, [text]);
  const number = (/** @type {number | null | undefined} */ value) => make("b", {}, [figure(value)]);
  const line = (/** @type {(Node | string)[]} */ ...parts) => make("p", { class: "line" }, parts);

  /** @param {number} k */
  function source(k) {
    const name = cell.layer ? null : features[k];
    return name ? make("span", {}, featureName(name)) : `unit ${k + 1}`;
  }

  /** @returns {(Node | string)[]} */
  function where() {
    if (PARTED.has(cell.name)) return ["from ", source(cell.column), ` to ${unit} ${cell.row + 1}`];
    if (cell.name.endsWith("b")) return [`${unit} ${cell.row + 1}`];
    if (cell.name === "A0") return [`${example(cell.column)}, input `, source(cell.row)];
    return [`${example(cell.column)}, ${unit} ${cell.row + 1}`];
  }

  const terms = { example, input: source, unit: source, output: (/** @type {number} */ k) => `output ${k + 1}` };
  /** What a term is called. @param {number} index */
  const called = (index) =>
    cell.name === "dA" ? (sum.over === "output" ? `output ${index + 1}` : `unit ${index + 1}`) : terms[sum.over](index);

  /** @returns {HTMLElement} */
  function table() {
    const most = Math.max(...sum.terms.map((term) => Math.abs(term.value ?? 0)), Math.abs(sum.bias ?? 0), 1e-300);
    const two = sum.heads.length > 1;
    const share = sum.kind === "share";
    const bar = (/** @type {number | null} */ value) => {
      const mark = make("i", { class: (value ?? 0) < 0 ? "negative" : "positive" });
      mark.style.width = `${(50 * Math.abs(value ?? 0)) / most}%`;
      return make("td", { class: "bar", "aria-hidden": "true" }, [mark]);
    };
    const head = (/** @type {(Node | string)[]} */ content) => make("th", { scope: "col" }, content);
    const product = share
      ? [make("span", { class: "symbol" }, ["e", make("sup", {}, ["Z − max"])])]
      : [two ? "product" : ""];
    const heads = make("tr", {}, [
      make("td"),
      head([quantity(sum.heads[0])]),
      ...(two ? [head([quantity(sum.heads[1])])] : []),
      ...(two || share ? [head(product)] : []),
      make("td"),
    ]);
    const largest = sum.heads.map((_, i) =>
      Math.max(...sum.terms.map((term) => Math.abs(term.factors[i] ?? 0)), 1e-300),
    );
    const tinted = (/** @type {number | null} */ value, /** @type {number} */ full, times = false, equals = false) => {
      const shown = make("span", { class: "tint" }, [figure(value)]);
      shown.style.backgroundColor = signedColour(colours, (STRENGTH * (value ?? 0)) / full);
      return make("td", {}, [times ? sign("×") : "", equals ? sign("=") : "", shown]);
    };
    const rows = sum.terms.map((term) =>
      make("tr", {}, [
        make("th", { scope: "row" }, [called(term.index ?? 0)]),
        ...term.factors.map((factor, i) => tinted(factor, largest[i], i > 0)),
        ...(two || share ? [tinted(term.value, most, false, two)] : []),
        bar(term.value),
      ]),
    );
    const span = String(two ? 3 : 1);
    const other = (/** @type {string} */ name, /** @type {number} */ value) =>
      make("tr", {}, [
        make("th", { scope: "row" }, [name]),
        make("td", { colspan: span }, [figure(value)]),
        bar(value),
      ]);
    if (sum.bias !== null) rows.push(other("bias", sum.bias));
    if (sum.rest) rows.push(other(`the other ${sum.rest.count}`, sum.rest.value));
    return make("div", { class: "terms", tabindex: "0", role: "group", "aria-label": "Terms" }, [
      make("table", {}, [make("thead", {}, [heads]), make("tbody", {}, rows)]),
    ]);
  }

  /** The activation's own formula from the catalog. @param {boolean} slope */
  function formula(slope) {
    const name = trace.layers[cell.layer].activation;
    const entry = [...state.catalog.activations, ...state.catalog.outputs].find((each) => each.name === name);
    const text = slope ? /** @type {any} */ (entry)?.derivative_formula : entry?.formula;
    return text ? [make("p", { class: "line" }, [mathml(text)])] : [];
  }

  const dropped = (/** @type {number | null | undefined} */ D) =>
    D === null || D === undefined ? [] : [sign("×"), number(D), D ? " (dropout keeps it)" : " (dropout drops it)"];

  /** @returns {[words: string, body: (Node | string)[]]} */
  function told() {
    const [first] = sum.terms;
    const title = titles[cell.layer];
    const [a, b, d] = first?.factors ?? [];
    const outputs = trace.targets.length;
    switch (sum.kind) {
      case "sum":
        return [
          cell.name === "Z"
            ? `the weighted sum of what comes in${sum.bias === null ? "" : ", and the bias"}`
            : "what each unit after it says, by the weight to it",
          [table(), line("sum ", sign("="), number(sum.value))],
        ];
      case "mean":
        return [
          cell.name === "db"
            ? `the mean of dZ over ${counted(trace.count, "example")}`
            : `the mean over ${counted(trace.count, "example")} of what came in times dZ`,
          [
            table(),
            ...(cell.name === "dW" && sum.value === 0 && Math.abs(sum.total ?? 0) > 1e-12
              ? [line("The link is cut: its gradient counts as 0.")]
              : [line("sum ", figure(sum.total), sign("÷"), String(trace.count), sign("="), number(sum.value))]),
            ...becomes(),
          ],
        ];
      case "share":
        return [
          "softmax: its share of the sum over all outputs",
          [
            table(),
            line(figure(sum.terms[cell.row]?.value), sign("÷"), figure(sum.total), sign("="), number(sum.value)),
          ],
        ];
      case "function":
        return [
          `${title}, cell by cell`,
          [...formula(false), line(`${title}(`, figure(a), ")", ...dropped(b), sign("="), number(sum.value))],
        ];
      case "product":
        return [
          `the gradient of the output times the slope of ${title}`,
          [
            ...formula(true),
            b === null
              ? line(figure(a), ", so that the slope does not matter", sign("="), number(sum.value))
              : line(figure(a), ...dropped(d), sign("×"), figure(b), sign("="), number(sum.value)),
          ],
        ];
      case "difference": {
        const gap = [figure(a), sign("−"), figure(b)];
        if (cell.name === "dZ")
          return [
            "cross-entropy's slope and the activation's cancel: what it said less the target",
            [line(...gap, sign("="), number(sum.value))],
          ];
        if (loss === "cross_entropy" && trace.layers[cell.layer].activation === "softmax")
          return ["the slope of −y log A", [line("− ", figure(b), sign("÷"), figure(a), sign("="), number(sum.value))]];
        if (loss === "cross_entropy")
          return [
            "the slope of cross-entropy: (A − y) ÷ (A (1 − A))",
            [
              line(
                "(",
                ...gap,
                ")",
                sign("÷"),
                `(${figure(a)} × ${figure(1 - (a ?? 0))})`,
                sign("="),
                number(sum.value),
              ),
            ],
          ];
        return [
          loss === "mse"
            ? "the slope of the squared error, a mean over the outputs"
            : "the slope of half the squared error",
          [
            line(
              ...(loss === "mse" ? [outputs > 1 ? `2 ÷ ${outputs}` : "2", sign("×")] : []),
              "(",
              ...gap,
              ")",
              sign("="),
              number(sum.value),
            ),
          ],
        ];
      }
      case "step":
        return ["what the next step makes of it", stepped()];
      default:
        return cell.name === "y"
          ? ["given with the data", [line("target", sign("="), number(sum.value))]]
          : [
              "a feature of the point",
              [
                line("point (", sum.terms.map((term) => figure(term.value)).join(", "), ")"),
                line(source(cell.row), sign("="), number(sum.value)),
              ],
            ];
    }
  }

  /** A weight's or bias's way to its next value, as lines. */
  function stepped() {
    const [old, gradient, penalty, step] = sum.terms.map((term) => term.value);
    const rate = short(trace.learning_rate, 3);
    const entry = state.catalog.optimizers.find((each) => each.name === state.config.training.optimizer.name);
    const cut = PARTED.has(cell.name) && state.masks[cell.layer]?.[cell.row]?.[cell.column] === false;
    if (cut) return [line("This link is cut and stays at 0.")];
    const pulled = penalty ? [sign("+"), figure(penalty), " of the penalty"] : [];
    return [
      line("gradient ", figure(gradient), ...pulled),
      plain(trace)
        ? line("step ", sign("−"), `${rate} × ${penalty ? "their sum" : figure(gradient)}`, sign("="), figure(step))
        : line(`step of ${entry?.title ?? "the optimizer"} at rate ${rate}`, sign("="), figure(step)),
      line(figure(old), sign((step ?? 0) < 0 ? "−" : "+"), figure(Math.abs(step ?? 0)), sign("="), number(sum.total)),
    ];
  }

  /** What a gradient does to its weight, in one line. */
  function becomes() {
    const of = trace.layers[cell.layer];
    const weight = cell.name === "dW";
    const old = weight ? of.W[cell.row][cell.column] : (of.b?.[cell.row] ?? 0);
    const step = (weight ? of.update.W[cell.row][cell.column] : of.update.b?.[cell.row]) ?? 0;
    const penalty = weight ? of.dW_penalty[cell.row][cell.column] : 0;
    const by =
      plain(trace) && !penalty
        ? [sign("−"), `${short(trace.learning_rate, 3)} × ${figure(sum.value)}`]
        : [sign(step < 0 ? "−" : "+"), figure(Math.abs(step))];
    return [line(weight ? "new weight " : "new bias ", figure(old), ...by, sign("="), number((old ?? 0) + step))];
  }

  const [words, body] = told();
  return {
    from: sum.from,
    nodes: [
      make("div", { class: "head-of" }, [
        make("h3", {}, [quantity(cell), " ", make("span", { class: "where" }, where())]),
        make("p", { class: "sub" }, [words]),
      ]),
      ...body,
    ],
  };
}
