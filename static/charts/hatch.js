/** Hatching where a loss is not a number, because it overflowed or the run diverged. */

import { tested } from "../state/accuracy.js";

/** The epoch at which a picture of the run ends: some room beyond the last where it diverged. @param {State} state */
export const reach = ({ history, run }) =>
  run?.state === "diverged" ? Math.ceil(history.lastEpoch * 1.05) + 1 : history.lastEpoch;

/** Spans of epochs without a loss. @param {State} state @returns {[number, number][]} */
export function missing(state) {
  const { history } = state;
  const spans = history.gaps(tested(state.points) ? "test_loss" : "train_loss");
  if (state.run?.state === "diverged") spans.push([Math.max(0, history.lastEpoch), reach(state)]);
  return spans;
}

/** @param {CanvasRenderingContext2D} context @param {[number, number, number, number]} box left, top, right, bottom @param {string} colour */
export function hatch(context, [left, top, right, bottom], colour) {
  context.save();
  context.beginPath();
  context.rect(left, top, right - left, bottom - top);
  context.clip();
  context.beginPath();
  for (let x = left - (bottom - top); x < right; x += 6) {
    context.moveTo(x, bottom);
    context.lineTo(x + bottom - top, top);
  }
  context.lineWidth = 1;
  context.strokeStyle = colour;
  context.stroke();
  context.restore();
}
