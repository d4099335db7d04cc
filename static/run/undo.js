/** The steps of Undo and Redo: each leads to an earlier run, or to earlier weights. */

/** @typedef {"undo" | "redo"} Way */

/** Steps that are remembered, and how many other runs are kept for them, weights included. */
const MAX_STEPS = 200;
const MAX_KEPT_RUNS = 12;
/** Changes of one setting that follow each other faster are one step. */
const MERGE_WITHIN = 1000;
const PACE = "training.pace";

/**
 * @param {(counts: {undo: number, redo: number}) => void} counted
 * @param {(id: string) => void} forgotten the run is not kept any more; steps to it create it again from its settings
 */
export function createUndo(counted, forgotten) {
  /** @type {Record<Way, (Step & {place: number})[]>} */
  let steps = { undo: [], redo: [] };
  let last = { what: "", time: 0 };
  /** Each state that a step leads to has a number of its own; `current` is that of the present one. */
  let current = 0;
  let places = 0;
  /** The runs that are kept for the steps, the newest last. @type {string[]} */
  let kept = [];

  function count() {
    counted({ undo: steps.undo.length, redo: steps.redo.length });
  }

  /** Drops the runs that no step leads to, and the oldest beyond those kept. */
  function dropRuns() {
    const reachable = new Set([...steps.undo, ...steps.redo].map((step) => step.id));
    const wanted = kept.filter((id) => reachable.has(id));
    const next = wanted.slice(-MAX_KEPT_RUNS);
    const dropped = kept.filter((id) => !next.includes(id));
    kept = next;
    for (const id of dropped) forgotten(id);
  }

  function keep(/** @type {string} */ id) {
    kept = [...kept.filter((each) => each !== id), id];
    dropRuns();
  }

  return {
    /** Whether the run is kept for a step. @param {string} id */
    leadsTo: (id) => kept.includes(id),

    /** The runs that are kept for steps. */
    runs: () => kept,

    /** The number of the present state. */
    place: () => current,

    /** Whether Undo or Redo leads to a state, if either does. @param {number} place @returns {Way | null} */
    wayTo(place) {
      for (const way of /** @type {Way[]} */ (["undo", "redo"]))
        if (steps[way].some((step) => step.place === place)) return way;
      return null;
    },

    /** @param {Step} step @param {string} [what] one setting: changed again at once, it makes no further step */
    remember(step, what = "") {
      const now = performance.now();
      const soon = now - last.time < MERGE_WITHIN || what === PACE;
      const merges = what !== "" && what === last.what && soon && steps.undo.length > 0;
      last = { what, time: now };
      if (merges) {
        // The run between the two is not a step of its own.
        if (!steps.undo.some(({ id }) => id === step.id)) forgotten(step.id);
        return;
      }
      steps = { undo: [...steps.undo, { ...step, place: current }].slice(-MAX_STEPS), redo: [] };
      current = ++places;
      keep(step.id);
      count();
    },

    /** The step that Undo or Redo would take. @param {Way} way */
    next: (way) => steps[way].at(-1),

    /** Removes the next step and puts the way back on the other stack. @param {Way} way @param {Step} from */
    take(way, from) {
      const taken = steps[way].pop();
      steps[way === "undo" ? "redo" : "undo"].push({ ...from, place: current });
      current = taken?.place ?? current;
      last = { what: "", time: 0 };
      kept = kept.filter((id) => id !== taken?.id);
      if (from.id !== taken?.id) keep(from.id);
      count();
    },

    /** A dropped run was created again with another id; weights edited by hand are not edited again. @param {string} old @param {string} id */
    renamed(old, id) {
      for (const step of [...steps.undo, ...steps.redo]) {
        if (step.id !== old) continue;
        step.id = id;
        step.weights = step.back = undefined;
      }
    },

    clear() {
      steps = { undo: [], redo: [] };
      kept = [];
      count();
    },
  };
}
