/** The two links to copy: to the configuration, and to this run. */

/** @type {Record<string, string>} */
const WORDS = {
  "copy-link": "Link copied. Whoever opens it finds the same network, data and seed.",
  "copy-run":
    "Run link copied. Whoever opens it watches this run live, from its first epoch, follows you to the next, and cannot change it.",
};

/** @param {Store} store @param {string} id of the button @param {string} link */
export async function copy(store, id, link) {
  try {
    await navigator.clipboard.writeText(link);
    store.set({ notice: WORDS[id] });
  } catch {
    store.set({ notice: `Your browser blocked copying. The link: ${link}` });
  }
}
