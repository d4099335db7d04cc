/** The loss as a surface on a canvas, painted from far to near, turned by dragging or with the arrow keys. */

import { axisFigure, loss as figure, short } from "../../lib/format.js";
import { hidden, order, project } from "../../lib/projection.js";
import { linear } from "../../lib/scales.js";
import { fit } from "../../ui/dom.js";
import { dot, outlined, spaced } from "./path.js";

/** @import {Picture} from "./types.js" */
/** @import {View} from "../../lib/projection.js" */

const START = { turn: 0.6, tilt: 0.75 };
const STEP = Math.PI / 18;
const [LOWEST, HIGHEST] = [0.08, 1.5];

/**
 * Lets a canvas be turned; `turned` is called after every move.
 * @param {HTMLCanvasElement} canvas @param {() => void} turned
 * @returns {View & {own: boolean}} kept up to date; `own` once someone has turned it
 */
export function createRotation(canvas, turned) {
  const view = { ...START, own: false };
  const set = (/** @type {number} */ turn, /** @type {number} */ tilt) => {
    view.own = true;
    view.turn = turn;
    view.tilt = Math.min(HIGHEST, Math.max(LOWEST, tilt));
    turned();
  };
  canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
  canvas.addEventListener("pointermove", (event) => {
    if (event.buttons & 1) set(view.turn - event.movementX * 0.01, view.tilt + event.movementY * 0.01);
  });
  canvas.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }[event.key];
    if (event.key === "Home") set(START.turn, START.tilt);
    else if (by) set(view.turn + by[0], view.tilt + by[1]);
    else return;
    event.preventDefault();
  });
  return view;
}

/** Turns the surface to the side that shows most of the path. @param {View} view @param {Picture} picture */
export function turnToPath(view, picture) {
  const places = pathOnSurface(picture);
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < 8; k++) {
    const turned = { turn: (k >> 1) * (Math.PI / 2) + (k % 2 ? -START.turn : START.turn), tilt: view.tilt };
    const unseen = places.filter(({ u, v, h }) => hidden(turned, picture.heights, picture.size, u, v, h)).length;
    if (unseen < least) {
      least = unseen;
      view.turn = turned.turn;
    }
  }
}

/** The points of the path on the surface: ground coordinates and height. @param {Picture} picture */
function pathOnSurface({ answer, size, scale }) {
  const across = linear(answer.x[0], answer.x[size - 1]);
  const along = linear(answer.y[0], answer.y[size - 1]);
  return answer.path.map(({ x, y, loss }) => ({
    u: across.at(x) * 2 - 1,
    v: along.at(y) * 2 - 1,
    h: loss === null ? Number.NaN : Math.min(1, Math.max(0, scale.at(Math.max(loss, scale.low)))),
    loss,
  }));
}

/**
 * @param {HTMLCanvasElement} canvas @param {Picture} picture @param {View} view @param {Palette} colours
 * @param {[string, string]} names of the axes
 */
export function drawSurface(canvas, picture, view, colours, names) {
  const { context, width, height } = fit(canvas);
  const { size, heights, answer, shade, scale } = picture;
  const zoom = Math.min((width - 96) / 2.83, (height - 72) / 2.83);
  /** @param {number} u @param {number} v @param {number} h @returns {[number, number]} */
  const at = (u, v, h) => {
    const [x, y] = project(view, u, v, h);
    return [width / 2 + x * zoom, height / 2 - y * zoom + 6];
  };
  context.clearRect(0, 0, width, height);
  context.font = `11px ${colours.font}`;
  const edge = (/** @type {number} */ i) => (i / (size - 1)) * 2 - 1;

  base(context, at, view, colours, [
    { name: names[0], scale: linear(answer.x[0], answer.x[size - 1]) },
    { name: names[1], scale: linear(answer.y[0], answer.y[size - 1]) },
  ]);
  upright(context, at, scale, colours);
  /** @type {[number, number][]} */
  const places = Array.from({ length: size * size }, (_, i) =>
    at(edge(i % size), edge(Math.floor(i / size)), heights[i]),
  );
  context.lineWidth = 0.75;
  context.lineJoin = "round";
  const { columns, rows } = order(view, size - 1);
  for (const row of rows) {
    for (const column of columns) {
      const i = row * size + column;
      const corners = [i, i + 1, i + size + 1, i + size];
      const mean = corners.reduce((sum, corner) => sum + heights[corner], 0) / 4;
      if (!Number.isFinite(mean)) continue;
      context.beginPath();
      for (const corner of corners) context.lineTo(places[corner][0], places[corner][1]);
      context.closePath();
      context.fillStyle = picture.steps[Math.round(mean * (picture.steps.length - 1))];
      context.fill();
      context.strokeStyle = colours.of("edge");
      context.globalAlpha = 0.55;
      context.stroke();
      context.globalAlpha = 1;
    }
  }

  const points = pathOnSurface(picture).map(({ u, v, h, loss }) => ({
    at: at(u, v, h),
    behind: hidden(view, heights, size, u, v, h),
    loss,
  }));
  context.lineWidth = 1.5;
  context.strokeStyle = colours.of("ink");
  for (let i = 1; i < points.length; i++) {
    const behind = points[i].behind || points[i - 1].behind;
    context.setLineDash(behind ? [1.5, 3] : []);
    context.beginPath();
    context.moveTo(...points[i - 1].at);
    context.lineTo(...points[i].at);
    context.stroke();
  }
  context.setLineDash([]);
  const seen = points.slice(0, -1).filter((point) => !point.behind && Number.isFinite(point.at[1]));
  for (const point of spaced(seen)) dot(context, point.at[0], point.at[1], 3.5, shade(point.loss), colours);
  const now = points[points.length - 1];
  context.textAlign = "left";
  if (!Number.isFinite(now.at[1])) return;
  dot(context, now.at[0], now.at[1], 5, shade(now.loss), colours, 2);
  const words = `now ${figure(answer.path[answer.path.length - 1].loss)}`;
  outlined(context, words, now.at[0] + 9, now.at[1] + 12, colours, { left: 0, top: 0, right: width, bottom: height });
}

/**
 * The frame of the ground, with figures and names of its axes along the sides nearer to the eye.
 * @param {CanvasRenderingContext2D} context @param {(u: number, v: number, h: number) => [number, number]} at
 * @param {View} view @param {Palette} colours
 * @param {{name: string, scale: Scale}[]} axes of u and of v
 */
function base(context, at, view, colours, axes) {
  context.strokeStyle = colours.of("edge");
  context.lineWidth = 1;
  context.beginPath();
  for (const [u, v] of [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ])
    context.lineTo(...at(u, v, 0));
  context.closePath();
  context.stroke();
  context.fillStyle = colours.of("ink-3");
  context.textBaseline = "top";
  const near = { u: Math.sin(view.turn) > 0 ? -1 : 1, v: Math.cos(view.turn) > 0 ? -1 : 1 };
  const middle = at(0, 0, 0)[0];
  axes.forEach(({ name, scale }, axis) => {
    const along = (/** @type {number} */ t) => (axis ? at(near.u, t, 0) : at(t, near.v, 0));
    const [x, y] = along(0);
    const way = x < middle - 20 ? -1 : x > middle + 20 ? 1 : 0;
    context.textAlign = way < 0 ? "right" : way > 0 ? "left" : "center";
    context.fillText(name, x + way * 18, y + 22);
    for (const value of scale.ticks(4)) {
      const t = scale.at(value) * 2 - 1;
      // No tick at a corner, which both axes share.
      if (Math.abs(t) > 0.93) continue;
      const [tx, ty] = along(t);
      context.beginPath();
      context.moveTo(tx, ty);
      context.lineTo(tx + way * 3, ty + 4);
      context.stroke();
      context.fillText(short(value, 3), tx + way * 4, ty + 5);
    }
  });
}

/**
 * The axis of the loss, at the corner farthest left.
 * @param {CanvasRenderingContext2D} context @param {(u: number, v: number, h: number) => [number, number]} at
 * @param {Scale} scale @param {Palette} colours
 */
function upright(context, at, scale, colours) {
  const corners = [-1, 1].flatMap((u) => [-1, 1].map((v) => ({ u, v, x: at(u, v, 0)[0] })));
  const { u, v } = corners.reduce((left, corner) => (corner.x < left.x ? corner : left));
  context.strokeStyle = colours.of("edge");
  context.beginPath();
  context.moveTo(...at(u, v, 0));
  context.lineTo(...at(u, v, 1));
  context.stroke();
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.fillStyle = colours.of("ink-3");
  let free = Number.POSITIVE_INFINITY;
  for (const value of scale.ticks(4)) {
    const [x, y] = at(u, v, scale.at(value));
    if (y > free) continue;
    free = y - 13;
    context.beginPath();
    context.moveTo(x - 4, y);
    context.lineTo(x, y);
    context.stroke();
    context.fillText(axisFigure(value), x - 7, y);
  }
}
