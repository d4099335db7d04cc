/** Reading a value off the curves: by pointing, or by the arrow keys, which say it in words. */

import { byId, write } from "../ui/dom.js";
import { accuracyWords, lossWords } from "../ui/spoken.js";
import { reach } from "./hatch.js";
import { plotSpan } from "./line-chart.js";

/** @import {State} from "../state/store.js" */

const STEPS = {
  ArrowLeft: -1,
  ArrowRight: 1,
  PageUp: -10,
  PageDown: 10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} labels width kept for them
 * @param {State} state
 * @param {(row: number | null) => void} pick puts the hairline there
 * @returns {(event: any) => void} what hears the pointer and the keys of the chart
 */
export function chartCursor(canvas, labels, state, pick) {
  const { history } = state;
  /** @type {number | null} */
  let row = null;

  /** @param {number | null} next */
  function go(next) {
    row = next === null || !history.length ? null : Math.min(history.length - 1, Math.max(0, next));
    pick(row);
  }
  // A finger leaves as it is lifted; what it pointed at stays.
  canvas.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && go(null));
  canvas.addEventListener("blur", () => go(null));

  return (event) => {
    if (event.type !== "keydown") {
      const { left, right } = plotSpan(canvas.clientWidth, labels);
      const share = (event.offsetX - left) / (right - left);
      const epoch = Math.round(share * Math.max(20, reach(state)));
      go(share < -0.03 || share > 1.03 ? null : history.indexOf(epoch));
      return;
    }
    if (event.key === "Escape") go(null);
    const by = /** @type {Record<string, number>} */ (STEPS)[event.key];
    if (by === undefined) return;
    event.preventDefault();
    go((row ?? history.length - 1) + by);
    if (row === null) return;
    const words = [lossWords(state, row), accuracyWords(state, row)].filter(Boolean).join(", ");
    write(byId("chart-says"), `Epoch ${history.epochs.values[row]}: ${words}`);
  };
}
