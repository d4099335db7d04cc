/** A histogram on a small canvas: bars in the colour of the value they stand for, the ends of its axis in figures. */

import { short } from "../lib/format.js";
import { fit } from "../ui/dom.js";
import { signedColour } from "./palette.js";

/** @param {HTMLCanvasElement} canvas @param {{edges: (number | null)[], counts: number[]}} histogram @param {Palette} colours */
export function drawHistogram(canvas, { edges, counts }, colours) {
  const { context, width, height } = fit(canvas);
  const bottom = height - 16.5;
  const low = edges[0];
  const high = edges.at(-1);
  context.clearRect(0, 0, width, height);
  context.font = `11px ${colours.font}`;
  context.textBaseline = "top";
  context.fillStyle = colours.of("ink-3");
  if (low === null || low === undefined || high === null || high === undefined) {
    context.fillText("not a number", 0, bottom + 4);
    return;
  }
  const most = Math.max(1, ...counts);
  const reach = Math.max(Math.abs(low), Math.abs(high)) || 1;
  const step = width / counts.length;
  const top = (/** @type {number} */ count) => Math.round(bottom - (count / most) * (bottom - 3)) + 0.5;
  counts.forEach((count, i) => {
    if (!count) return;
    context.fillStyle = signedColour(colours, (((edges[i] ?? 0) + (edges[i + 1] ?? 0)) / 2 / reach) * 0.78);
    context.fillRect(i * step, top(count), step, bottom - top(count));
  });
  context.beginPath();
  context.moveTo(0, bottom);
  counts.forEach((count, i) => {
    context.lineTo(i * step, top(count));
    context.lineTo((i + 1) * step, top(count));
  });
  context.lineTo(width, bottom);
  context.closePath();
  context.lineWidth = 1;
  context.strokeStyle = colours.of("edge");
  context.stroke();
  context.fillStyle = colours.of("ink-3");
  context.fillText(short(low, 2), 0, bottom + 4);
  context.textAlign = "right";
  context.fillText(short(high, 2), width, bottom + 4);
  context.textAlign = "center";
  const zero = (-low / (high - low || 1)) * width;
  if (zero > 44 && zero < width - 44) {
    context.fillText("0", zero, bottom + 4);
    context.strokeStyle = colours.of("ink");
    context.beginPath();
    context.moveTo(zero, bottom);
    context.lineTo(zero, bottom + 4);
    context.stroke();
  }
  context.textAlign = "left";
}
