/** The change of the loss by the update: predicted by the gradient, measured, and their difference. */

import { fixed, loss as lossFigure, precise, scientific, short } from "../../lib/format.js";
import { make } from "../../ui/dom.js";
import { signedBar } from "./bars.js";

/** @import {Trace} from "./types.js" */

/** A change with its sign. @param {number} value */
const change = (value) => (value > 0 ? `+${precise(value)}` : precise(value));

/** @param {Trace} trace */
function compared({ loss, after }) {
  if (loss === null || after.loss === null || after.predicted_change === null) return null;
  const actual = after.loss - loss;
  const off = actual - after.predicted_change;
  const share = after.predicted_change ? Math.abs(off / after.predicted_change) : 0;
  return { loss, later: after.loss, actual, predicted: after.predicted_change, off, share };
}

/** Two bars on one scale. @param {number} predicted @param {number} actual */
function bars(predicted, actual) {
  const most = Math.max(Math.abs(predicted), Math.abs(actual), 1e-300);
  return [predicted, actual].map((value) => signedBar("span", value, most));
}

/** @param {{predicted: number, actual: number, off: number, share: number}} found */
function table({ predicted, actual, off, share }) {
  const [first, second] = bars(predicted, actual);
  const line = (/** @type {string} */ name, /** @type {string} */ figure, /** @type {Node[]} */ bar) =>
    make("div", {}, [make("dt", {}, [name]), make("dd", {}, [figure]), ...bar]);
  return make("dl", {}, [
    line("to first order", change(predicted), [first]),
    line("measured", change(actual), [second]),
    line("differs by", share ? `${short(100 * share, 2)} %` : change(off), []),
  ]);
}

/** The loss of a pass. @param {Trace} trace */
export const lossNodes = ({ loss, penalty, count }) => [
  make("h4", {}, ["Loss"]),
  make("p", { class: "label" }, [count === 1 ? "of this example" : `mean of ${count}`]),
  make("p", { class: "figure" }, [lossFigure(loss)]),
  ...(penalty ? [make("p", { class: "label" }, [`penalty ${lossFigure(penalty)}, not included`])] : []),
];

/** The change of the loss by the update of all layers. @param {Trace} trace */
export function changeNodes(trace) {
  const found = compared(trace);
  if (!found) return [];
  return [make("p", { class: "label" }, ["All layers’ updates change the loss by"]), table(found)];
}

/**
 * The outcome of an applied update.
 * @param {Trace} before the pass whose step the run took
 * @param {number} off largest difference of the run's weights from the predicted ones
 */
export function outcomeNodes(before, off) {
  const found = compared(before);
  const where = `Mini-batch ${before.batch + 1} of epoch ${before.epoch + 1}`;
  if (!found) return [make("p", {}, [`${where}: applied.`])];
  const exact = off === 0 ? "exactly" : `to ${scientific(off)}`;
  return [
    make("p", {}, [
      make("b", {}, [`${where}, applied. `]),
      `The loss of its ${before.count} examples went from ${fixed(found.loss, 4)} to ${fixed(found.later, 4)}. `,
      `The run’s weights are W + ΔW, ${exact}.`,
    ]),
    table(found),
  ];
}
