/** The changes made during a run, as labels of their epochs on the curves. */

import { short } from "../lib/format.js";

/** @typedef {{epoch: number, batch: number, training?: Record<string, any>, edits?: Record<string, number>[],
 *   cut?: unknown[], restore?: unknown[]}} Change */

function captionOf(/** @type {Change} */ change) {
  const { training } = change;
  const words = [];
  if (training?.learning_rate !== undefined) words.push(`rate ${short(training.learning_rate)}`);
  if (training?.batch_size !== undefined)
    words.push(training.batch_size === null ? "batch all" : `batch ${training.batch_size}`);
  if (training?.regularizer?.rate !== undefined) words.push(`penalty ${short(training.regularizer.rate)}`);
  if (change.cut?.length) words.push(change.cut.length === 1 ? "link cut" : "links cut");
  if (change.restore?.length) words.push("link restored");
  if (change.edits?.length) words.push("bias" in (change.edits[0] ?? {}) ? "bias edited" : "weight edited");
  return words.join(", ");
}

/** What changed the curve, from epoch 1 on; pace and stop rules do not. @param {any[]} changes of a Run @returns {Mark[]} */
export function marksOf(changes) {
  return changes
    .map((change) => ({ epoch: change.epoch, words: captionOf(change) }))
    .filter((mark) => mark.words && mark.epoch > 0);
}
