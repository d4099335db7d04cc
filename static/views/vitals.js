/** Asks now and then, while a small network trains, which of its units are dead or saturated. */

import { describe } from "../lib/problem.js";
import { connected } from "../store.js";
import { follower } from "./follow.js";
import { mountHealth } from "./health.js";

const EVERY = 1000;
/** More weights than these would take the training's own time. */
const SMALL = 600;

/**
 * @param {import("../store.js").Store} store
 * @param {import("../session.js").Session} session
 */
export function mountVitals(store, session) {
  const { state } = store;
  mountHealth(store);
  const following = follower(store, EVERY, async () => {
    const { run } = state;
    if (!run || document.hidden || !connected(state) || state.past) return;
    if (describe(state.catalog, state.config).parameters > SMALL) return;
    const { epoch, batch, layers } = await session.fetch("diagnostics");
    if (state.run?.id === run.id)
      store.set({ health: { run: run.id, series: run.series, epoch, batch, layers: layers } });
  });
  following.turn(true);
}
