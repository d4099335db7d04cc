/** The layers of the configuration and their names. */

import { nameOf } from "../../config/activation.js";
import { describe } from "../../state/derived.js";

/** @import {Shape} from "./types.js" */

/** Of every layer its units and activation, the output's last. @param {State} state @returns {Shape[]} */
export function shapesOf(state) {
  const { sizes, output } = describe(state);
  const hidden = state.config.network.hidden.map(({ units, activation }) => ({
    units,
    activation: nameOf(activation),
  }));
  return [...hidden, { units: sizes[sizes.length - 1], activation: output }];
}

/** @param {number} l from 0 @param {number} layers */
export const layerName = (l, layers) => (l === layers - 1 ? "output" : `layer ${l + 1}`);

/** The unit pointed at in the network, or else the selected one. @param {State} state */
export function followedUnit({ hover, selected }) {
  if (hover?.kind === "unit") return hover;
  return selected?.kind === "unit" ? selected : null;
}
