/** The opened cell: its name, the terms of its sum as a table with bars, and the result. */

import { signedColour } from "../../charts/palette.js";
import { describe } from "../../state/derived.js";
import { make } from "../../ui/dom.js";
import { featureName } from "../../ui/names.js";
import { signedBar } from "./bars.js";
import { EXPLANATIONS, figure, sign } from "./explanations.js";
import { STRENGTH } from "./matrix.js";
import { quantity } from "./names.js";
import { sumOf } from "./sums.js";

/** @import {Cell, Sum, Trace} from "./types.js" */

const OF_WEIGHTS = new Set(["W", "dW", "uW"]);

/** Names for the place and the terms of a cell. @param {Trace} trace @param {Cell} cell @param {string[]} features */
function namesOf(trace, cell, features) {
  const example = (/** @type {number} */ j) => `example ${(trace.examples[j] ?? 0) + 1}`;
  const one = cell.layer === trace.layers.length - 1 ? "output" : "unit";
  /** @param {number} k @returns {Node | string} */
  const source = (k) => {
    const name = cell.layer ? null : features[k];
    return name ? make("span", {}, featureName(name)) : `unit ${k + 1}`;
  };
  const after = (/** @type {string} */ word) => (/** @type {number} */ k) => `${word} ${k + 1}`;
  const unit = cell.name === "dA" ? after("unit") : source;
  /** @type {Record<Sum["over"], (k: number) => Node | string>} */
  const terms = { example, input: source, unit, output: after("output") };
  /** @returns {(Node | string)[]} */
  const where = () => {
    if (OF_WEIGHTS.has(cell.name)) return ["from ", source(cell.column), ` to ${one} ${cell.row + 1}`];
    if (cell.name.endsWith("b")) return [`${one} ${cell.row + 1}`];
    if (cell.name === "A0") return [`${example(cell.column)}, input `, source(cell.row)];
    return [`${example(cell.column)}, ${one} ${cell.row + 1}`];
  };
  return { source, terms, where };
}

/**
 * The terms of a sum, one per line; the largest bar is as long as half the column.
 * @param {Sum} sum @param {(index: number) => Node | string} called @param {Palette} colours
 */
function tableOf(sum, called, colours) {
  const most = Math.max(...sum.terms.map((term) => Math.abs(term.value ?? 0)), Math.abs(sum.bias ?? 0), 1e-300);
  const two = sum.heads.length > 1;
  const share = sum.kind === "share";
  const bar = (/** @type {number | null} */ value) => signedBar("td", value ?? 0, most);
  const head = (/** @type {(Node | string)[]} */ content) => make("th", { scope: "col" }, content);
  const product = share
    ? [make("span", { class: "symbol" }, ["e", make("sup", {}, ["Z − max"])])]
    : [two ? "product" : ""];
  const heads = make("tr", {}, [
    make("td"),
    head([quantity(sum.heads[0])]),
    ...(two ? [head([quantity(sum.heads[1])])] : []),
    ...(two || share ? [head(product)] : []),
    make("td"),
  ]);
  const largest = sum.heads.map((_, i) => Math.max(...sum.terms.map((term) => Math.abs(term.factors[i] ?? 0)), 1e-300));
  const tinted = (/** @type {number | null} */ value, /** @type {number} */ full, before = "") => {
    const shown = make("span", { class: "tint" }, [figure(value)]);
    shown.style.backgroundColor = signedColour(colours, (STRENGTH * (value ?? 0)) / full);
    return make("td", {}, [...(before ? [sign(before)] : []), shown]);
  };
  const rows = sum.terms.map((term) =>
    make("tr", {}, [
      make("th", { scope: "row" }, [called(term.index ?? 0)]),
      ...term.factors.map((factor, i) => tinted(factor, largest[i], i > 0 ? "×" : "")),
      ...(two || share ? [tinted(term.value, most, two ? "=" : "")] : []),
      bar(term.value),
    ]),
  );
  const other = (/** @type {string} */ name, /** @type {number} */ value) =>
    make("tr", {}, [
      make("th", { scope: "row" }, [name]),
      make("td", { colspan: two ? "3" : "1" }, [figure(value)]),
      bar(value),
    ]);
  if (sum.bias !== null) rows.push(other("bias", sum.bias));
  if (sum.rest) rows.push(other(`the other ${sum.rest.count}`, sum.rest.value));
  return make("div", { class: "terms", tabindex: "0", role: "group", "aria-label": "Terms" }, [
    make("table", {}, [make("thead", {}, [heads]), make("tbody", {}, rows)]),
  ]);
}

/** @param {Trace} trace @param {Cell} cell @param {State} state @param {string[]} titles of the activations @param {Palette} colours */
export function openedCell(trace, cell, state, titles, colours) {
  const sum = sumOf(trace, cell);
  const { features, loss } = describe(state);
  const { source, terms, where } = namesOf(trace, cell, features);
  const table = () => tableOf(sum, terms[sum.over], colours);
  const { words, body } = EXPLANATIONS[sum.kind]({
    trace,
    cell,
    sum,
    state,
    title: titles[cell.layer],
    loss,
    source,
    table,
  });
  return {
    from: sum.from,
    nodes: [
      make("div", { class: "head-of" }, [
        make("h3", {}, [quantity(cell), " ", make("span", { class: "where" }, where())]),
        make("p", { class: "sub" }, [words]),
      ]),
      ...body,
    ],
  };
}
