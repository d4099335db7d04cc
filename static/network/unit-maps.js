/** Every unit's own small map, drawn from the newest frame through one atlas, and the bias at its corner. */

import { outputScale, unitScale } from "../charts/colour-ranges.js";
import { palette, signedColour } from "../charts/palette.js";
import { describe, lookOf, pictureSide } from "../state/derived.js";
import { mapOf } from "../state/frame-maps.js";
import { shown } from "../state/store.js";
import { byId, canvasById, fit, write } from "../ui/dom.js";
import { onDemand } from "../ui/on-demand.js";
import { biasSpot } from "./geometry.js";

const SIDE = 25;

export function unitMapsDrawer(/** @type {Store} */ store, /** @type {() => Geometry | null} */ geometry) {
  const { state } = store;
  const canvas = canvasById("maps");
  const atlas = document.createElement("canvas");
  const pen = /** @type {CanvasRenderingContext2D} */ (atlas.getContext("2d", { willReadFrequently: true }));
  const table = new Uint32Array(256);
  /** @type {ImageData | null} */
  let image = null;

  function prepare(/** @type {number} */ tiles) {
    const rows = Math.ceil(tiles / 16);
    if (!image || image.height !== rows * SIDE) {
      atlas.width = 16 * SIDE;
      atlas.height = rows * SIDE;
      image = pen.createImageData(atlas.width, atlas.height);
    }
    return new Uint32Array(image.data.buffer);
  }

  /** @type {typeof import("./pictures.js") | null} */
  let loaded = null;
  const load = onDemand(
    store,
    "The pictures of the inputs",
    () => import("./pictures.js"),
    (pictures) => {
      loaded = pictures;
      store.set({ layout: state.layout + 1 });
    },
  );

  return function draw() {
    const places = geometry();
    if (!places) return;
    const colours = palette(state.theme);
    const { context, width, height } = fit(canvas);
    const { classes, answers } = describe(state);
    const hidden = places.layers.slice(1, -1);
    const ends = places.layers.at(-1) ?? [];
    const inputs = places.features.length;
    const pixels = prepare(inputs + hidden.reduce((sum, layer) => sum + layer.length, 0) + ends.length);
    const wide = 16 * SIDE;
    let tile = 0;
    /** @type {{box: Box, tile: number}[]} */
    const placed = [];
    /** Inputs that do not vary in the plane of the maps: the distribution of their values is drawn in place of a map. */
    const bars = [];

    /** @param {Box} box @param {{bytes: ArrayLike<number>, rows: number, columns: number}} map */
    const paint = (box, map) => {
      const left = (tile % 16) * SIDE;
      const top = Math.floor(tile / 16) * SIDE;
      for (let y = 0; y < SIDE; y++) {
        // A map of one input is a single row, shown on every line.
        const row = map.rows === 1 ? 0 : Math.round(((SIDE - 1 - y) / (SIDE - 1)) * (map.rows - 1));
        for (let x = 0; x < SIDE; x++) {
          const column = map.columns === SIDE ? x : Math.round((x / (SIDE - 1)) * (map.columns - 1));
          pixels[(top + y) * wide + left + x] = table[map.bytes[row * map.columns + column]];
        }
      }
      placed.push({ box, tile });
      tile++;
    };

    const side = pictureSide(state);
    const weights = side && loaded ? shown(state)?.tensors["weights.0"] : null;
    for (const feature of side ? [] : places.features) {
      const entry = state.catalog.features.find((each) => each.name === feature.name);
      if (!entry?.map || state.run?.columns) {
        bars.push(feature);
        continue;
      }
      const most = Math.max(Math.abs(entry.low), Math.abs(entry.high));
      fillTable(table, feature.used ? colours.units : colours.faint, entry.low, entry.high, 0, most);
      paint(feature.box, { bytes: entry.map.flat(), rows: entry.map.length, columns: entry.map[0]?.length ?? 1 });
    }
    hidden.forEach((boxes, l) => {
      boxes.forEach((box, unit) => {
        if (weights && loaded && l === 0) {
          const cells = loaded.cellsOfWeights(weights, unit, places.features, side, SIDE);
          fillTable(table, colours.units, -1, 1, 0, 1);
          paint(box, { bytes: cells, rows: SIDE, columns: SIDE });
          return;
        }
        const map = mapOf(shown(state), `neurons.${l}`, unit);
        if (!map) return;
        const { centre, half } = unitScale(state, l, map.low, map.high);
        fillTable(table, colours.units, map.low, map.high, centre, half);
        paint(box, map);
      });
    });
    ends.forEach((box, k) => {
      const map = mapOf(shown(state), "boundary", k);
      if (!map) return;
      const scale = outputScale(state, answers > 1 ? k : 0);
      const lookup = classes > 2 ? (colours.classUnits[lookOf(k).colour] ?? colours.units) : colours.units;
      if (classes > 2) fillTable(table, lookup, map.low, map.high, 0.5, 0.5);
      else fillTable(table, lookup, map.low, map.high, scale.centre, scale.half);
      paint(box, map);
    });

    context.clearRect(0, 0, width, height);
    if (image) pen.putImageData(image, 0, 0);
    context.imageSmoothingEnabled = true;
    for (const { box, tile: index } of placed) {
      // Half a texel inside its tile, so that interpolation never uses a neighbouring tile.
      context.drawImage(
        atlas,
        (index % 16) * SIDE + 0.5,
        Math.floor(index / 16) * SIDE + 0.5,
        SIDE - 1,
        SIDE - 1,
        box.x,
        box.y,
        box.size,
        box.size,
      );
    }
    if (side || bars.length) {
      if (!loaded) void load();
      if (side) loaded?.drawCells(context, places.features, state, colours);
      else loaded?.drawSpreads(context, bars, state, colours);
    }
    writeScales(state);
  };
}

/**
 * The pixel for each of the 256 bytes of a map.
 * @param {Uint32Array} table @param {Uint32Array} lookup @param {number} low @param {number} high
 * @param {number} centre the value shown as zero
 * @param {number} half the distance from it to full strength
 */
export function fillTable(table, lookup, low, high, centre, half) {
  const first = ((low - centre) / half + 1) * 127.5;
  const step = ((high - low) / half) * (127.5 / 255);
  for (let u = 0; u < 256; u++) {
    const at = first + step * u;
    table[u] = lookup[at < 0 ? 0 : at > 255 ? 255 : Math.round(at)];
  }
}

/** The biases as dots on the units' lower left corners, over their frames. @param {Store} store @param {() => Geometry | null} geometry */
export function biasDrawer({ state }, geometry) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvasById("over").getContext("2d"));
  return function draw() {
    const places = geometry();
    if (!places || !state.config.network.bias) return;
    const colours = palette(state.theme);
    places.layers.slice(1).forEach((boxes, l) => {
      const biases = shown(state)?.tensors[`biases.${l}`]?.data;
      boxes.forEach((box, unit) => {
        const value = biases?.[unit];
        if (value === undefined) return;
        context.beginPath();
        const { x, y, radius } = biasSpot(box);
        context.arc(x, y, radius, 0, Math.PI * 2);
        context.fillStyle = signedColour(colours, value / 1.5);
        context.fill();
        context.lineWidth = 1;
        context.strokeStyle = colours.of("edge");
        context.stroke();
      });
    });
  };
}

/** Writes under each column the values between which its colours run. @param {State} state */
function writeScales(state) {
  const columns = byId("layers").querySelectorAll(".hidden-layer .layer-foot");
  columns.forEach((foot, l) => {
    write(foot, l === 0 && pictureSide(state) ? "weights" : unitScale(state, l, -1, 1).words);
  });
}
