/** The run on the map: its path, the points of its recorded epochs, where it is now, and the direction of steepest descent. */

/** @import {Box, Picture} from "./types.js" */

const ARROW = 54;
/** Half the width of the arrow's words. */
const WORDS = 42;

/**
 * @param {CanvasRenderingContext2D} context @param {Picture} picture @param {(v: number) => number} x
 * @param {(v: number) => number} y @param {Palette} colours
 * @param {Labels} labels what is written already
 */
export function drawPath(context, { answer, shade }, x, y, colours, labels) {
  const points = answer.path;
  context.beginPath();
  for (const point of points) context.lineTo(x(point.x), y(point.y));
  context.lineWidth = 1.25;
  context.strokeStyle = colours.of("ink");
  context.stroke();
  const here = points[points.length - 1];
  const places = points.map((point) => ({ at: /** @type {[number, number]} */ ([x(point.x), y(point.y)]), point }));
  for (const { at, point } of spaced(places.slice(0, -1))) dot(context, at[0], at[1], 4, shade(point.loss), colours);
  const [px, py] = [x(here.x), y(here.y)];
  const [, tip, words] = descent(answer.gradient);
  dot(context, px, py, 5, shade(here.loss), colours, 2);
  labels.reserve({ left: px - 6, top: py - 6, right: px + 6, bottom: py + 6 });
  const first = points[0];
  const [fx, fy] = [x(first.x), y(first.y)];
  const far = Math.hypot(fx - px, fy - py) > 40;
  if (far) labels.reserve({ left: fx - 5, top: fy - 5, right: fx + 5, bottom: fy + 5 });
  // The side away from the arrow: it points down the page when the slope along y is positive.
  const away = (answer.gradient[1] ?? 0) > 0 ? -1 : 1;
  write(context, "now", around(px, py, away), colours, labels);
  if (tip) {
    arrow(context, px, py, px + tip[0], py + tip[1], colours);
    const [wx, wy] = [px + words[0], py + words[1]];
    const align = /** @type {CanvasTextAlign} */ (tip[0] < 0 ? "right" : "left");
    const places = [0, -14, 14, -28, 28].map((by) => ({ x: wx, y: wy + by, align }));
    write(context, "steepest descent", places, colours, labels);
  }
  if (far)
    write(
      context,
      `epoch ${first.epoch.toLocaleString("en")}`,
      around(fx, fy, y(points[1].y) < fy ? 1 : -1),
      colours,
      labels,
    );
}

/** Where the words of a point may stand, its better side first. @param {number} x @param {number} y @param {1 | -1} side below or above */
const around = (x, y, side) => [
  { x, y: y + 15 * side, align: /** @type {const} */ ("center") },
  { x: x + 9, y: y + 13 * side, align: /** @type {const} */ ("left") },
  { x: x - 9, y: y + 13 * side, align: /** @type {const} */ ("right") },
  { x, y: y - 15 * side, align: /** @type {const} */ ("center") },
  { x: x + 11, y, align: /** @type {const} */ ("left") },
  { x: x - 11, y, align: /** @type {const} */ ("right") },
  { x, y: y + 29 * side, align: /** @type {const} */ ("center") },
];

/**
 * Words at the first of their places that is free, or not at all.
 * @param {CanvasRenderingContext2D} context @param {string} words
 * @param {{x: number, y: number, align: CanvasTextAlign}[]} places @param {Palette} colours @param {Labels} labels
 * @param {string} [ink]
 */
export function write(context, words, places, colours, labels, ink = "ink") {
  const at = labels.place(context.measureText(words).width, places);
  if (!at) return false;
  context.textAlign = "left";
  outlined(context, words, at.left, at.middle, colours, null, ink);
  return true;
}

/**
 * From the present place in pixels, y down: that place, the arrow's tip, where its words begin, and their middle.
 * @param {(number | null)[]} gradient
 * @returns {[number, number][]} the place alone where there is no way down
 */
export function descent(gradient) {
  const length = Math.hypot(...gradient.map((slope) => slope ?? Number.NaN));
  if (!(length > 0 && Number.isFinite(length))) return [[0, 0]];
  const [dx, dy] = gradient.map((slope) => -(slope ?? 0) / length);
  const [x, y] = [dx * (ARROW + 6), -dy * (ARROW + 6) - (dy > 0 ? 6 : -6)];
  return [
    [0, 0],
    [dx * ARROW, -dy * ARROW],
    [x, y],
    [x + (dx < 0 ? -WORDS : WORDS), y],
  ];
}

/**
 * Words with a casing, moved so that none of them leaves the box.
 * @param {CanvasRenderingContext2D} context @param {string} words @param {number} x @param {number} y
 * @param {Palette} colours @param {Box | null} [box] @param {string} [ink]
 */
export function outlined(context, words, x, y, colours, box = null, ink = "ink") {
  context.textBaseline = "middle";
  const wide = context.measureText(words).width;
  const before = { left: 0, start: 0, center: wide / 2, right: wide, end: wide }[context.textAlign];
  const within = (/** @type {number} */ value, /** @type {number} */ low, /** @type {number} */ high) =>
    Math.max(low, Math.min(high, value));
  const at = box
    ? {
        x: within(x, box.left + 5 + before, box.right - 5 - wide + before),
        y: within(y, box.top + 9, box.bottom - 9),
      }
    : { x, y };
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeStyle = colours.of("paper");
  context.strokeText(words, at.x, at.y);
  context.fillStyle = colours.of(ink);
  context.fillText(words, at.x, at.y);
}

/** Of places in a row, those that do not cover each other. @template {{at: [number, number]}} T @param {T[]} places */
export function spaced(places) {
  /** @type {T[]} */
  const kept = [];
  for (const place of places) {
    const last = kept[kept.length - 1];
    if (!last || Math.hypot(place.at[0] - last.at[0], place.at[1] - last.at[1]) >= 9) kept.push(place);
  }
  return kept;
}

/**
 * @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} radius
 * @param {string} fill @param {Palette} colours @param {number} [weight]
 */
export function dot(context, x, y, radius, fill, colours, weight = 1) {
  context.beginPath();
  context.arc(x, y, radius, 0, Math.PI * 2);
  if (weight > 1) {
    context.lineWidth = weight + 2;
    context.strokeStyle = colours.of("halo");
    context.stroke();
  }
  context.fillStyle = fill;
  context.fill();
  context.lineWidth = weight;
  context.strokeStyle = colours.of("ink");
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 @param {Palette} colours */
function arrow(context, x0, y0, x1, y1, colours) {
  const turn = Math.atan2(y1 - y0, x1 - x0);
  for (const [colour, weight] of /** @type {[string, number][]} */ ([
    ["halo", 5],
    ["ink", 2],
  ])) {
    context.strokeStyle = colours.of(colour);
    context.lineWidth = weight;
    context.lineJoin = "miter";
    context.beginPath();
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
    for (const side of [-1, 1]) {
      context.moveTo(x1, y1);
      context.lineTo(x1 - 9 * Math.cos(turn + side * 0.45), y1 - 9 * Math.sin(turn + side * 0.45));
    }
    context.stroke();
  }
}
