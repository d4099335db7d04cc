/** Accuracy at a threshold, counted from the labels that the server predicted. */

import { describe } from "./derived.js";

/** Whether some points are kept for testing; otherwise figures are of the training points. @param {Points | null} points */
export const tested = (points) => points === null || points.split.includes("test");

/** Whether some points are kept for validation. @param {Points | null} points */
export const validated = (points) => points?.split.includes("validation") === true;

/** Whether the output is one probability, with a threshold for the label. @param {State} state */
export function takesThreshold(state) {
  const { task, output, classes } = describe(state);
  return task !== "regression" && output === "sigmoid" && classes <= 2;
}

/** The chosen threshold, or 0.5 where there is none to choose. @param {State} state */
export const thresholdOf = (state) => (takesThreshold(state) ? state.threshold : 0.5);

/**
 * The share of labels that are right, of one part of the points.
 * @param {Points} points
 * @param {(number | number[])[]} labels one per point; of several labels at once, a list
 * @param {"train" | "test"} part
 * @returns {number | null} null where the part has no points
 */
export function shareRight({ split, targets }, labels, part) {
  let right = 0;
  let all = 0;
  split.forEach((each, i) => {
    if (each !== part) return;
    const targeted = [targets[i]].flat();
    const predicted = [labels[i]].flat();
    all += targeted.length;
    right += targeted.filter((target, k) => target === predicted[k]).length;
  });
  return all ? right / all : null;
}
