/** The weights as curves: colour and width from the value, weak ones first; a second canvas carries drift and selection. */

import { palette, signedColour } from "../charts/palette.js";
import { connected, shown } from "../state/store.js";
import { canvasById, fit } from "../ui/dom.js";
import { pointOn } from "./geometry.js";

const STRONGEST_VALUE = 3.2;
const DRIFTING_LINKS = 60;
const FULL_SIZE_UNIT = 38;
const OUTLINED_WIDTH = 1.8;

/** @typedef {{layer: number, row: number, column: number, value: number, t: number, width: number}} Link */

/**
 * A link's strength, 0 to 1, and its width, which shrinks with the units that it joins. So the links of a large network can be told apart, and
 * most are hairlines, which take a quarter of the time to draw.
 * @param {number} value @param {Box | undefined} unit
 */
function stroke(value, unit) {
  const t = Number.isFinite(value) ? Math.min(1, Math.abs(value) / STRONGEST_VALUE) : 1;
  return { t, width: Math.min(1, (unit?.size ?? FULL_SIZE_UNIT) / FULL_SIZE_UNIT) * (0.75 + 4.75 * t) };
}

export function linkDrawers(/** @type {Store} */ store, /** @type {() => Geometry | null} */ geometry) {
  const { state } = store;
  const links = canvasById("links");
  const over = canvasById("over");
  /** @type {Link[]} the strongest, for the drift */
  let strongest = [];
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");

  function collect(/** @type {Geometry} */ places) {
    /** @type {Link[]} */
    const all = [];
    places.paths.forEach((rows, layer) => {
      const weights = shown(state)?.tensors[`weights.${layer}`];
      const columns = weights?.shape[2] ?? 0;
      if (!weights || weights.shape[1] !== rows.length || columns !== rows[0]?.length) return;
      for (let row = 0; row < rows.length; row++) {
        for (let column = 0; column < columns; column++) {
          const value = weights.data[row * columns + column];
          all.push({ layer, row, column, value, ...stroke(value, places.layers[layer + 1]?.[row]) });
        }
      }
    });
    return all.sort((a, b) => a.t - b.t);
  }

  const isCut = (/** @type {Link} */ link) => state.masks[link.layer]?.[link.row]?.[link.column] === false;

  /** The dead units of each hidden layer, as far as they are known. */
  function deadUnits() {
    const { health, run, past } = state;
    const known = health && run && !past && health.run === run.id && health.series === run.series ? health.layers : [];
    return known.map((layer) => new Set(layer.dead));
  }

  function drawLinks() {
    const places = geometry();
    if (!places) return;
    const colours = palette(state.theme);
    const { context, width, height } = fit(links);
    const all = collect(places);
    context.clearRect(0, 0, width, height);
    context.lineCap = "butt";
    const dead = deadUnits();
    const fromDead = (/** @type {Link} */ { layer, column }) => dead[layer - 1]?.has(column) === true;
    for (const link of all) {
      const path = places.paths[link.layer]?.[link.row]?.[link.column];
      if (!path) continue;
      // A cut link transmits nothing; a link from a dead unit transmits 0 for every training point.
      const dashes = isCut(link) ? [1.5, 4] : fromDead(link) ? [4, 4] : null;
      if (dashes) {
        context.setLineDash(dashes);
        context.lineWidth = isCut(link) ? 1.25 : 1;
        context.strokeStyle = colours.of("edge");
        context.stroke(path);
        context.setLineDash([]);
        continue;
      }
      if (link.width > OUTLINED_WIDTH) {
        context.lineWidth = link.width + 2;
        context.strokeStyle = colours.of("ground");
        context.stroke(path);
      }
      context.lineWidth = link.width;
      context.strokeStyle = signedColour(colours, Math.sign(link.value) * (0.18 + 0.82 * link.t));
      context.stroke(path);
    }
    for (const link of all) if (isCut(link)) drawCross(context, places, link, colours);
    strongest = all.filter((link) => link.t > 0.2 && !isCut(link) && !fromDead(link)).slice(-DRIFTING_LINKS);
  }

  function drawOver() {
    const places = geometry();
    if (!places) return;
    const colours = palette(state.theme);
    const { context, width, height } = fit(over);
    context.clearRect(0, 0, width, height);
    if (drifting()) {
      context.setLineDash([3, 13]);
      context.lineDashOffset = -(performance.now() / 1000) * 12;
      context.strokeStyle = colours.of("ground");
      context.globalAlpha = 0.35;
      for (const link of strongest) {
        const path = places.paths[link.layer]?.[link.row]?.[link.column];
        if (!path) continue;
        context.lineWidth = Math.max(1, link.width - 0.5);
        context.stroke(path);
      }
      context.globalAlpha = 1;
      context.setLineDash([]);
    }
    const target = state.selected?.kind === "link" ? state.selected : state.hover;
    if (target?.kind === "link") drawChosen(context, places, target, colours);
  }

  /**
   * @param {CanvasRenderingContext2D} context @param {Geometry} places
   * @param {{layer: number, row: number, column: number}} target @param {Palette} colours
   */
  function drawChosen(context, places, target, colours) {
    const path = places.paths[target.layer]?.[target.row]?.[target.column];
    const weights = shown(state)?.tensors[`weights.${target.layer}`];
    const from = places.layers[target.layer]?.[target.column];
    const to = places.layers[target.layer + 1]?.[target.row];
    if (!path || !weights || !from || !to) return;
    const value = weights.data[target.row * (weights.shape[2] ?? 1) + target.column] ?? 0;
    const { t, width } = stroke(value, to);
    context.strokeStyle = colours.of("ink");
    context.lineWidth = width + 3;
    context.stroke(path);
    context.strokeStyle = signedColour(colours, Math.sign(value) * (0.18 + 0.82 * t));
    context.lineWidth = width;
    context.stroke(path);
    const at = pointOn(from, to, places.vertical, 0.5);
    context.beginPath();
    context.arc(at.x, at.y, 3.5, 0, Math.PI * 2);
    context.fillStyle = colours.of("paper");
    context.fill();
    context.lineWidth = 1.25;
    context.strokeStyle = colours.of("ink");
    context.stroke();
  }

  function drifting() {
    return state.run?.state === "running" && !state.past && connected(state) && !still.matches;
  }

  return { drawLinks, drawOver, drifting };
}

/** @param {CanvasRenderingContext2D} context @param {Geometry} places @param {Link} link @param {Palette} colours */
function drawCross(context, places, link, colours) {
  const from = places.layers[link.layer]?.[link.column];
  const to = places.layers[link.layer + 1]?.[link.row];
  if (!from || !to) return;
  const { x, y } = pointOn(from, to, places.vertical, 0.5);
  context.beginPath();
  context.arc(x, y, 7, 0, Math.PI * 2);
  context.fillStyle = colours.of("paper");
  context.fill();
  context.lineWidth = 1;
  context.strokeStyle = colours.of("edge");
  context.stroke();
  context.beginPath();
  context.moveTo(x - 2.5, y - 2.5);
  context.lineTo(x + 2.5, y + 2.5);
  context.moveTo(x + 2.5, y - 2.5);
  context.lineTo(x - 2.5, y + 2.5);
  context.lineWidth = 1.75;
  context.strokeStyle = colours.of("ink");
  context.stroke();
}
