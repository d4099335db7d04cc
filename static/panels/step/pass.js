/** A pass on the screen: its sheet, the equations and the update of a layer, and the sum of the opened cell. */

import { palette } from "../../charts/palette.js";
import { describe } from "../../state/derived.js";
import { make } from "../../ui/dom.js";
import { equationsOf } from "./equations.js";
import { createLayerPicker } from "./layer-picker.js";
import { layoutFor } from "./layout.js";
import { lossNodes } from "./loss-change.js";
import { createMatrices, keyOf } from "./matrices.js";
import { describeLayer, quantity } from "./names.js";
import { openedCell } from "./opened-cell.js";
import { mostTelling, order, sources, strongest, valuesOf } from "./pass-data.js";
import { createPlayback } from "./playback.js";
import { createSheet } from "./sheet.js";
import { updateOf } from "./update.js";

/** @import {Cell, Matrices, Part, Layout, SheetView, Trace} from "./types.js" */

/**
 * @param {State} state
 * @param {() => number} width available for it in pixels, also while it is hidden
 * @param {Node} beside shown at the end of the foot
 * @param {() => void} moved called when cells moved on the screen
 */
export function createPass(state, width, beside, moved) {
  /** @type {Trace | null} */
  let trace = null;
  let rows = true;
  /** @type {Cell | null} the cell opened by hand; until then one with a large gradient is open */
  let chosen = null;
  /** @type {Cell} */
  let opened = { name: "dW", layer: 0, row: 0, column: 0 };
  let layer = 0;
  /** @type {string[]} of the activations */
  let titles = [];
  /** @type {Part[]} */
  let steps = [];
  /** @type {Layout | null} */
  let layout = null;
  /** @type {Matrices | null} */
  let matrices = null;
  /** @type {SheetView | null} */
  let sheet = null;

  const playback = createPlayback(follow);
  const picker = createLayerPicker(choose);
  const body = make("div", { class: "passes" });
  const ledger = make("section", { class: "ledger", "aria-label": "The opened cell", hidden: "" });
  const equations = make("section", { "aria-label": "Equations" });
  const update = make("section", { class: "update-of", "aria-label": "Update" });
  const foot = make("div", { class: "foot" }, [ledger, equations, update, beside]);

  /** Redraws everything: for another pass, size or theme. */
  function build() {
    if (!trace) return;
    const { activations, outputs } = state.catalog;
    const entries = [...activations, ...outputs];
    steps = order(trace);
    titles = trace.layers.map((of) => entries.find(({ name }) => name === of.activation)?.title ?? of.activation);
    layer = Math.min(layer, trace.layers.length - 1);
    const there = chosen && chosen.layer < trace.layers.length ? valuesOf(trace, chosen) : null;
    opened = chosen && there?.[chosen.row]?.[chosen.column] !== undefined ? chosen : mostTelling(trace, layer);
    render();
    playback.over(steps.length);
  }

  /** Draws the sheet: of all layers, or of the present one. */
  function render() {
    if (!trace) return;
    const pass = trace;
    layout = layoutFor(pass, rows, width(), window.innerHeight);
    matrices = createMatrices({
      trace: pass,
      rows,
      layout,
      masks: state.masks,
      classes: describe(state).task === "classification",
      colours: palette(state.theme),
      open,
      scrolled: moved,
    });
    sheet = createSheet({ trace: pass, rows, layout, layer, matrices, heading, loss: lossNodes(pass) });
    body.replaceChildren(sheet.element);
    if (layout.whole) picker.hide();
    else picker.show(pass.layers.length, layer, layerSummary(layer));
    present(layer);
    if (!matrices.has(opened)) opened = mostTelling(pass, layer);
    matrices.reveal(opened);
    showCell();
  }

  const layerSummary = (/** @type {number} */ at) =>
    trace ? describeLayer(trace.layers[at], titles[at], state.config.network.hidden[at]?.dropout ?? 0) : "";

  /** A layer's heading over its columns, which chooses whose equations and update are shown. @param {number} at */
  function heading(at) {
    const button = make("button", { type: "button" }, [`Layer ${at + 1}`]);
    button.addEventListener("click", () => choose(at));
    return make("h3", {}, [button, make("span", { class: "sub" }, [layerSummary(at)])]);
  }

  function choose(/** @type {number} */ at) {
    if (!trace || !layout) return;
    if (layout.whole) return present(at);
    layer = at;
    chosen = null;
    opened = mostTelling(trace, at);
    build();
  }

  /** Shows the equations and the update of a layer. @param {number} at */
  function present(at) {
    if (!trace || !matrices) return;
    layer = at;
    matrices.dropUpdate();
    equations.replaceChildren(
      make("h3", {}, [`Layer ${at + 1}, as the articles write it`]),
      equationsOf(trace, at, rows, titles[at], state),
    );
    update.replaceChildren(...updateOf(trace, at, state, matrices));
    for (const [each, button] of body.querySelectorAll(".layer-of button").entries())
      button.setAttribute("aria-pressed", String(each === at));
  }

  /** @param {string} [name] of the quantity whose equation is meant */
  function point(name) {
    for (const line of equations.querySelectorAll("li"))
      line.classList.toggle("now", name !== undefined && line.dataset.name === name);
  }

  function open(/** @type {Cell} */ cell) {
    if (!matrices || !layout) return;
    const before = matrices.rectangle(cell);
    chosen = cell;
    opened = cell;
    if (layout.whole && cell.layer !== layer) present(cell.layer);
    showCell();
    if (cell.layer === layer) point(cell.name);
    // There the sum opens between the tiers: the page scrolls so that the touched cell stays in place.
    const after = matrices.rectangle(cell);
    if (layout.stacked && before && after) window.scrollBy(0, after.top - before.top);
  }

  function showCell() {
    if (!trace || !sheet || !matrices || !layout) return;
    const { nodes, from } = openedCell(trace, opened, state, titles, palette(state.theme));
    ledger.hidden = false;
    ledger.replaceChildren(...nodes);
    // On a small screen the foot is far away: the sum opens below the tier of its cell.
    if (layout.stacked) (opened.name[0] === "u" ? update : sheet.tier(opened)).after(ledger);
    else if (ledger.parentElement !== foot) foot.prepend(ledger);
    matrices.open(opened, from);
    moved();
  }

  /** Shows the pass up to one of its steps. @param {number} at */
  function follow(at) {
    if (!trace || !matrices || !layout) return;
    const now = steps[at] ?? null;
    playback.setStatus(now ? [quantity(now)] : ["the whole pass"]);
    if (now) {
      chosen = null;
      opened = strongest(trace, now);
      const other = now.layer !== layer;
      layer = now.layer;
      if (other && layout.whole) present(layer);
      if (other && !layout.whole) render();
      else showCell();
    }
    point(now?.name);
    matrices.follow(now, now ? sources(trace, now) : [], new Set(now ? steps.slice(at + 1).map(keyOf) : []));
  }

  return {
    playback: playback.element,
    elements: [picker.element, body, foot],
    ledger,
    show(/** @type {Trace} */ newest) {
      trace = newest;
      build();
    },
    /** Opens a cell in this pass and in later ones. @param {Cell} cell */
    ask(cell) {
      chosen = cell;
      layer = cell.layer;
      build();
    },
    /** @param {boolean} turned whether rows are examples */
    turn(turned) {
      rows = turned;
      build();
    },
    /** Redraws it when the available space changes. */
    fit() {
      if (!trace || !layout) return;
      const next = layoutFor(trace, rows, width(), window.innerHeight);
      if (JSON.stringify(next) !== JSON.stringify(layout)) build();
      else matrices?.reveal(opened);
    },
    /** The rectangle of the opened cell on the screen; null where it is out of sight. */
    rectangle: () => matrices?.rectangle(opened) ?? null,
    stop: playback.stop,
  };
}
