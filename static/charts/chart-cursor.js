/** Reading a value off a chart: by pointing, or with the arrow keys. */

import { plotSpan } from "./line-chart.js";

const STEPS = {
  ArrowLeft: -1,
  ArrowRight: 1,
  PageUp: -10,
  PageDown: 10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

/** Makes a chart readable by pointer and keyboard. @param {HTMLCanvasElement} canvas @param {Readable} chart */
export function attachCursor(canvas, { labels, count, row, rowAt, pick, announce }) {
  /** @param {number | null} next */
  const go = (next) => pick(next === null || !count() ? null : Math.min(count() - 1, Math.max(0, next)));
  // A finger leaves as it is lifted; what it pointed at stays.
  canvas.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && go(null));
  canvas.addEventListener("blur", () => go(null));

  const point = (/** @type {PointerEvent} */ { offsetX }) => {
    const { left, right } = plotSpan(canvas.clientWidth, labels);
    go(rowAt((offsetX - left) / (right - left)));
  };
  canvas.addEventListener("pointermove", point);
  canvas.addEventListener("pointerdown", point);
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Escape") go(null);
    const by = /** @type {Record<string, number>} */ (STEPS)[event.key];
    if (by === undefined) return;
    event.preventDefault();
    go((row() ?? count() - 1) + by);
    const reached = row();
    if (reached !== null) announce?.(reached);
  });
}
