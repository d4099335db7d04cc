/** Repeats a request when the run has changed: at a limited rate, one at a time, and only while switched on. */

import { changesKey } from "./changes.js";

/**
 * @param {Store} store
 * @param {number} every least milliseconds between two requests
 * @param {() => Promise<void>} ask
 * @param {(state: State) => string | null} key what an answer depends on; null where no request is needed
 */
export function createPoll(store, every, ask, key = ({ run }) => place(run)) {
  let on = false;
  let busy = false;
  let asked = "";
  let last = Number.NEGATIVE_INFINITY;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  function askIfDue() {
    const now = key(store.state);
    if (!on || busy || timer || !now || now === asked) return;
    const wait = last + every - performance.now();
    if (wait > 0) {
      timer = setTimeout(() => {
        timer = undefined;
        askIfDue();
      }, wait);
      return;
    }
    busy = true;
    asked = now;
    last = performance.now();
    const answered = () => {
      busy = false;
      askIfDue();
    };
    // The message bar reports a missing run or server; the next change of the run asks again.
    const failed = () => {
      busy = false;
      asked = "";
    };
    void ask().then(answered, failed);
  }
  store.on(["run", "rows"], askIfDue);
  return {
    turn(/** @type {boolean} */ wanted) {
      on = wanted;
      clearTimeout(timer);
      timer = undefined;
      askIfDue();
    },
    again() {
      asked = "";
      last = Number.NEGATIVE_INFINITY;
      askIfDue();
    },
  };
}

/** A key of a run's weights: it changes when they do. @param {Run | null} run */
export const place = (run) => run && `${run.id} ${run.series} ${run.epoch} ${run.batch} ${changesKey(run)}`;
