/** The output map: the network's output over the plane, with the points, the boundary and the cursor. */

import { outputScale, unitShown } from "../charts/colour-ranges.js";
import { palette } from "../charts/palette.js";
import { contour } from "../lib/contours.js";
import { isSlice, nearness } from "../lib/slice.js";
import { fillTable } from "../network/unit-maps.js";
import { describe, lookOf, outputShown } from "../state/derived.js";
import { mapOf } from "../state/frame-maps.js";
import { predictedShown, shown } from "../state/store.js";
import { canvasById, fit } from "../ui/dom.js";
import { drawPoints } from "./points.js";
import { shareOf, viewport } from "./viewport.js";

/** @import {Axis} from "./viewport.js" */

/** @typedef {NonNullable<ReturnType<typeof mapOf>>} GridMap */

/** @param {Store} store @param {HTMLCanvasElement} [canvas] @param {boolean} [bare] the network's output alone, without points and cursor */
export function decisionMapDrawer(store, canvas = canvasById("map-canvas"), bare = false) {
  const { state } = store;
  const ground = document.createElement("canvas");
  const groundPen = /** @type {CanvasRenderingContext2D} */ (ground.getContext("2d", { willReadFrequently: true }));
  const layer = document.createElement("canvas");
  const table = new Uint32Array(256);
  /** @type {ImageData | null} */
  let image = null;
  /** What the layer of points was last drawn from. @type {unknown[]} */
  let drawn = [];

  function pixelsFor(/** @type {number} */ columns, /** @type {number} */ rows) {
    if (!image || image.width !== columns || image.height !== rows) {
      ground.width = columns;
      ground.height = rows;
      image = groundPen.createImageData(columns, rows);
    }
    return new Uint32Array(image.data.buffer);
  }

  /** @param {GridMap} map @param {Uint32Array} lookup @param {{centre: number, half: number}} scale @param {number | null} cut */
  function paintSigned(map, lookup, scale, cut) {
    fillTable(table, lookup, map.low, map.high, scale.centre, scale.half);
    if (cut !== null) {
      for (let u = 0; u < 256; u++) {
        const value = map.low + (u / 255) * (map.high - map.low);
        table[u] = lookup[value >= cut ? 255 : 0];
      }
    }
    const pixels = pixelsFor(map.columns, map.rows);
    for (let y = 0; y < map.rows; y++) {
      const from = (map.rows - 1 - y) * map.columns;
      for (let x = 0; x < map.columns; x++) pixels[y * map.columns + x] = table[map.bytes[from + x]];
    }
  }

  /** @param {GridMap[]} maps @param {Palette} colours @param {boolean} discrete */
  function paintClasses(maps, colours, discrete) {
    const first = maps[0];
    const pixels = pixelsFor(first.columns, first.rows);
    const chance = 1 / maps.length;
    const lookups = maps.map((_, k) => colours.classGrounds[lookOf(k).colour] ?? colours.ground);
    for (let y = 0; y < first.rows; y++) {
      const from = (first.rows - 1 - y) * first.columns;
      for (let x = 0; x < first.columns; x++) {
        let best = 0;
        let most = Number.NEGATIVE_INFINITY;
        for (let k = 0; k < maps.length; k++) {
          const map = maps[k];
          const value = map.low + (map.bytes[from + x] / 255) * (map.high - map.low);
          if (value > most) {
            most = value;
            best = k;
          }
        }
        const share = discrete ? 1 : Math.max(0, (most - chance) / (1 - chance));
        pixels[y * first.columns + x] = lookups[best]?.[Math.round(Math.min(1, share) * 255)];
      }
    }
  }

  /** @param {GridMap} map */
  const valuesOf = (map) => Float32Array.from(map.bytes, (u) => map.low + (u / 255) * (map.high - map.low));

  /** The boundary lines in grid units. @param {GridMap[]} maps @param {number} threshold */
  function boundaries(maps, threshold) {
    const first = maps[0];
    if (first.rows !== first.columns) return [];
    const values = maps.map(valuesOf);
    if (maps.length === 1) return [contour(values[0], first.rows, threshold)];
    return values.map((own, k) => {
      const lead = own.map((value, i) => {
        let other = Number.NEGATIVE_INFINITY;
        values.forEach((each, j) => {
          if (j !== k) other = Math.max(other, each[i] ?? 0);
        });
        return value - other;
      });
      return contour(lead, first.rows, 0);
    });
  }

  /** @param {CanvasRenderingContext2D} context @param {Float32Array} segments @param {number} size @param {number} side */
  function strokeSegments(context, segments, size, side) {
    const unit = side / (size - 1);
    context.beginPath();
    for (let i = 0; i < segments.length; i += 4) {
      context.moveTo(segments[i] * unit, side - segments[i + 1] * unit);
      context.lineTo(segments[i + 2] * unit, side - segments[i + 3] * unit);
    }
    context.stroke();
  }

  /** @param {number} side @param {number} ratio @param {ReturnType<typeof describe>} about @param {number} answer @param {Palette} colours */
  function pointsLayer(side, ratio, about, answer, colours) {
    const labels = state.show.errors ? (predictedShown(state)?.labels ?? null) : null;
    const now = [
      state.points,
      state.theme,
      state.show.test,
      labels,
      side,
      ratio,
      about.task,
      answer,
      state.axes,
      state.run?.columns,
      state.held,
    ];
    if (now.every((value, i) => value === drawn[i])) return layer;
    drawn = now;
    layer.width = layer.height = Math.round(side * ratio);
    const context = /** @type {CanvasRenderingContext2D} */ (layer.getContext("2d"));
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, side, side);
    if (!state.points) return layer;
    const { centre, half } = outputScale(state, answer);
    const { across, up } = viewport(state, answer);
    const near = isSlice(about.inputs) ? nearness(state.points.inputs, state.held) : null;
    /** @type {(x: number, y: number) => [number, number]} */
    const place = (x, y) => [shareOf(across, x) * side, (1 - shareOf(up, y)) * side];
    drawPoints(
      context,
      {
        points: state.points,
        task: about.task,
        axes: state.axes,
        answer,
        centre,
        half,
        test: state.show.test,
        labels,
        near,
        place,
      },
      colours,
    );
    return layer;
  }

  return function draw() {
    const colours = palette(state.theme);
    const { context, width: side, ratio } = fit(canvas);
    if (!side) return;
    const about = describe(state);
    const maps = Array.from({ length: about.outputs }, (_, k) => mapOf(shown(state), "boundary", k)).filter(
      (map) => map !== null,
    );
    context.fillStyle = colours.of("zero");
    context.fillRect(0, 0, side, side);
    context.imageSmoothingEnabled = true;
    const hovered = bare ? null : unitShown(state);
    const alone = outputShown(state);
    const answer = about.answers > 1 ? (alone ?? 0) : 0;
    const scale = outputScale(state, answer);
    const threshold = about.output === "sigmoid" ? state.threshold : scale.centre;
    if (hovered) {
      paintSigned(hovered.map, colours.ground, hovered.scale, null);
      stretch(context, side, hovered.map);
    } else if (maps.length && maps.length === about.outputs && about.inputs > 1) {
      const first = maps[alone ?? 0];
      const discrete = state.show.discrete && about.task !== "regression";
      if (about.classes > 2 && alone !== null)
        paintSigned(first, colours.classUnits[lookOf(alone).colour] ?? colours.units, { centre: 0.5, half: 0.5 }, null);
      else if (about.classes > 2) paintClasses(maps, colours, discrete);
      else paintSigned(first, colours.ground, scale, discrete ? threshold : null);
      stretch(context, side, first);
      context.strokeStyle = colours.of("ink");
      context.lineWidth = 1.5;
      context.lineJoin = "round";
      if (about.task !== "regression")
        for (const line of boundaries(about.answers > 1 ? [first] : maps, threshold))
          strokeSegments(context, line, first.rows, side);
    }
    if (!bare) context.drawImage(pointsLayer(side, ratio, about, answer, colours), 0, 0, side, side);
    if (maps[answer] && about.inputs === 1) drawCurve(context, maps[answer], side, viewport(state, answer).up, colours);
    if (state.cursor && !bare) drawCursor(context, side, colours);
  };

  /** @param {CanvasRenderingContext2D} context @param {number} side @param {GridMap} map */
  function stretch(context, side, map) {
    if (image) groundPen.putImageData(image, 0, 0);
    // Grid values stand on the edges of the plane, so the outer half of each border pixel lies outside it.
    const across = side / (map.columns - 1);
    const down = side / Math.max(1, map.rows - 1);
    context.drawImage(ground, -across / 2, -down / 2, side + across, side + down);
  }

  /** @param {CanvasRenderingContext2D} context @param {GridMap} map @param {number} side @param {Axis} up @param {Palette} colours */
  function drawCurve(context, map, side, up, colours) {
    context.beginPath();
    for (let x = 0; x < map.columns; x++) {
      const value = map.low + (map.bytes[x] / 255) * (map.high - map.low);
      context.lineTo((x / (map.columns - 1)) * side, (1 - shareOf(up, value)) * side);
    }
    context.lineWidth = 1.75;
    context.strokeStyle = colours.of("ink");
    context.stroke();
  }

  /** @param {CanvasRenderingContext2D} context @param {number} side @param {Palette} colours */
  function drawCursor(context, side, colours) {
    const at = /** @type {{x: number, y: number}} */ (state.cursor);
    const { across, up } = viewport(state);
    const x = shareOf(across, at.x) * side;
    const y = (1 - shareOf(up, at.y)) * side;
    for (const [width, name] of /** @type {[number, string][]} */ ([
      [3.5, "halo"],
      [1.5, "ink"],
    ])) {
      context.beginPath();
      context.arc(x, y, 5, 0, Math.PI * 2);
      for (const [dx, dy] of [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ]) {
        context.moveTo(x + (dx ?? 0) * 5, y + (dy ?? 0) * 5);
        context.lineTo(x + (dx ?? 0) * 10, y + (dy ?? 0) * 10);
      }
      context.lineWidth = width;
      context.strokeStyle = colours.of(name);
      context.stroke();
    }
  }
}
