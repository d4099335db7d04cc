/** An activation's curve and slope in one small plot at equal scales, with the points of a unit on it. */

import { discontinuities } from "../lib/discontinuities.js";
import { fit } from "../ui/dom.js";

export const REACH = 4;
const LOW = -2;
const HIGH = 4;

/** @typedef {{z: number[], a: number[]}} Seen where training points lie on it */

/**
 * @param {HTMLCanvasElement} canvas 8 wide by 6 high between its axes
 * @param {Curve} curve @param {Palette} colours @param {{seen?: Seen | null, figures?: boolean}} [more]
 */
export function drawActivation(canvas, curve, colours, { seen = null, figures = false } = {}) {
  const { context, width, height } = fit(canvas);
  const [left, bottom] = figures ? [20, height - 18] : [0, height];
  const x = (/** @type {number} */ z) => left + ((z + REACH) / (2 * REACH)) * (width - left);
  const y = (/** @type {number} */ a) => bottom - ((a - LOW) / (HIGH - LOW)) * bottom;
  context.clearRect(0, 0, width, height);
  context.font = `11px ${colours.font}`;
  context.lineWidth = 1;
  context.strokeStyle = colours.of("line");
  context.beginPath();
  for (let z = -REACH; z <= REACH; z += 2) rule(context, x(z), 0, x(z), bottom);
  for (let a = LOW; a <= HIGH; a += 2) rule(context, left, y(a), width, y(a));
  context.stroke();
  context.strokeStyle = colours.of("edge");
  context.beginPath();
  rule(context, left, y(0), width, y(0));
  rule(context, x(0), 0, x(0), bottom);
  context.stroke();
  if (figures) {
    context.fillStyle = colours.of("ink-3");
    context.textAlign = "center";
    context.textBaseline = "top";
    for (let z = -REACH; z <= REACH; z += 2)
      context.fillText(sign(z), Math.min(width - 8, Math.max(left + 6, x(z))), bottom + 4);
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (let a = LOW; a <= HIGH; a += 2) context.fillText(sign(a), left - 5, Math.min(bottom - 5, Math.max(6, y(a))));
  }
  context.save();
  context.beginPath();
  context.rect(left, 0, width - left, bottom);
  context.clip();
  context.lineJoin = "round";
  trace(curve.derivative, "edge", 1.25, [4, 3]);
  trace(curve.a, "ink", figures ? 1.75 : 1.5, []);
  if (seen) {
    context.fillStyle = colours.of("ink");
    context.strokeStyle = colours.of("halo");
    for (let i = 0; i < seen.z.length; i++) {
      context.beginPath();
      context.arc(x(seen.z[i]), y(seen.a[i]), 2.5, 0, Math.PI * 2);
      context.fill();
      context.stroke();
    }
  }
  context.restore();

  /** @param {number[]} values @param {string} colour @param {number} weight @param {number[]} dashes */
  function trace(values, colour, weight, dashes) {
    const apart = new Set(discontinuities(values));
    context.beginPath();
    curve.z.forEach((z, i) => {
      context.lineTo(x(z), y(values[i]));
      if (apart.has(i)) context.moveTo(x(z), y(values[i + 1]));
    });
    context.strokeStyle = colours.of(colour);
    context.lineWidth = weight;
    context.setLineDash(dashes);
    context.stroke();
    context.setLineDash([]);
  }
}

/** @param {CanvasRenderingContext2D} context @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 */
function rule(context, x0, y0, x1, y1) {
  const crisp = (/** @type {number} */ v) => Math.round(v - 0.5) + 0.5;
  context.moveTo(crisp(x0), crisp(y0));
  context.lineTo(crisp(x1), crisp(y1));
}

const sign = (/** @type {number} */ value) => String(value).replace("-", "−");

/**
 * Points along the axis of a plot, a lane for each class: a tick each, those beyond the axis counted at its ends.
 * @param {HTMLCanvasElement} canvas @param {{z: number[], colour: string, name: string}[]} lanes
 * @param {Palette} colours
 */
export function drawRug(canvas, lanes, colours) {
  const { context, width, height } = fit(canvas);
  const left = 20;
  const room = height / lanes.length;
  context.clearRect(0, 0, width, height);
  context.font = `11px ${colours.font}`;
  context.textBaseline = "middle";
  lanes.forEach(({ z, colour }, k) => {
    const top = k * room;
    const middle = top + room / 2;
    context.strokeStyle = colours.of("line");
    context.lineWidth = 1;
    context.beginPath();
    rule(context, left, top + room - 1, width, top + room - 1);
    context.stroke();
    context.strokeStyle = colour;
    context.globalAlpha = 0.55;
    context.lineWidth = 1.25;
    context.beginPath();
    for (const value of z) {
      if (Math.abs(value) > REACH) continue;
      const at = left + ((value + REACH) / (2 * REACH)) * (width - left);
      context.moveTo(at, top + 3);
      context.lineTo(at, top + room - 3);
    }
    context.stroke();
    context.globalAlpha = 1;
    const below = z.filter((value) => value < -REACH).length;
    const above = z.filter((value) => value > REACH).length;
    drawNote(below ? `‹ ${below} beyond` : "", left + 2, "left");
    drawNote(above ? `${above} beyond ›` : "", width - 2, "right");

    /** @param {string} words @param {number} at @param {"left" | "right"} side */
    function drawNote(words, at, side) {
      if (!words) return;
      const wide = context.measureText(words).width + 6;
      context.fillStyle = colours.of("paper");
      context.fillRect(side === "left" ? at - 2 : at - wide + 2, middle - 8, wide, 16);
      context.fillStyle = colours.of("ink");
      context.textAlign = side;
      context.fillText(words, at, middle);
    }
  });
}
