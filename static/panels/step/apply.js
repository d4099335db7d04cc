/** The button that applies the update: when the pass was taken, why it cannot be applied, and what it did. */

import { batchesPerEpoch } from "../../state/batches.js";
import { make, write } from "../../ui/dom.js";
import { outcomeNodes } from "./loss-change.js";

/** @import {Trace} from "./types.js" */

/** Whether a pass over all examples is the next step of the run: one batch, no dropout, no augmentation. @param {RunConfig} config @param {number} batches in an epoch */
const isWholeStep = (config, batches) =>
  batches === 1 &&
  config.network.hidden.every((each) => !each.dropout) &&
  !(/** @type {any} */ (config.training).augmentation);

/** Why a run in this state takes no step. @type {Record<string, string>} */
const NO_STEP = {
  finished: "has finished",
  diverged: "has diverged",
  recovering: "is being recovered",
  failed: "has failed",
};

/** Why the update cannot be applied; empty where it can. @param {State} state @param {boolean} next whether the pass is over the run's next mini-batch */
function reasonNotToStep({ role, run }, next) {
  if (!next) return "The run trains on its own mini-batches: choose Next mini-batch to apply its update.";
  if (role === "viewer") return "You are watching: only the run’s owner can train it.";
  if (run?.state === "running") return "Pause the run to take its steps by hand.";
  const reason = run && NO_STEP[run.state];
  return reason ? `The run ${reason}, so it takes no step.` : "";
}

/** @param {State} state @param {{step: () => Promise<void>, refresh: () => void}} acts */
export function createApply(state, { step, refresh }) {
  const button = make("button", { type: "button", class: "button primary", "aria-describedby": "step-note" }, [
    "Apply the update",
  ]);
  const again = make("button", { type: "button", class: "button", hidden: "" }, ["Refresh"]);
  const moment = make("p", { class: "aside", role: "status" }, ["Requesting one pass."]);
  const note = make("p", { class: "aside", id: "step-note" });
  const outcome = make("div", { class: "outcome", role: "status", hidden: "" });
  let stepping = false;
  button.disabled = true;
  again.addEventListener("click", refresh);
  button.addEventListener("click", async () => {
    stepping = true;
    button.disabled = true;
    await step();
  });

  return {
    button,
    line: make("div", { class: "moment" }, [moment, again, note]),
    outcome,
    stepping: () => stepping,
    stepped() {
      stepping = false;
    },
    fail: (/** @type {string} */ words) => write(moment, words),
    /** Shows what a step did; null clears it. @param {Trace | null} before the pass that was applied @param {number} [off] largest difference from the predicted weights */
    showOutcome(before, off = 0) {
      outcome.hidden = before === null;
      outcome.replaceChildren(...(before ? outcomeNodes(before, off) : []));
    },
    /** @param {Trace} trace @param {string} choice of examples */
    update(trace, choice) {
      const { run, config } = state;
      if (!run) return;
      const running = run.state === "running";
      const batches = batchesPerEpoch(state);
      const behind = trace.epoch !== run.epoch || trace.batch !== run.batch;
      const at = `epoch ${trace.epoch.toLocaleString("en")}, before mini-batch ${trace.batch + 1} of ${batches}`;
      const since = behind && running ? `; the run is at epoch ${run.epoch.toLocaleString("en")}` : "";
      const why = reasonNotToStep(state, choice === "next" || (choice === "all" && isWholeStep(config, batches)));
      const few = trace.shown < trace.count ? ` The first ${trace.shown} of ${trace.count} examples are listed.` : "";
      write(moment, `Taken at ${at}${since}.${few}`);
      write(note, why);
      again.hidden = !running;
      button.disabled = why !== "" || stepping;
    },
  };
}
