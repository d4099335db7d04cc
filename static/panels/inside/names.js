/** The layers that the configuration asks for, and what they are called. */

import { nameOf } from "../../config/activation.js";
import { describe } from "../../state/derived.js";

/** @import {State} from "../../state/store.js" */

/** @typedef {{units: number, activation: string}} Shape */

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
