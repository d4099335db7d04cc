/** Bars of signed values: from the middle of their box to the right where positive, to the left where negative. */

import { make } from "../../ui/dom.js";

/** @param {"span" | "td"} tag of the box @param {number} value @param {number} most the value of a bar that fills its half */
export function signedBar(tag, value, most) {
  const mark = make("i", { class: value < 0 ? "negative" : "positive" });
  mark.style.width = `${(50 * Math.abs(value)) / most}%`;
  return make(tag, { class: "bar", "aria-hidden": "true" }, [mark]);
}
