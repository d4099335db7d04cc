/** The explanation of each kind of cell: in words, and calculated with its figures. */

import { counted, precise, short } from "../../lib/format.js";
import { make } from "../../ui/dom.js";
import { mathml } from "../../ui/mathml.js";

/** @import {Cell, Explanation, Context, Sum, Trace} from "./types.js" */

/** @param {number | null | undefined} value */
export const figure = (value) => (value === null || value === undefined ? "not finite" : precise(value));
export const sign = (/** @type {string} */ text) => make("span", { class: "op" }, [text]);
const number = (/** @type {number | null | undefined} */ value) => make("b", {}, [figure(value)]);
const line = (/** @type {(Node | string)[]} */ ...parts) => make("p", { class: "line" }, parts);

/** The activation's own formula from the catalog. @param {Context} context @param {"formula" | "derivative_formula"} which */
function formula({ trace, cell, state }, which) {
  const name = trace.layers[cell.layer].activation;
  const entry = [...state.catalog.activations, ...state.catalog.outputs].find((each) => each.name === name);
  const text = /** @type {any} */ (entry)?.[which];
  return text ? [make("p", { class: "line" }, [mathml(text)])] : [];
}

/** A factor of the dropout mask, where there is one. @param {number | null | undefined} D */
const dropped = (D) =>
  D === null || D === undefined ? [] : [sign("×"), number(D), D ? " (dropout keeps it)" : " (dropout drops it)"];

/** Whether a cell belongs to a link that is cut. @param {Context} context */
const isCut = ({ cell, state }) =>
  ["W", "dW", "uW"].includes(cell.name) && state.masks[cell.layer]?.[cell.row]?.[cell.column] === false;

/** The next value of a weight or bias, in one line. @param {Context} context */
function nextValue({ trace, cell, sum }) {
  const of = trace.layers[cell.layer];
  const weight = cell.name === "dW";
  const old = weight ? of.W[cell.row][cell.column] : (of.b?.[cell.row] ?? 0);
  const step = (weight ? of.update.W[cell.row][cell.column] : of.update.b?.[cell.row]) ?? 0;
  const penalty = weight ? of.dW_penalty[cell.row][cell.column] : 0;
  const by =
    trace.plain_step && !penalty
      ? [sign("−"), `${short(trace.learning_rate, 3)} × ${figure(sum.value)}`]
      : [sign(step < 0 ? "−" : "+"), figure(Math.abs(step))];
  return line(weight ? "new weight " : "new bias ", figure(old), ...by, sign("="), number((old ?? 0) + step));
}

/** A gradient at the output: the difference to the target, by the slope of the loss. @param {Context} context @returns {Explanation} */
function difference({ trace, cell, sum, loss, state }) {
  const [a, b] = sum.terms[0].factors;
  const gap = [figure(a), sign("−"), figure(b)];
  const outputs = trace.targets.length;
  const equals = [sign("="), number(sum.value)];
  if (cell.name === "dZ")
    return {
      words: "the slopes of cross-entropy and of the activation cancel: output less target",
      body: [line(...gap, ...equals)],
    };
  if (loss === "cross_entropy" && trace.layers[cell.layer].activation === "softmax")
    return { words: "the slope of −y log A", body: [line("− ", figure(b), sign("÷"), figure(a), ...equals)] };
  if (loss === "cross_entropy")
    return {
      words: "the slope of cross-entropy: (A − y) ÷ (A (1 − A))",
      body: [line("(", ...gap, ")", sign("÷"), `(${figure(a)} × ${figure(1 - (a ?? 0))})`, ...equals)],
    };
  if (loss === "mse")
    return {
      words: "the slope of the squared error, a mean over the outputs",
      body: [line(outputs > 1 ? `2 ÷ ${outputs}` : "2", sign("×"), "(", ...gap, ")", ...equals)],
    };
  if (loss === "half_squared_error")
    return { words: "the slope of half the squared error", body: [line("(", ...gap, ")", ...equals)] };
  const entry = state.catalog.losses.find((each) => each.name === loss);
  return { words: `the slope of the loss, ${entry?.title ?? loss}`, body: [line("slope", ...equals)] };
}

/** From a weight or bias to its next value. @param {Context} context @returns {Explanation} */
function step(context) {
  const { trace, sum, state } = context;
  const words = "its value after the next step";
  if (isCut(context)) return { words, body: [line("This link is cut and stays at 0.")] };
  const [old, gradient, penalty, by] = sum.terms.map((term) => term.value);
  const rate = short(trace.learning_rate, 3);
  const entry = state.catalog.optimizers.find((each) => each.name === state.config.training.optimizer.name);
  const pulled = penalty ? [sign("+"), figure(penalty), " of the penalty"] : [];
  return {
    words,
    body: [
      line("gradient ", figure(gradient), ...pulled),
      trace.plain_step
        ? line("step ", sign("−"), `${rate} × ${penalty ? "their sum" : figure(gradient)}`, sign("="), figure(by))
        : line(`step of ${entry?.title ?? "the optimizer"} at rate ${rate}`, sign("="), figure(by)),
      line(figure(old), sign((by ?? 0) < 0 ? "−" : "+"), figure(Math.abs(by ?? 0)), sign("="), number(sum.total)),
    ],
  };
}

/** @type {Record<Sum["kind"], (context: Context) => Explanation>} */
export const EXPLANATIONS = {
  sum: ({ cell, sum, table }) => ({
    words:
      cell.name === "Z"
        ? `the weighted sum of the inputs${sum.bias === null ? "" : ", and the bias"}`
        : "the gradient of each unit after it, times the weight to it",
    body: [table(), line("sum ", sign("="), number(sum.value))],
  }),
  mean: (context) => {
    const { trace, cell, sum, table } = context;
    const over = counted(trace.count, "example");
    const mean = isCut(context)
      ? line("The link is cut: its gradient counts as 0.")
      : line("sum ", figure(sum.total), sign("÷"), String(trace.count), sign("="), number(sum.value));
    return {
      words: cell.name === "db" ? `the mean of dZ over ${over}` : `the mean over ${over} of input times dZ`,
      body: [table(), mean, nextValue(context)],
    };
  },
  share: ({ cell, sum, table }) => ({
    words: "softmax: its share of the sum over all outputs",
    body: [
      table(),
      line(figure(sum.terms[cell.row]?.value), sign("÷"), figure(sum.total), sign("="), number(sum.value)),
    ],
  }),
  function: (context) => {
    const [z, D] = context.sum.terms[0].factors;
    const worked = line(`${context.title}(`, figure(z), ")", ...dropped(D), sign("="), number(context.sum.value));
    return { words: `${context.title}, cell by cell`, body: [...formula(context, "formula"), worked] };
  },
  product: (context) => {
    const [dA, slope, D] = context.sum.terms[0].factors;
    const equals = [sign("="), number(context.sum.value)];
    return {
      words: `the gradient of the output times the slope of ${context.title}`,
      body: [
        ...formula(context, "derivative_formula"),
        line(figure(dA), ...dropped(D), sign("×"), figure(slope), ...equals),
      ],
    };
  },
  difference,
  step,
  mask: ({ cell, sum, state }) => {
    const p = state.config.network.hidden[cell.layer]?.dropout ?? 0;
    return {
      words: `drawn again for each mini-batch: 0 with probability ${short(p)}`,
      body: [
        sum.value
          ? line(
              "kept: 1",
              sign("÷"),
              `(1 − ${short(p)})`,
              sign("="),
              number(sum.value),
              ", so that the mean is unchanged",
            )
          : line("dropped: the unit counts as ", number(sum.value), " for this example"),
      ],
    };
  },
  given: ({ cell, sum, source }) =>
    cell.name === "y"
      ? { words: "given with the data", body: [line("target", sign("="), number(sum.value))] }
      : {
          words: "a feature of the point",
          body: [
            line("point (", sum.terms.map((term) => figure(term.value)).join(", "), ")"),
            line(source(cell.row), sign("="), number(sum.value)),
          ],
        },
};
