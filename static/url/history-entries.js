/** The entries that this page made in the browser's history: each belongs to one state of the Undo steps. */

/** Milliseconds after which a navigation in the history counts as refused. */
const PATIENCE = 1000;

/**
 * @typedef {{state: any, replaceState: (state: any, unused: string, url?: string) => void,
 *   pushState: (state: any, unused: string, url?: string) => void, go: (by: number) => void}} Browser
 */

/**
 * @param {Browser} browser
 * @param {number} first the state that the present entry stands for
 * @param {boolean} alone whether going back and forth moves this page only; within a frame it may move the page around
 * it
 * @param {() => void} arrived called when the history agrees with the steps, or cannot
 */
export function createEntries(browser, first, alone, arrived) {
  // Entries from before a reload keep their index; the states that they belonged to are no longer known.
  const born = performance.timeOrigin;
  let index = Number(browser.state?.index ?? 0);
  /** The state that each entry stands for, by index. @type {number[]} */
  let places = [];
  places[index] = first;
  let travelling = 0;

  /**
   * Browsers refuse too many entries in a short time, some by throwing.
   * @param {"pushState" | "replaceState"} how @param {number} at @param {string} [url]
   * @param {Record<string, unknown>} [notes] beside those that the entry has, or the one before it
   */
  function put(how, at, url, notes = {}) {
    try {
      browser[how]({ ...browser.state, ...notes, born, index: at }, "", url);
      return true;
    } catch {
      return false;
    }
  }

  // An entry without a state is one whose address was typed in.
  put("replaceState", index);

  return {
    /** Whether a navigation to the entry of the present state is under way. */
    travelling: () => travelling > 0,

    /** Keeps something with the present entry. @param {Record<string, unknown>} notes */
    note: (notes) => put("replaceState", index, undefined, notes),

    /**
     * Writes the address of a state, into the entry that stands for it or a new one. Says whether it was written.
     * @param {string} url @param {number} place
     * @param {{fresh?: boolean, returned?: boolean}} [how] `fresh` makes an entry of its own for a state that has one;
     * `returned` makes none
     */
    write(url, place, { fresh = false, returned = false } = {}) {
      if (returned || (place === places[index] && !fresh)) {
        if (!put("replaceState", index, url)) return false;
        places[index] = place;
        return true;
      }
      const behind = places.lastIndexOf(place, index - 1);
      const to = index > 0 && behind >= 0 ? behind : places.indexOf(place, index + 1);
      if (alone && place !== places[index] && to >= 0) {
        travelling = window.setTimeout(() => {
          // The browser forgot that entry: this one stands for the state from now on.
          travelling = 0;
          places = [];
          places[index] = place;
          arrived();
        }, PATIENCE);
        browser.go(to - index);
        return true;
      }
      if (!put("pushState", index + 1, url)) return false;
      index++;
      places = [...places.slice(0, index), place];
      return true;
    },

    /**
     * The history moved: the state to go to, null where only the address is known, undefined where the steps are there already.
     * @param {any} state of the entry
     */
    moved(state) {
      if (state === null) {
        // An address that was typed in.
        index++;
        places = places.slice(0, index);
        return null;
      }
      index = state.index;
      if (!travelling) return state.born === born ? (places[index] ?? null) : null;
      window.clearTimeout(travelling);
      travelling = 0;
      arrived();
      return undefined;
    },
  };
}
