/** The address follows the choices, one entry of the browser's history for each; going back restores what it then says. */

import { same } from "./lib/paths.js";
import { VIEW } from "./store.js";
import { decode, encode, isTensorFlow, KEYS, watchedRun } from "./urlstate.js";

/** Changes of one slider that follow each other faster are one change. */
const ONE = 1000;
const GLIDING = new Set("rate batch penalty points noise flipped train classes pace".split(" "));

/**
 * What the address says. A link of the TensorFlow Playground is translated once: its translation takes its place.
 * @param {import("./lib/types.js").Link} usual
 * @returns {Promise<{view: import("./lib/types.js").View, asked: import("./lib/types.js").RunConfig, note: string | null}>} `note`: what could not be translated
 */
export async function readAddress(usual) {
  let note = null;
  if (isTensorFlow(location.hash)) {
    const { fromTensorFlow } = await import("./lib/tensorflow.js");
    const { link, lost } = fromTensorFlow(location.hash, usual);
    history.replaceState(null, "", `#${encode(link, usual)}`);
    if (lost.length) note = `This TensorFlow Playground link asks for what does not exist here: ${lost.join(", ")}.`;
  }
  const { view, ...asked } = decode(location.hash, usual);
  return { view, asked, note };
}

/**
 * @param {import("./store.js").Store} store
 * @param {import("./session.js").Session} session
 * @param {import("./lib/types.js").RunConfig} defaults
 */
export function createAddress(store, session, defaults) {
  const { state } = store;
  const usual = { ...defaults, view: VIEW };
  store.set({ watched: watchedRun(location.hash) });
  let written = location.hash;
  let returns = 0;
  let returning = 0;
  let last = { keys: "", time: 0 };

  /** @param {import("./lib/types.js").RunConfig} config */
  function said(config) {
    const { panel, lesson, hide, threshold, answer, show } = state;
    return encode({ ...config, view: { panel, lesson, hide, threshold, answer, show } }, usual);
  }

  /** @param {string} fragment */
  const absolute = (fragment) => location.origin + location.pathname + (fragment && `#${fragment}`);

  /** What a panel keeps in the address for itself stays while the panel does. */
  function others() {
    const now = new URLSearchParams(location.hash.slice(1));
    if ((now.get("panel") ?? VIEW.panel) !== state.panel) return [];
    return location.hash
      .slice(1)
      .split("&")
      .filter((part) => part && !KEYS.has(part.split("=")[0]) && !part.startsWith("run="));
  }

  /** @param {boolean} [returned] what the address said is there now: it is no new entry */
  function write(returned = false) {
    const { run, watched } = state;
    // On the way back to what the address says, the run is not there yet.
    if (!run || state.busy || returning) return;
    const fragment = [...(watched ? [`run=${watched}`] : []), said(watched ? defaults : run.config), ...others()]
      .filter(Boolean)
      .join("&");
    const hash = fragment ? `#${fragment}` : "";
    if (hash === written) return;
    const keys = differing(written, hash);
    const now = performance.now();
    const quiet = keys.every(
      (key) => key !== "panel" && key !== "lesson" && KEYS.get(key)?.startsWith("view.") !== false,
    );
    const again =
      GLIDING.has(keys.join()) && keys.join() === last.keys && (now - last.time < ONE || last.keys === "pace");
    const folds = returned || quiet || again;
    last = { keys: keys.join(), time: now };
    written = hash;
    history[folds ? "replaceState" : "pushState"](null, "", hash || location.pathname + location.search);
  }

  store.on(["run", "busy", "panel", "lesson", "threshold", "answer", "show", "hide"], () => write());
  window.addEventListener("popstate", async () => {
    const turn = ++returns;
    returning = turn;
    const { view, asked: config, note } = await readAddress(usual);
    if (returning !== turn) return; // gone further back meanwhile
    written = location.hash;
    last = { keys: "", time: 0 };
    const watched = watchedRun(location.hash);
    const other = watched !== state.watched;
    store.set({ ...view, watched, ...(other ? { notice: null } : {}) });
    const there =
      !other && (watched || same(config, state.config))
        ? Promise.resolve()
        : watched
          ? session.watch(watched)
          : other
            ? session.start(config)
            : session.restore(config);
    void there.finally(() => {
      if (returning !== turn) return; // gone further back meanwhile
      returning = 0;
      if (note) store.set({ notice: note });
      write(true);
    });
  });

  return {
    /** The link to these choices. */
    link: () => absolute(said(state.config)),
    /** The link that shows this very run to others. */
    runLink: () => absolute(`run=${state.run?.id}`),
  };
}

/** The keys in which two fragments differ. @param {string} before @param {string} after */
function differing(before, after) {
  const [a, b] = [before, after].map((hash) => new URLSearchParams(hash.slice(1)));
  return [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key) !== b.get(key));
}
