/** Requests the predictions of the displayed network for all points, a few times a second. */

import { thresholdOf } from "../state/accuracy.js";
import { describe } from "../state/derived.js";
import { connected } from "../state/store.js";

const WAIT = 400;
/** While an earlier epoch is on show: the time slider passes through many. */
const WAIT_PAST = 100;

export function startPredictions(/** @type {Store} */ store, /** @type {Session} */ session) {
  const { state } = store;
  let waiting = false;
  let askAgain = false;
  let timer = 0;

  async function ask() {
    if (waiting) {
      askAgain = true;
      return;
    }
    const { points, past } = state;
    const { task } = describe(state);
    if (!points || task === "regression" || !connected(state) || document.hidden) return;
    waiting = true;
    askAgain = false;
    const threshold = thresholdOf(state);
    const answer = await session.predict(points.inputs, threshold, past?.epoch);
    if (answer && state.points === points)
      store.set({ predicted: { ...answer, past: past?.epoch ?? null, threshold } });
    window.clearTimeout(timer);
    timer = window.setTimeout(
      () => {
        waiting = false;
        if (askAgain) void ask();
      },
      state.past ? WAIT_PAST : WAIT,
    );
  }

  store.on(["frame", "past", "points", "threshold", "connection"], () => void ask());
}
