/** What Undo and Redo walk along: each step leads to a run as it was, or to weights as they were. */

/** @typedef {import("./lib/types.js").RunConfig} RunConfig */
/**
 * @typedef {{layer: number, row?: number, column?: number, bias?: number}} Place
 * @typedef {{edits?: (Place & {value: number})[], cut?: Place[], restore?: Place[]}} WeightChange
 * @typedef {{id: string, config: RunConfig, weights?: WeightChange, back?: WeightChange}} Step `weights` leads there, `back` from there
 */

const KEPT = 12;
/** Changes of one setting that follow each other faster are one step. */
const ONE = 1000;

/**
 * @param {(counts: {undo: number, redo: number}) => void} counted
 * @param {(id: string) => void} forgotten no step leads to this run any more
 */
export function createSteps(counted, forgotten) {
  /** @type {{undo: Step[], redo: Step[]}} */
  let steps = { undo: [], redo: [] };
  let last = { what: "", time: 0 };

  function count() {
    counted({ undo: steps.undo.length, redo: steps.redo.length });
  }

  return {
    /** Whether a step leads to the run. @param {string} id */
    leadsTo: (id) => [...steps.undo, ...steps.redo].some((step) => step.id === id),

    /** @param {Step} step @param {string} [what] one setting: changed again at once, it makes no further step */
    remember(step, what = "") {
      const now = performance.now();
      const goesOn = what !== "" && what === last.what && now - last.time < ONE && steps.undo.length > 0;
      last = { what, time: now };
      if (goesOn) return;
      const over = Math.max(0, steps.undo.length + 1 - KEPT);
      const dropped = [...steps.redo, ...steps.undo.slice(0, over)];
      steps = { undo: [...steps.undo.slice(over), step], redo: [] };
      for (const old of dropped) forgotten(old.id);
      count();
    },

    /** The step that Undo or Redo would take. @param {"undo" | "redo"} way */
    next: (way) => steps[way].at(-1),

    /** Takes it off, with what leads back put on the other side. @param {"undo" | "redo"} way @param {Step} from */
    take(way, from) {
      steps[way].pop();
      steps[way === "undo" ? "redo" : "undo"].push(from);
      last = { what: "", time: 0 };
      count();
    },

    clear() {
      steps = { undo: [], redo: [] };
      count();
    },
  };
}
