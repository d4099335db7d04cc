/** Parts of the page that are loaded when they are first opened: panels, dialogs, modes. */

import { make } from "./dom.js";

/**
 * A part of the page that is loaded and created once, when it is first requested. If loading fails, the message bar
 * says so, and the next request tries again.
 * @template M, T @param {Store} store @param {string} name of the part, as the start of a sentence
 * @param {() => Promise<M>} load @param {(loaded: M) => T} make
 * @returns {(quiet?: boolean) => Promise<T | null>} null where it could not be loaded; `quiet` without a message
 */
export function onDemand(store, name, load, make) {
  /** @type {Promise<M> | null} */
  let loading = null;
  /** @type {{made: T} | null} */
  let part = null;
  return async (quiet = false) => {
    loading ??= load();
    let loaded;
    try {
      loaded = await loading;
    } catch {
      loading = null;
      if (!quiet) store.set({ notice: `${name} could not be loaded. Open it again once the server answers.` });
      return null;
    }
    part ??= { made: make(loaded) };
    return part.made;
  };
}

/** Loads a style sheet of the page. @param {string} name of the file @returns {Promise<unknown>} */
export function loadStyle(name) {
  const sheet = make("link", { rel: "stylesheet", href: `static/css/${name}` });
  document.head.append(sheet);
  return new Promise((resolve, reject) => {
    sheet.onload = resolve;
    sheet.onerror = () => {
      sheet.remove();
      reject(new Error(`${name} could not be loaded`));
    };
  });
}
