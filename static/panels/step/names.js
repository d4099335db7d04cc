/** The names of the quantities of a pass: in words, and as the articles write them. */

import { make } from "../../ui/dom.js";

/** @import {Layer, Name, Part} from "./types.js" */

/** @type {Record<Name, string>} */
export const WORDS = {
  A0: "inputs",
  W: "weights",
  b: "biases",
  Z: "weighted sums",
  D: "dropout mask",
  A: "outputs",
  y: "targets",
  dA: "gradient of the outputs",
  dZ: "gradient of the weighted sums",
  dW: "gradient of the weights",
  db: "gradient of the biases",
  uW: "update of the weights",
  ub: "update of the biases",
};

/** A quantity's name as the articles write it. @param {Part} part */
export function quantity({ name, layer }) {
  const index = name === "A0" ? 0 : layer + 1;
  const letter = name === "A0" ? "A" : name.slice(-1);
  const before = name[0] === "d" ? "d" : name[0] === "u" ? "Δ" : "";
  return make("span", { class: "symbol" }, [
    before,
    make("var", {}, [letter]),
    ...(name === "y" ? [] : [make("sup", {}, [String(index)])]),
  ]);
}

/** A layer in words: activation, sizes, dropout. @param {Layer} of @param {string} title of the activation @param {number} dropout */
export const describeLayer = (of, title, dropout) =>
  [title, `${of.W[0].length} → ${of.W.length}`, ...(dropout ? [`dropout ${dropout}`] : [])].join(", ");
