/** The sheet of one pass: quantities in columns, the forward pass above, each gradient under what it belongs to. */

import { make } from "../../ui/dom.js";
import { columnsOf } from "./columns.js";
import { quantity } from "./names.js";

/** @import {Column} from "./columns.js" */
/** @import {Figures} from "./figures.js" */
/** @import {Part, Trace} from "./pass-data.js" */
/** @import {Room} from "./room.js" */

/**
 * @typedef {object} Sheet
 * @property {Trace} trace
 * @property {boolean} rows whether rows are examples
 * @property {Room} room
 * @property {number} layer the one shown, where they are shown one at a time
 * @property {Figures} figures
 * @property {(layer: number) => Node} heading
 * @property {Node[]} loss what stands under the targets
 */

/** @param {Sheet} sheet */
export function createSheet({ trace, rows, room, layer, figures, heading, loss }) {
  const layers = room.whole ? [...trace.layers.keys()] : [layer];
  const columns = layers.flatMap((each) => columnsOf(trace, each, rows, !room.whole));

  /** @param {Part} part @returns {Node} */
  function shown(part) {
    const figure = figures.named(part, part.name === "A" && part.layer < layers[0]);
    if (figure) return figure;
    const why = "infinite: a probability is exactly 0 or 1 here. dZ stays finite: it is computed as A − y.";
    return make("div", {}, [
      make("div", { class: "name" }, [quantity(part)]),
      make("p", { class: "label why" }, [why]),
    ]);
  }

  /** What a column without a gradient has in its place. @param {Column} column @returns {Node[]} */
  function instead({ forward }) {
    if (forward[0]?.name === "y") return [make("div", { class: "loss-of" }, loss)];
    if (forward[0]?.name !== "A0") return [];
    const words = "each gradient lies under what it belongs to; colours run to the largest figure of each matrix";
    return [make("h4", {}, ["Backward"]), make("p", { class: "label" }, [words])];
  }

  /** @param {Node[]} content @param {number} at */
  function item(content, at, kind = "column") {
    const { layer: own } = columns[at];
    const begins = at > 0 && columns[at - 1].layer !== own ? " begins" : "";
    const element = make("div", { class: `${kind}${begins}` }, content);
    element.style.gridColumn = String(at + 1);
    return element;
  }

  /** Before weights that have their biases under them. @param {number} at */
  const kindOf = (at) => (rows && columns[at + 1]?.forward[0]?.name === "W" ? "sign wide" : "sign");

  const forward = columns.map((column, at) =>
    column.forward.length
      ? item(column.forward.map(shown), at)
      : item([make("span", {}, [column.sign, ...(column.named ? [quantity(column.named)] : [])])], at, kindOf(at)),
  );
  const backward = columns.flatMap((column, at) => {
    if (!column.forward.length) return column.back ? [item([make("span", {}, [column.back])], at, kindOf(at))] : [];
    const content = column.backward.length ? column.backward.map(shown) : instead(column);
    return content.length ? [item(content, at)] : [];
  });
  const headings = room.whole
    ? layers.map((each) => {
        const element = make("div", { class: "layer-of" }, [heading(each)]);
        const last = columns.findLastIndex((column) => column.layer === each);
        element.style.gridColumn = `${columns.findIndex((column) => column.layer === each) + 1} / ${last + 2}`;
        return element;
      })
    : [];
  const above = make("div", { class: "tier forward" }, forward);
  const below = make("div", { class: "tier backward" }, backward);
  const element = make("div", { class: `sheet${room.stacked ? " stacked" : ""}` }, [...headings, above, below]);

  return {
    element,
    /** The tier that a quantity stands in. @param {Part} part */
    tier: ({ name }) => (name.startsWith("d") ? below : above),
  };
}

/** @typedef {ReturnType<typeof createSheet>} SheetView */
