/** What a select shows where its choice is no plain value of the configuration. */

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

/** The name of a value that the select does not offer, such as one of a link. @param {string} value */
export function stopWords(value) {
  const [what, figure] = value.split(":");
  if (what === "epochs") return `at epoch ${Number(figure).toLocaleString("en")}`;
  if (what === "loss") return `at loss ${figure}`;
  if (what === "patience") return `${figure} epochs no better`;
  return value.replace(/^./, (letter) => letter.toUpperCase());
}
