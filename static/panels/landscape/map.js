/** The loss as a contour map: shaded ground, labelled contours, figures at its edges, and the run's path on it. */

import { hatch } from "../../charts/hatch.js";
import { contour } from "../../lib/contours.js";
import { short } from "../../lib/format.js";
import { createLabels } from "../../lib/label-placement.js";
import { linear } from "../../lib/scales.js";
import { fit } from "../../ui/dom.js";
import { drawPath, write } from "./path.js";

/** @import {Picture} from "./types.js" */

const LEFT = 40;
const BOTTOM = 22;

/** The square that the map fills within its canvas. @param {number} width @param {number} height */
export function mapSquare(width, height) {
  const side = Math.max(40, Math.min(width - LEFT, height - BOTTOM));
  return { left: LEFT, side };
}

/**
 * @param {HTMLCanvasElement} canvas @param {Picture} picture @param {Palette} colours
 * @param {{x: number, y: number} | null} cursor in the slice's own units
 */
export function drawMap(canvas, picture, colours, cursor) {
  const { context, width, height } = fit(canvas);
  const { left, side } = mapSquare(width, height);
  const { answer } = picture;
  const across = linear(answer.x[0], answer.x[answer.x.length - 1]);
  const along = linear(answer.y[0], answer.y[answer.y.length - 1]);
  const x = (/** @type {number} */ value) => left + across.at(value) * side;
  const y = (/** @type {number} */ value) => side - along.at(value) * side;
  context.clearRect(0, 0, width, height);
  context.font = `11px ${colours.font}`;
  context.save();
  context.beginPath();
  context.rect(left, 0, side, side);
  context.clip();
  hatch(context, [left, 0, left + side, side], colours.of("edge"));
  ground(context, picture, left, side);
  const places = contours(context, picture, left, side, colours);
  const labels = createLabels({ left, top: 0, right: left + side, bottom: side });
  drawPath(context, picture, x, y, colours, labels);
  // Places nearest to the ray that leads away from the path come first.
  for (const { words, spots } of places) write(context, words, spots, colours, labels, "ink-2");
  if (cursor) cross(context, x(cursor.x), y(cursor.y), colours);
  context.restore();
  figures(context, { left, side, across, along }, colours);
}

/** The empty frame, while the first slice is being measured. @param {HTMLCanvasElement} canvas @param {Palette} colours @param {string} words */
export function drawFrame(canvas, colours, words) {
  const { context, width, height } = fit(canvas);
  const { left, side } = mapSquare(width, height);
  context.clearRect(0, 0, width, height);
  context.strokeStyle = colours.of("edge");
  context.lineWidth = 1;
  context.strokeRect(left + 0.5, 0.5, side - 1, side - 1);
  context.font = `12px ${colours.font}`;
  context.fillStyle = colours.of("ink-2");
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(words, left + side / 2, side / 2);
}

/** @param {CanvasRenderingContext2D} context @param {Picture} picture @param {number} left @param {number} side */
function ground(context, { size, heights, ground: table }, left, side) {
  const small = document.createElement("canvas");
  small.width = small.height = size;
  const pen = /** @type {CanvasRenderingContext2D} */ (small.getContext("2d"));
  const image = pen.createImageData(size, size);
  const pixels = new Uint32Array(image.data.buffer);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const t = heights[row * size + column];
      if (Number.isFinite(t)) pixels[(size - 1 - row) * size + column] = table[Math.round(t * 255)];
    }
  }
  pen.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = true;
  // Grid points are the centres of texels, and the outermost lie on the frame.
  const texel = side / (size - 1);
  context.drawImage(small, left - texel / 2, -texel / 2, side + texel, side + texel);
}

/** @param {CanvasRenderingContext2D} context @param {Picture} picture @param {number} left @param {number} side @param {Palette} colours */
function contours(context, { size, losses, levels, answer }, left, side, colours) {
  const step = side / (size - 1);
  context.lineWidth = 1;
  context.lineJoin = "round";
  // Labels are placed along a ray that leads away from the path.
  const middle = (size - 1) / 2;
  const start = answer.path[0];
  const scale = step / ((answer.x[1] - answer.x[0]) * step);
  const here = answer.path[answer.path.length - 1];
  const away = Math.atan2((here.y - start.y) * scale, (here.x - start.x) * scale) + 0.5;
  /** @type {{words: string, spots: {x: number, y: number, align: "center"}[]}[]} */
  const places = [];
  // The contour through the current weights is dashed: the arrow is at right angles to it.
  const now = here.loss ?? Number.NaN;
  for (const level of Number.isFinite(now) ? [...levels, now] : levels) {
    const lines = contour(losses, size, level);
    /** @type {{x: number, y: number, off: number}[]} */
    const spots = [];
    context.beginPath();
    for (let i = 0; i < lines.length; i += 4) {
      const [x0, y0, x1, y1] = [lines[i], lines[i + 1], lines[i + 2], lines[i + 3]];
      if (!Number.isFinite(x0 + y0 + x1 + y1)) continue;
      context.moveTo(left + x0 * step, side - y0 * step);
      context.lineTo(left + x1 * step, side - y1 * step);
      const turn = Math.atan2(y0 - middle, x0 - middle) - away;
      const off = Math.abs(Math.atan2(Math.sin(turn), Math.cos(turn)));
      const at = { x: left + x0 * step, y: side - y0 * step, off };
      if (off < 0.35 && inside(at, left, side)) spots.push(at);
    }
    context.strokeStyle = colours.of(level === now ? "ink" : "ink-3");
    context.setLineDash(level === now ? [4, 3] : []);
    context.stroke();
    context.setLineDash([]);
    if (level === now) continue;
    spots.sort((a, b) => a.off - b.off);
    places.push({ words: short(level, 2), spots: spots.map(({ x, y }) => ({ x, y, align: "center" })) });
  }
  return places;
}

/** @param {{x: number, y: number}} at @param {number} left @param {number} side */
const inside = ({ x, y }, left, side) => x > left + 22 && x < left + side - 22 && y > 10 && y < side - 10;

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {Palette} colours */
function cross(context, x, y, colours) {
  context.strokeStyle = colours.of("ink");
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(Math.round(x) + 0.5, 0);
  context.lineTo(Math.round(x) + 0.5, 4000);
  context.moveTo(0, Math.round(y) + 0.5);
  context.lineTo(4000, Math.round(y) + 0.5);
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {{left: number, side: number, across: Scale, along: Scale}} at @param {Palette} colours */
function figures(context, { left, side, across, along }, colours) {
  context.strokeStyle = colours.of("edge");
  context.lineWidth = 1;
  context.strokeRect(left + 0.5, 0.5, side - 1, side - 1);
  context.fillStyle = colours.of("ink-3");
  context.textBaseline = "top";
  context.textAlign = "center";
  for (const value of across.ticks(5)) {
    const at = left + across.at(value) * side;
    if (at < left + side - 8) context.fillText(short(value, 3), at, side + 6);
  }
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (const value of along.ticks(5)) {
    const at = side - along.at(value) * side;
    const words = short(value, 3);
    if (at > 5 && words.length < 7) context.fillText(words, left - 6, Math.min(side - 5, at));
  }
}
