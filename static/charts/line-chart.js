/** One line chart on a canvas: axes with figures, lines with labels at their ends, dated marks, a hairline with values. */

import { forEachPoint, isolated } from "../lib/series.js";
import { fit } from "../ui/dom.js";
import { hatch } from "./hatch.js";

const LEFT = 46;
const TOP = 12;
const BOTTOM = 20;

/** Where the plot lies within the canvas. @param {number} width @param {number} labels */
export const plotSpan = (width, labels) => ({ left: LEFT, right: width - labels });

/** @param {HTMLCanvasElement} canvas @param {Chart} chart @param {Palette} colours */
export function drawChart(canvas, chart, colours) {
  const { context, width, height } = fit(canvas);
  const { left, right } = plotSpan(width, chart.labels);
  const bottom = height - BOTTOM;
  const x = (/** @type {number} */ epoch) => left + chart.x.at(epoch) * (right - left);
  const y = (/** @type {number} */ value) => bottom - Math.min(1.02, Math.max(0, chart.y.at(value))) * (bottom - TOP);
  context.clearRect(0, 0, width, height);
  context.font = `11px ${colours.font}`;
  axes(context, chart, colours, { left, right, bottom, x, y });
  for (const [from, to] of chart.missing ?? [])
    hatch(context, [x(from), TOP, Math.min(right, x(to)), bottom], colours.of("edge"));
  const [first, second] = chart.lines.filter((line) => line.style !== "dotted");
  if (chart.gap && first && second && chart.count > 1) shade(context, chart, first, second, x, y, colours);
  for (const line of chart.lines) {
    context.beginPath();
    forEachPoint(chart.epochs, line.values, chart.count, x, y, (px, py, starts) =>
      starts ? context.moveTo(px, py) : context.lineTo(px, py),
    );
    context.lineJoin = "round";
    context.lineWidth = line.style === "main" ? 1.75 : 1.25;
    context.strokeStyle = colours.of(line.style === "main" ? "ink" : "edge");
    context.setLineDash(line.style === "dotted" ? [1.5, 3] : []);
    context.stroke();
    context.setLineDash([]);
  }
  for (const line of chart.lines) {
    for (const i of isolated(line.values, chart.count)) {
      context.beginPath();
      context.arc(x(chart.epochs[i]), y(line.values[i]), 2.5, 0, Math.PI * 2);
      context.fillStyle = colours.of(line.style === "main" ? "ink" : "edge");
      context.fill();
    }
  }
  const row = chart.row ?? chart.count - 1;
  if (chart.count) labels(context, chart, row, { right, bottom, y, height }, colours);
  if (chart.row !== null && chart.count) hairline(context, chart, chart.row, { left, right, bottom, x, y }, colours);
}

/**
 * @param {CanvasRenderingContext2D} context @param {Chart} chart @param {Palette} colours
 * @param {{left: number, right: number, bottom: number, x: (v: number) => number, y: (v: number) => number}} at
 */
function axes(context, chart, colours, { left, right, bottom, x, y }) {
  context.lineWidth = 1;
  context.textBaseline = "middle";
  for (const value of chart.y.ticks(4)) {
    const level = Math.round(y(value)) + 0.5;
    context.strokeStyle = colours.of("line");
    context.beginPath();
    context.moveTo(left, level);
    context.lineTo(right, level);
    context.stroke();
    context.fillStyle = colours.of("ink-3");
    context.textAlign = "right";
    context.fillText(chart.figure(value), left - 6, level);
  }
  context.strokeStyle = colours.of("edge");
  context.beginPath();
  context.moveTo(left, bottom + 0.5);
  context.lineTo(right, bottom + 0.5);
  context.stroke();
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const value of chart.x.ticks(Math.max(2, Math.floor((right - left) / 70)))) {
    if (!chart.across && !Number.isInteger(value)) continue;
    const at = Math.round(x(value)) + 0.5;
    context.beginPath();
    context.moveTo(at, bottom);
    context.lineTo(at, bottom + 4);
    context.stroke();
    context.fillStyle = colours.of("ink-3");
    context.fillText(chart.across?.figure(value) ?? value.toLocaleString("en"), at, bottom + 6);
  }
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  let free = left;
  for (const mark of chart.marks) {
    const at = Math.round(x(mark.epoch)) + 0.5;
    if (at < left || at > right) continue;
    context.setLineDash([2, 3]);
    context.strokeStyle = colours.of("edge");
    context.beginPath();
    context.moveTo(at, 0);
    context.lineTo(at, bottom);
    context.stroke();
    context.setLineDash([]);
    const width = context.measureText(mark.words).width;
    const start = mark.before ? at - width - 5 : at + 5;
    if ((start < free && !mark.low) || start + width > right + 65) continue;
    context.fillStyle = colours.of("ink-2");
    context.fillText(mark.words, start, mark.low ? 23 : 9);
    if (!mark.low) free = start + width + 9;
  }
}

/**
 * @param {CanvasRenderingContext2D} context @param {Chart} chart @param {Line} upper @param {Line} lower
 * @param {(v: number) => number} x @param {(v: number) => number} y @param {Palette} colours
 */
function shade(context, chart, upper, lower, x, y, colours) {
  /** @type {[number, number][]} */
  const back = [];
  context.beginPath();
  // One point a column is enough for an area.
  let at = Number.NaN;
  forEachPoint(chart.epochs, upper.values, chart.count, x, y, (px, py) => {
    if (px !== at) context.lineTo(px, py);
    at = px;
  });
  forEachPoint(chart.epochs, lower.values, chart.count, x, y, (px, py) => {
    if (px !== at) back.push([px, py]);
    at = px;
  });
  for (const [px, py] of back.reverse()) context.lineTo(px, py);
  context.closePath();
  context.fillStyle = colours.of("well");
  context.fill();
}

/**
 * Labels at the ends of the lines, pushed apart where they would overlap.
 * @param {CanvasRenderingContext2D} context @param {Chart} chart @param {number} row
 * @param {{right: number, bottom: number, height: number, y: (v: number) => number}} at @param {Palette} colours
 */
function labels(context, chart, row, { right, bottom, y }, colours) {
  const items = chart.lines.map((line) => {
    const raw = line.values[row];
    const value = raw === undefined || !Number.isFinite(raw) ? null : raw;
    return {
      text: `${line.name} ${line.words(value)}`.trim(),
      level: value === null ? TOP : y(value),
      main: line.style === "main",
    };
  });
  items.sort((a, b) => a.level - b.level);
  for (let i = 1; i < items.length; i++) {
    const above = items[i - 1];
    const item = items[i];
    item.level = Math.max(item.level, above.level + 14);
  }
  const over = (items.at(-1)?.level ?? 0) - (bottom - 2);
  if (over > 0) {
    let limit = bottom - 2;
    for (const item of items.toReversed()) {
      item.level = Math.min(item.level, limit);
      limit = item.level - 14;
    }
  }
  context.textAlign = "left";
  context.textBaseline = "middle";
  for (const item of items) {
    context.fillStyle = colours.of(item.main ? "ink" : "ink-3");
    context.fillText(item.text, right + 7, item.level);
  }
}

/**
 * @param {CanvasRenderingContext2D} context @param {Chart} chart @param {number} row
 * @param {{left: number, right: number, bottom: number, x: (v: number) => number, y: (v: number) => number}} at
 * @param {Palette} colours
 */
function hairline(context, chart, row, { left, right, bottom, x, y }, colours) {
  const epoch = chart.epochs[row] ?? 0;
  const at = x(epoch);
  context.strokeStyle = colours.of("ink");
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(Math.round(at) + 0.5, TOP - 4);
  context.lineTo(Math.round(at) + 0.5, bottom);
  context.stroke();
  for (const line of chart.lines) {
    const value = line.values[row];
    if (value === undefined || !Number.isFinite(value) || line.style === "dotted") continue;
    context.beginPath();
    context.arc(at, y(value), 3, 0, Math.PI * 2);
    context.fillStyle = colours.of(line.style === "main" ? "ink" : "edge");
    context.fill();
  }
  const text = chart.across?.words(epoch) ?? `epoch ${epoch.toLocaleString("en")}`;
  const width = context.measureText(text).width + 10;
  const start = Math.min(right - width, Math.max(left, at - width / 2));
  context.fillStyle = colours.of("ink");
  context.fillRect(start, bottom + 3, width, 15);
  context.fillStyle = colours.of("on-ink");
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(text, start + 5, bottom + 11);
}
