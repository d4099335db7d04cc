/** Requests the loss around the current weights: a coarse slice first, where the fine one takes long. */

import { place } from "../../run/poll.js";
import { isFailedRequest } from "../../run/queries.js";
import { trainingCount } from "../../state/batches.js";

/** @import {Answer} from "./types.js" */

const [COARSE, FINE] = [11, 41];
/** Multiplications of a fine slice that the server does in about 0.1 s. */
const SOON = 2e7;

/** @param {Page} page @param {(answer: Answer | null, refusal?: string) => void} onResult called with every slice, or with why there is none */
export function createMeasuring({ store, session }, onResult) {
  const { state } = store;
  /** @type {"pca" | "random"} */
  let directions = "pca";
  let asking = false;
  let taken = "";
  let run = "";

  /** Whether the fine slice takes noticeably long; before the points have come, it may. */
  function long() {
    if (!state.points) return true;
    const work = (state.run?.derived.parameters ?? 0) * trainingCount(state.points) * FINE ** 2;
    return work > SOON || state.run?.state === "running";
  }

  async function measure() {
    if (asking || !state.run) return;
    asking = true;
    const { id, series } = state.run;
    const asked = directions;
    const same = () => id === state.run?.id && series === state.run.series && asked === directions;
    try {
      for (const resolution of long() ? [COARSE, FINE] : [FINE]) {
        if (!same()) break;
        taken = place(state.run) ?? "";
        run = `${id} ${series}`;
        const answer = await session.fetch(`landscape?resolution=${resolution}&directions=${asked}`);
        if (same()) onResult(answer);
      }
    } catch (error) {
      if (!isFailedRequest(error)) throw error;
      onResult(null, error.message);
    } finally {
      asking = false;
    }
    // Something else was requested meanwhile.
    if (!same()) void measure();
  }

  return {
    measure,
    choose(/** @type {"pca" | "random"} */ name) {
      directions = name;
      void measure();
    },
    get directions() {
      return directions;
    },
    get asking() {
      return asking;
    },
    /** Whether the run has changed since. */
    get stale() {
      return place(state.run) !== taken;
    },
    /** Whether the measured slice is of another run, or of this one before a reset. */
    get foreign() {
      return `${state.run?.id} ${state.run?.series}` !== run;
    },
  };
}
