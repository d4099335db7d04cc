/** How quantities are written on the page: serif italics, indices and powers. */

import { columnOf } from "../state/names.js";
import { make } from "./dom.js";

/** An input's name, such as "x1^2" or "sin(x2)", as nodes. @param {string} name @returns {Node[]} */
export function featureName(name) {
  const inner = /^(\w+)\((.+)\)$/.exec(name);
  if (inner) return [document.createTextNode(`${inner[1]}\u00a0`), ...featureName(inner[2] ?? "")];
  return name.split("*").flatMap((factor) => {
    const [, letter = factor, index = "", power = ""] = /^([a-z]+)(\d*)(?:\^(\d+))?$/.exec(factor) ?? [];
    const scripts = make("span", { class: "scripts" }, [
      make("sup", {}, power ? [power] : []),
      make("sub", {}, [index]),
    ]);
    return [make("var", {}, [letter]), scripts];
  });
}

/** An input of the network: the name of a table's column, or a quantity such as x1. @param {Pick<State, "run">} state @param {string} feature */
export function inputNodes(state, feature) {
  const column = columnOf(state, feature);
  return column === null ? featureName(feature) : [document.createTextNode(column)];
}

/** The name of a unit in a sentence. @param {number} layer from 1 @param {number} unit from 0 @param {number} last */
export const unitName = (layer, unit, last) =>
  layer === last ? (unit ? `output ${unit + 1}` : "the output") : `unit ${unit + 1} of layer ${layer}`;
