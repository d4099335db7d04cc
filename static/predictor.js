/** Asks the server what the network says: at the cursor at once, of all points a few times a second. */

import { describe } from "./lib/problem.js";

const WAIT = 400;

/**
 * @param {import("./store.js").Store} store
 * @param {import("./session.js").Session} session
 */
export function startPredictor(store, session) {
  const { state } = store;
  let asking = false;
  let stale = false;
  let counting = false;
  let again = false;
  let timer = 0;

  async function ask() {
    if (asking) {
      stale = true;
      return;
    }
    const at = state.cursor;
    if (!at || state.past || state.connection !== "open") return;
    const { inputs } = describe(state.catalog, state.config);
    if (inputs > 2) return;
    asking = true;
    const answer = await session.predict([inputs === 1 ? [at.x] : [at.x, at.y]], state.threshold);
    asking = false;
    if (answer && state.cursor) store.set({ pointed: answer });
    if (stale) {
      stale = false;
      void ask();
    }
  }

  async function askAll() {
    if (counting) {
      again = true;
      return;
    }
    const points = state.points;
    const { task } = describe(state.catalog, state.config);
    if (!points || task !== "classification" || state.connection !== "open" || document.hidden) return;
    counting = true;
    again = false;
    const answer = await session.predict(points.inputs, state.threshold);
    if (answer && state.points === points) store.set({ predicted: answer });
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      counting = false;
      if (again) void askAll();
    }, WAIT);
  }

  store.on(["cursor", "frame", "threshold"], () => void ask());
  store.on(["frame", "points", "threshold", "connection"], () => void askAll());
}
