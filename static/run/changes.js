/** The live changes of a run. Each state of the stream has the newest; the page keeps the earlier ones. */

/** @typedef {Pick<Run, "id" | "series" | "changes" | "changes_count">} ChangesOfRun */

export function createChanges() {
  /** @type {unknown[]} by their place in the list; undefined where one was never received */
  let list = [];
  let listKey = "";

  return {
    /** @param {ChangesOfRun} run */
    take({ id, series, changes, changes_count: count }) {
      const key = `${id} ${series}`;
      if (key !== listKey) list = [];
      listKey = key;
      list = [...list.slice(0, count - changes.length), ...Array(Math.max(0, count - changes.length - list.length))];
      list.push(...changes);
    },

    /** Fills in the requested changes from `since` on; newer ones received meanwhile stay. @param {ChangesOfRun} run @param {number} since @param {unknown[]} changes */
    fill({ id, series }, since, changes) {
      if (`${id} ${series}` === listKey) list = list.map((change, i) => change ?? changes[i - since]);
    },

    /** Those that are known, oldest first. */
    known: () => list.filter((change) => change !== undefined),

    /** The place of the first that is not known; -1 when all are. */
    missing: () => list.indexOf(undefined),
  };
}

/** A key that changes whenever the changes do, also when one was merged into the last. @param {Pick<ChangesOfRun, "changes" | "changes_count">} run */
export const changesKey = (run) => `${run.changes_count} ${JSON.stringify(run.changes)}`;
