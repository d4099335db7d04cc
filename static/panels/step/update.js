/** The update of one layer: the optimizer's equation, what it adds to weights and biases, and what all updates do to the loss. */

import { short } from "../../lib/format.js";
import { make } from "../../ui/dom.js";
import { statements } from "../../ui/mathml.js";
import { effect } from "./effect.js";

/** @import {State} from "../../state/store.js" */
/** @import {Figures} from "./figures.js" */
/** @import {Trace} from "./pass-data.js" */

/**
 * @param {Trace} trace
 * @param {number} layer
 * @param {State} state
 * @param {Figures} figures
 */
export function updateOf(trace, layer, state, figures) {
  const name = state.config.training.optimizer.name;
  const optimizer = state.catalog.optimizers.find((each) => each.name === name);
  const matrices = [figures.named({ name: "uW", layer }), figures.named({ name: "ub", layer })];
  return [
    make("div", { class: "head-of" }, [
      make("h3", {}, [`Update of layer ${layer + 1}`]),
      make("p", { class: "sub" }, [`${optimizer?.title ?? name}, rate η = ${short(trace.learning_rate, 3)}`]),
    ]),
    make("div", { class: "rule" }, optimizer?.formula ? statements(optimizer.formula) : []),
    make(
      "div",
      { class: "added" },
      matrices.filter((each) => each !== null),
    ),
    ...effect(trace),
  ];
}
