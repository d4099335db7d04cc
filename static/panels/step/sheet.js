/** The sheet of one pass: quantities in columns, the forward pass above, each gradient below its quantity. */

import { make } from "../../ui/dom.js";
import { columnsOf } from "./columns.js";
import { quantity } from "./names.js";

/** @import {Column, Matrices, Part, Layout, Sheet, Trace} from "./types.js" */

/** @param {Sheet} sheet */
export function createSheet({ trace, rows, layout, layer, matrices, heading, loss }) {
  const layers = layout.whole ? [...trace.layers.keys()] : [layer];
  const columns = layers.flatMap((each) => columnsOf(trace, each, rows, !layout.whole));

  /** @param {Part} part @returns {Node} */
  function shown(part) {
    const figure = matrices.named(part, part.name === "A" && part.layer < layers[0]);
    if (figure) return figure;
    const why = "infinite: a probability is exactly 0 or 1 here. dZ stays finite: it is computed as A − y.";
    return make("div", {}, [
      make("div", { class: "name" }, [quantity(part)]),
      make("p", { class: "label why" }, [why]),
    ]);
  }

  /** The content of a column without a gradient. @param {Column} column @returns {Node[]} */
  function instead({ forward }) {
    if (forward[0]?.name === "y") return [make("div", { class: "loss-of" }, loss)];
    if (forward[0]?.name !== "A0") return [];
    const words = "each gradient is below its quantity; colours run to the largest figure of each matrix";
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

  /** The class of a sign: wider before weights with their biases below. @param {number} at */
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
  const headings = layout.whole
    ? layers.map((each) => {
        const element = make("div", { class: "layer-of" }, [heading(each)]);
        const last = columns.findLastIndex((column) => column.layer === each);
        element.style.gridColumn = `${columns.findIndex((column) => column.layer === each) + 1} / ${last + 2}`;
        return element;
      })
    : [];
  const above = make("div", { class: "tier forward" }, forward);
  const below = make("div", { class: "tier backward" }, backward);
  const element = make("div", { class: `sheet${layout.stacked ? " stacked" : ""}` }, [...headings, above, below]);

  return {
    element,
    /** The tier of a quantity. @param {Part} part */
    tier: ({ name }) => (name.startsWith("d") ? below : above),
  };
}
