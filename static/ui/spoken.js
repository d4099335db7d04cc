/** The values of an epoch in words, for screen readers. */

import { fixed, loss, percent } from "../lib/format.js";
import { tested, validated } from "../state/accuracy.js";

/** @typedef {Pick<State, "history" | "points">} Measured */

/** @type {readonly ["test" | "training" | "validation", "test" | "train" | "validation"][]} */
const PARTS = [
  ["test", "test"],
  ["training", "train"],
  ["validation", "validation"],
];

/** The parts that have points. @param {Points | null} points */
const partsOf = (points) =>
  PARTS.filter(([part]) => part === "training" || (part === "test" ? tested : validated)(points));

/** @param {Measured} state @param {number} [row] the newest by default */
export function lossWords({ history, points }, row) {
  const words = partsOf(points).map(([part, name]) => `${part} loss ${loss(history.value(`${name}_loss`, row))}`);
  return [...words, ...(tested(points) ? [] : ["no test points"])].join(", ");
}

/** The accuracy, of a regression R². @param {Measured} state @param {number} [row] the newest by default */
export function accuracyWords({ history, points }, row) {
  const words = partsOf(points).flatMap(([part, name]) => {
    const value = history.value(`${name}_accuracy`, row);
    const fit = name === "validation" ? null : history.value(`${name}_r2`, row);
    if (value !== null) return [`${part} accuracy ${percent(value)} percent`];
    return fit === null ? [] : [`${part} R² ${fixed(fit, 2)}`];
  });
  return words.join(", ");
}
