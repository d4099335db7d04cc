/** Looking back: the frame of a recorded epoch, which the views draw in place of the newest. */

import { frame } from "../api/client.js";
import { isSlice } from "../lib/slice.js";
import { describe } from "../state/derived.js";

/** @param {number[]} epochs ascending @param {number} wanted */
export function nearestEpoch(epochs, wanted) {
  return epochs.reduce(
    (best, epoch) => (Math.abs(epoch - wanted) < Math.abs(best - wanted) ? epoch : best),
    epochs[0] ?? 0,
  );
}

export function createReplay(/** @type {Store} */ store, /** @type {Session} */ session) {
  const { state } = store;
  /** @type {number | null} */
  let wanted = null;
  let busy = false;
  let otherSlice = false;

  /** Shows the recorded epoch nearest to the wanted one; null shows the newest again. @param {number | null} epoch */
  async function showEpoch(epoch) {
    wanted = epoch;
    if (epoch === null) store.set({ past: null });
    if (busy) return;
    busy = true;
    try {
      const run = await session.fetch("");
      for (let asked = null; wanted !== null && wanted !== asked; ) {
        asked = wanted;
        const nearest = nearestEpoch(run.recorded_epochs, asked);
        if (state.past?.epoch === nearest && !otherSlice) continue;
        otherSlice = false;
        const past = await frame(run.id, {
          epoch: nearest,
          resolution: 100,
          include: ["boundary", "weights", "neurons"],
          ...(isSlice(describe(state).inputs) ? { axes: state.axes, hold: state.hold } : {}),
        });
        if (wanted !== null && state.run?.id === run.id) store.set({ past });
      }
    } catch {
      store.set({ notice: "That epoch could not be fetched; the page shows the newest.", past: null });
    } finally {
      busy = false;
    }
  }
  store.on(["axes", "hold"], () => {
    if (!state.past) return;
    otherSlice = true;
    void showEpoch(state.past.epoch);
  });
  return showEpoch;
}
