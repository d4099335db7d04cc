/** Requests, once a small network has started to train and at most once a second, which of its units are dead or saturated. */

import { createPoll } from "../run/poll.js";
import { connected } from "../state/store.js";
import { mountUnitMarks } from "./unit-marks.js";

const EVERY = 1000;
/** With more weights than these, the measurement would slow the training down. */
const SMALL = 600;

export function mountUnitHealth(/** @type {Store} */ store, /** @type {Session} */ session) {
  const { state } = store;
  mountUnitMarks(store);
  let started = false;
  const following = createPoll(store, EVERY, async () => {
    const { run } = state;
    if (!run || document.hidden || !connected(state) || state.past) return;
    if (run.derived.parameters > SMALL) return;
    const { epoch, batch, layers } = await session.fetch("diagnostics");
    if (state.run?.id === run.id)
      store.set({ health: { run: run.id, series: run.series, epoch, batch, layers: layers } });
  });
  store.on(["run"], () => {
    if (started || state.run?.state !== "running") return;
    started = true;
    following.turn(true);
  });
}
