/** The data's points: class by shape and colour, training filled, test hollow, errors ringed. */

import { signedColour } from "../charts/palette.js";
import { answerOf, lookOf } from "../state/derived.js";

/** The strength of a point far from the plane that is shown. */
const FAINT = 0.2;

/** A turn of corners, in radii of a circle of the same weight. @param {[number, number][]} corners @param {number} turn */
const turned = (corners, turn) =>
  corners.map(
    ([x, y]) =>
      /** @type {[number, number]} */ ([
        x * Math.cos(turn) - y * Math.sin(turn),
        x * Math.sin(turn) + y * Math.cos(turn),
      ]),
  );
const around = (/** @type {number} */ count, /** @type {(i: number) => number} */ radius) =>
  Array.from(
    { length: count },
    (_, i) =>
      /** @type {[number, number]} */ ([
        radius(i) * Math.sin((2 * Math.PI * i) / count),
        -radius(i) * Math.cos((2 * Math.PI * i) / count),
      ]),
  );
/** @type {[number, number][]} */
const CROSS = [
  [-0.42, -1.2],
  [0.42, -1.2],
  [0.42, -0.42],
  [1.2, -0.42],
  [1.2, 0.42],
  [0.42, 0.42],
  [0.42, 1.2],
  [-0.42, 1.2],
  [-0.42, 0.42],
  [-1.2, 0.42],
  [-1.2, -0.42],
  [-0.42, -0.42],
];
/** The outlines of the shapes other than the circle. @type {Record<string, [number, number][]>} */
const CORNERS = {
  diamond: around(4, () => 1.25),
  triangle: [
    [0, -1.25],
    [1.25, 1],
    [-1.25, 1],
  ],
  square: [
    [-0.9, -0.9],
    [0.9, -0.9],
    [0.9, 0.9],
    [-0.9, 0.9],
  ],
  cross: CROSS,
  wedge: [
    [0, 1.25],
    [1.25, -1],
    [-1.25, -1],
  ],
  star: around(10, (i) => (i % 2 ? 0.6 : 1.5)),
  hexagon: around(6, () => 1.15),
  saltire: turned(CROSS, Math.PI / 4),
  bar: [
    [-1.4, -0.5],
    [1.4, -0.5],
    [1.4, 0.5],
    [-1.4, 0.5],
  ],
};

/** @param {CanvasRenderingContext2D} context @param {string} shape @param {number} x @param {number} y @param {number} r */
export function trace(context, shape, x, y, r) {
  context.beginPath();
  const corners = CORNERS[shape];
  if (!corners) context.arc(x, y, r, 0, Math.PI * 2);
  else for (const [dx, dy] of corners) context.lineTo(x + dx * r, y + dy * r);
  context.closePath();
}

/** @param {CanvasRenderingContext2D} context @param {Marks} marks @param {Palette} colours */
export function drawPoints(context, marks, colours) {
  const { points, labels, near, answer = 0 } = marks;
  const count = points.inputs.length;
  const radius = count > 2000 ? 1.8 : count > 900 ? 2.3 : 2.9;
  const order = [...points.inputs.keys()].filter((i) => marks.test || points.split[i] === "train");
  // Training points above test points: they are what the boundary is fitted to.
  order.sort((a, b) => Number(points.split[a] === "train") - Number(points.split[b] === "train"));
  for (const i of order) {
    const input = points.inputs[i] ?? [];
    const value = answerOf(points.targets[i], answer);
    const [across, up] = marks.axes ?? [0, 1];
    const [x, y] = marks.place(input[across] ?? 0, input[up] ?? value);
    const testing = points.split[i] === "test";
    const look = marks.task === "regression" ? { shape: "circle", colour: 0 } : lookOf(value);
    const colour =
      marks.task === "regression"
        ? signedColour(colours, (value - marks.centre) / marks.half)
        : (colours.classes[look.colour] ?? "");
    context.globalAlpha = near ? FAINT + (1 - FAINT) * near[i] : 1;
    trace(context, look.shape, x, y, radius);
    context.lineWidth = 2;
    context.strokeStyle = marks.task === "regression" ? colours.of("edge") : colours.of("halo");
    context.stroke();
    context.fillStyle = testing ? colours.of("halo") : colour;
    context.fill();
    if (testing) {
      context.lineWidth = 1.4;
      context.strokeStyle = colour;
      context.stroke();
    }
    if (labels && answerOf(labels[i], answer) !== value) {
      context.beginPath();
      context.arc(x, y, radius + 2.6, 0, Math.PI * 2);
      context.lineWidth = 1.5;
      context.strokeStyle = colours.of("ink");
      context.stroke();
    }
  }
  context.globalAlpha = 1;
}
