/** A pass on the screen: its sheet, and what belongs to its present layer and its opened cell. */

import { palette } from "../../charts/palette.js";
import { describe } from "../../state/derived.js";
import { make } from "../../ui/dom.js";
import { lossOf } from "./effect.js";
import { equationsOf } from "./equations.js";
import { createFigures, keyOf } from "./figures.js";
import { ledgerOf } from "./ledger.js";
import { doing, quantity } from "./names.js";
import { figures as figuresOf, order, sources, strongest, telling } from "./pass-data.js";
import { createRail } from "./rail.js";
import { roomFor } from "./room.js";
import { createSheet } from "./sheet.js";
import { updateOf } from "./update.js";
import { createWalk } from "./walk.js";

/** @import {State} from "../../state/store.js" */
/** @import {Figures} from "./figures.js" */
/** @import {Cell, Part, Trace} from "./pass-data.js" */
/** @import {Room} from "./room.js" */
/** @import {SheetView} from "./sheet.js" */

/**
 * @param {State} state
 * @param {() => number} width there is for it, in pixels, while it is hidden too
 * @param {Node} beside what stands at the end of the foot
 * @param {() => void} moved called when cells have moved on the screen
 */
export function createPass(state, width, beside, moved) {
  /** @type {Trace | null} */
  let trace = null;
  let rows = true;
  /** @type {Cell | null} the one somebody opened; until then one that says something is open */
  let chosen = null;
  /** @type {Cell} */
  let opened = { name: "dW", layer: 0, row: 0, column: 0 };
  let layer = 0;
  /** @type {string[]} of the activations */
  let titles = [];
  /** @type {Part[]} */
  let steps = [];
  /** @type {Room | null} */
  let room = null;
  /** @type {Figures | null} */
  let figures = null;
  /** @type {SheetView | null} */
  let sheet = null;

  const walk = createWalk(follow);
  const rail = createRail(choose);
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
    const there = chosen && chosen.layer < trace.layers.length ? figuresOf(trace, chosen) : null;
    opened = chosen && there?.[chosen.row]?.[chosen.column] !== undefined ? chosen : telling(trace, layer);
    render();
    walk.over(steps.length);
  }

  /** Draws the sheet: of all layers, or of the present one. */
  function render() {
    if (!trace) return;
    const pass = trace;
    room = roomFor(pass, rows, width(), window.innerHeight);
    figures = createFigures({
      trace: pass,
      rows,
      room,
      masks: state.masks,
      classes: describe(state).task === "classification",
      colours: palette(state.theme),
      open,
      scrolled: moved,
    });
    sheet = createSheet({ trace: pass, rows, room, layer, figures, heading, loss: lossOf(pass) });
    body.replaceChildren(sheet.element);
    if (room.whole) rail.hide();
    else rail.show(pass.layers.length, layer, sayingOf(layer));
    present(layer);
    if (!figures.has(opened)) opened = telling(pass, layer);
    figures.reveal(opened);
    showCell();
  }

  const sayingOf = (/** @type {number} */ at) =>
    trace ? doing(trace.layers[at], titles[at], state.config.network.hidden[at]?.dropout ?? 0) : "";

  /** A layer's heading over its columns, which chooses whose equations and update are shown. @param {number} at */
  function heading(at) {
    const button = make("button", { type: "button" }, [`Layer ${at + 1}`]);
    button.addEventListener("click", () => choose(at));
    return make("h3", {}, [button, make("span", { class: "sub" }, [sayingOf(at)])]);
  }

  /** @param {number} at */
  function choose(at) {
    if (!trace || !room) return;
    if (room.whole) return present(at);
    layer = at;
    chosen = null;
    opened = telling(trace, at);
    build();
  }

  /** Shows the equations and the update of a layer. @param {number} at */
  function present(at) {
    if (!trace || !figures) return;
    layer = at;
    figures.dropUpdate();
    equations.replaceChildren(
      make("h3", {}, [`Layer ${at + 1}, as the articles write it`]),
      equationsOf(trace, at, rows, titles[at], state),
    );
    update.replaceChildren(...updateOf(trace, at, state, figures));
    for (const [each, button] of body.querySelectorAll(".layer-of button").entries())
      button.setAttribute("aria-pressed", String(each === at));
  }

  /** @param {string} [name] of the quantity whose equation is meant */
  function point(name) {
    for (const line of equations.querySelectorAll("li"))
      line.classList.toggle("now", name !== undefined && line.dataset.name === name);
  }

  /** @param {Cell} cell */
  function open(cell) {
    if (!figures || !room) return;
    const before = figures.rectangle(cell);
    chosen = cell;
    opened = cell;
    if (room.whole && cell.layer !== layer) present(cell.layer);
    showCell();
    if (cell.layer === layer) point(cell.name);
    // The sum opens between the tiers there: what was touched stays where it is.
    const after = figures.rectangle(cell);
    if (room.stacked && before && after) window.scrollBy(0, after.top - before.top);
  }

  function showCell() {
    if (!trace || !sheet || !figures || !room) return;
    const { nodes, from } = ledgerOf(trace, opened, state, titles, palette(state.theme));
    ledger.hidden = false;
    ledger.replaceChildren(...nodes);
    // On a small screen the foot is far: the sum opens right under the tier of its cell.
    if (room.stacked) (opened.name[0] === "u" ? update : sheet.tier(opened)).after(ledger);
    else if (ledger.parentElement !== foot) foot.prepend(ledger);
    figures.open(opened, from);
    moved();
  }

  /** Shows the pass as far as one of its steps. @param {number} at */
  function follow(at) {
    if (!trace || !figures || !room) return;
    const now = steps[at] ?? null;
    walk.say(now ? [quantity(now)] : ["the whole pass"]);
    if (now) {
      chosen = null;
      opened = strongest(trace, now);
      const other = now.layer !== layer;
      layer = now.layer;
      if (other && room.whole) present(layer);
      if (other && !room.whole) render();
      else showCell();
    }
    point(now?.name);
    figures.follow(now, now ? sources(trace, now) : [], new Set(now ? steps.slice(at + 1).map(keyOf) : []));
  }

  return {
    walk: walk.element,
    elements: [rail.element, body, foot],
    ledger,
    /** @param {Trace} newest */
    show(newest) {
      trace = newest;
      build();
    },
    /** Opens a cell, of this pass and of those to come. @param {Cell} cell */
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
      if (!trace || !room) return;
      const next = roomFor(trace, rows, width(), window.innerHeight);
      if (JSON.stringify(next) !== JSON.stringify(room)) build();
      else figures?.reveal(opened);
    },
    /** Where the opened cell is on the screen; null where it is out of sight. */
    rectangle: () => figures?.rectangle(opened) ?? null,
    halt: walk.halt,
  };
}
