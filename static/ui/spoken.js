/** The values of an epoch in words, for screen readers. */

import { fixed, loss, percent } from "../lib/format.js";
import { tested } from "../state/accuracy.js";

/** @typedef {Pick<State, "history" | "points">} Measured */

/** @param {Measured} state @param {number} [row] the newest by default */
export function lossWords({ history, points }, row) {
  const training = `training loss ${loss(history.value("train_loss", row))}`;
  return tested(points)
    ? `test loss ${loss(history.value("test_loss", row))}, ${training}`
    : `${training}, no test points`;
}

/** The accuracy, of a regression R². @param {Measured} state @param {number} [row] the newest by default */
export function accuracyWords({ history, points }, row) {
  const words = /** @type {const} */ ([
    ["test", "test_accuracy"],
    ["training", "train_accuracy"],
  ])
    .filter(([part]) => part === "training" || tested(points))
    .flatMap(([part, name]) => {
      const value = history.value(name, row);
      const fit = history.value(name === "test_accuracy" ? "test_r2" : "train_r2", row);
      if (value !== null) return [`${part} accuracy ${percent(value)} percent`];
      return fit === null ? [] : [`${part} R² ${fixed(fit, 2)}`];
    });
  return words.join(", ");
}
