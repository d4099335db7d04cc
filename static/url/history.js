/** The address follows the choices, an entry of the browser's history for each step of Undo: Undo goes back in it, and Back undoes. */

import { same } from "../lib/paths.js";
import { VIEW } from "../state/store.js";
import { decode, encode, isTensorFlow, KEYS, watchedRun } from "./codec.js";
import { createEntries } from "./history-entries.js";

/** Least milliseconds between two writes into the same entry: browsers refuse a hundred in a short time. */
const WRITE_INTERVAL = 400;
/** What has an entry of its own though it is no step of Undo. */
const OWN_ENTRY = new Set(["panel", "lesson", "run"]);

/** The parts of the fragment, such as "panel=use", without those of these keys. @param {string[]} keys */
const partsWithout = (...keys) =>
  location.hash
    .slice(1)
    .split("&")
    .filter((part) => part && !keys.includes(part.split("=")[0]));

/** @param {string} fragment */
const absolute = (fragment) => location.origin + location.pathname + (fragment && `#${fragment}`);

/** Replaces the address within its entry. @param {string} fragment */
function replaceFragment(fragment) {
  const hash = fragment && `#${fragment}`;
  if (hash === location.hash) return;
  try {
    history.replaceState(history.state, "", hash || location.pathname + location.search);
  } catch {
    // A browser refuses too many in a short time; the next change writes the address.
  }
}

/** What a panel keeps in the address for itself. @param {string} key */
export const readPanelKey = (key) => new URLSearchParams(location.hash.slice(1)).get(key);

/** @param {string} key @param {string | null} value null removes it */
export const writePanelKey = (key, value) =>
  replaceFragment([...partsWithout(key), ...(value === null ? [] : [`${key}=${value}`])].join("&"));

/** The present address with other values of some keys; null leaves a key out. @param {Record<string, string | null>} values */
export function linkWith(values) {
  const given = Object.entries(values).filter(([, value]) => value !== null);
  return absolute(
    [...partsWithout(...Object.keys(values)), ...given.map(([key, value]) => `${key}=${value}`)].join("&"),
  );
}

/**
 * The configuration and view of the address. A link of the TensorFlow Playground is translated once: its translation takes its place.
 * @param {Link} usual
 * @returns {Promise<{view: View, asked: RunConfig, note: string | null}>} `note`: what could not be translated
 */
export async function readUrl(usual) {
  let note = null;
  let { hash } = location;
  if (isTensorFlow(hash)) {
    const { fromTensorFlow } = await import("./tf-playground.js");
    const { link, untranslated } = fromTensorFlow(hash, usual);
    const fragment = encode(link, usual);
    hash = `#${fragment}`;
    replaceFragment(fragment);
    if (untranslated.length)
      note = `This TensorFlow Playground link asks for what does not exist here: ${untranslated.join(", ")}.`;
  }
  const { view, ...asked } = decode(hash, usual);
  return { view, asked, note };
}

/** @param {Store} store @param {Session} session @param {RunConfig} defaults */
export function createUrlHistory(store, session, defaults) {
  const { state } = store;
  const usual = { ...defaults, view: VIEW };
  store.set({ watched: watchedRun(location.hash) });
  /** @type {string | undefined} the own run that this entry of the history showed before a reload */
  const kept = history.state?.run;
  const entries = createEntries(window.history, session.place(), window.parent === window, () => write());
  let written = location.hash;
  let writtenAt = Number.NEGATIVE_INFINITY;
  let writtenPlace = session.place();
  let timer = 0;
  let returns = 0;
  let returning = 0;

  /** @param {RunConfig} config */
  function fragmentFor(config, hide = state.hide) {
    const { panel, lesson, axes, hold, threshold, answer, show } = state;
    return encode({ ...config, view: { panel, lesson, hide, axes, hold, threshold, answer, show } }, usual);
  }

  /** What a panel keeps in the address for itself stays while the panel does. */
  function panelParts() {
    const now = new URLSearchParams(location.hash.slice(1));
    if ((now.get("panel") ?? VIEW.panel) !== state.panel) return [];
    return partsWithout(...KEYS.keys(), "run");
  }

  /** @param {boolean} [returned] the state of the address is restored: it is no new entry */
  function write(returned = false) {
    const { run, watched } = state;
    // While the state of the address is being restored, its run is not there yet.
    if (!run || state.busy || returning || entries.travelling()) return;
    const fragment = [
      ...(watched ? [`run=${watched}`] : []),
      fragmentFor(watched ? defaults : run.config),
      ...panelParts(),
    ]
      .filter(Boolean)
      .join("&");
    const hash = fragment ? `#${fragment}` : "";
    const place = session.place();
    const moved = place !== writtenPlace;
    if (hash === written && !moved && !returned) return noteRun();
    // From one watched run to the next, the owner went, not the visitor: Back does not lead into what was left.
    const followedOwner = watchedRun(written) && watched;
    const fresh =
      !moved && differing(written, hash).some((key) => OWN_ENTRY.has(key) && !(followedOwner && key === "run"));
    const wait = writtenAt + WRITE_INTERVAL - performance.now();
    window.clearTimeout(timer);
    if (!moved && !fresh && !returned && wait > 0) {
      timer = window.setTimeout(write, wait);
      return;
    }
    const url = hash || location.pathname + location.search;
    if (!entries.write(url, place, { fresh, returned })) {
      timer = window.setTimeout(write, 10 * WRITE_INTERVAL, returned);
      return;
    }
    writtenPlace = place;
    written = entries.travelling() ? written : hash;
    writtenAt = performance.now();
    noteRun();
  }

  /** The own run on show stays with the entry: a reload brings it back. */
  function noteRun() {
    const run = state.watched ? undefined : state.run?.id;
    if (!entries.travelling() && history.state?.run !== run) entries.note({ run });
  }

  store.on(["run", "busy", "panel", "lesson", "axes", "hold", "threshold", "answer", "show", "hide", "steps"], () =>
    write(),
  );
  window.addEventListener("popstate", async (event) => {
    const place = entries.moved(event.state);
    written = location.hash;
    if (place === undefined) return; // Undo was ahead of the history, which followed
    const turn = ++returns;
    returning = turn;
    const { view, asked: config, note } = await readUrl(usual);
    if (returning !== turn) return; // gone further back meanwhile
    const watched = watchedRun(location.hash);
    const other = watched !== state.watched;
    store.set({ ...view, hidden: null, watched, ...(other ? { notice: null } : {}) });
    const unmoved = place === session.place() || (place === null && same(config, state.config));
    const there =
      !other && (watched || unmoved)
        ? Promise.resolve()
        : watched
          ? session.watch(watched)
          : other
            ? session.start(config, event.state?.run)
            : session.restore(config, place);
    void there.finally(() => {
      if (returning !== turn) return; // gone further back meanwhile
      returning = 0;
      if (note) store.set({ notice: note });
      write(true);
    });
  });

  return {
    kept,
    /** The link to these choices. */
    link: () => absolute(fragmentFor(state.config, state.hidden ?? state.hide)),
    /** The link that shows this very run to others. */
    runLink: () => absolute(`run=${state.run?.id}`),
  };
}

/** The keys in which two fragments differ. @param {string} before @param {string} after */
function differing(before, after) {
  const [a, b] = [before, after].map((hash) => new URLSearchParams(hash.slice(1)));
  return [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key) !== b.get(key));
}
