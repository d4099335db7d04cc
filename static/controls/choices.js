/** What a select shows whose choice is no plain value of the configuration. */

import { describe } from "../state/derived.js";

/** @type {Record<string, (state: State) => string>} */
export const SHOWN = {
  problem: (state) => describe(state).task,
  stop: ({ config: { training } }) => {
    if (training.stop.train_loss !== null) return `loss:${training.stop.train_loss}`;
    if (training.stop.patience !== null) return `patience:${training.stop.patience}`;
    return training.max_epochs === null ? "never" : `epochs:${training.max_epochs}`;
  },
};

/** Words for a value that is not among the offered ones, as a link may bring it. @param {string} value */
export function stopWords(value) {
  const [what, figure] = value.split(":");
  if (what === "epochs") return `at epoch ${Number(figure).toLocaleString("en")}`;
  if (what === "loss") return `at loss ${figure}`;
  if (what === "patience") return `${figure} epochs no better`;
  return value.replace(/^./, (letter) => letter.toUpperCase());
}
