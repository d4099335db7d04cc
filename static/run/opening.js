/** Chooses the run that the page shows first, or in place of a deleted one. */

import { Refused } from "../api/client.js";
import { embedded } from "../api/owner-token.js";
import { labelled } from "../config/field-labels.js";
import { same } from "../lib/paths.js";
import { isTable } from "../state/derived.js";
import { getRun, latestRun } from "./requests.js";

/**
 * @param {Store} store
 * @param {{command: (work: () => Promise<void>) => Promise<unknown>, create: (config: RunConfig) => Promise<Run>,
 * follow: (run: Run) => void, clearUndo: () => void}} session
 */
export function createOpening(store, { command, create, follow, clearUndo }) {
  const { state } = store;

  /** Follows the owner to another run. @param {string} id */
  const followOwner = (id) =>
    command(async () => {
      const run = await latestRun(id);
      if (run.id === state.run?.id) return;
      store.set({ watched: run.id, notice: "The owner continues with a new run; this page follows it." });
      follow(run);
    });

  /** Creates a run from the settings of one that the server no longer has. */
  async function recreate() {
    clearUndo();
    store.set({ watched: null });
    follow(await create(state.config));
    store.set({ notice: "The server no longer had this run, so the page created it again from the same settings." });
  }

  /** Creates the first run; where the server refuses the configuration of a link, one of the defaults. @param {RunConfig} config */
  async function createFirst(config) {
    try {
      follow(await create(config));
    } catch (error) {
      if (error instanceof Refused && error.problem.status === 422 && !same(config, state.catalog.defaults)) {
        const first = error.problem.errors?.[0];
        const lacksTable = isTable(config.dataset) && first?.loc.at(-1) === "table";
        store.set({
          awaited: lacksTable ? config : null,
          notice: lacksTable
            ? "This server lacks the table of the link. Drop its file here: the same file gives the same run."
            : `This server refuses the configuration of the link (${labelled(first?.message ?? error.message)}). These are the defaults.`,
        });
        store.set({ config: state.catalog.defaults });
        follow(await create(state.catalog.defaults));
        return;
      }
      store.set({
        notice:
          error instanceof Refused ? error.message : "The server does not answer. Reload the page when it is running.",
      });
    }
  }

  /** Shows an earlier run of the visitor's own. @param {string} id @returns {Promise<boolean>} whether there is one */
  async function reopen(id) {
    const run = await getRun(id).catch(() => null);
    if (run?.role === "owner") follow(run);
    return run?.role === "owner";
  }

  return {
    followOwner,
    recreate,
    createFirst,

    /**
     * Shows the run from before a reload, or else a new one. A page in a frame creates none before Play,
     * since many visitors may only look at it.
     * @param {RunConfig} config @param {string} [kept]
     */
    async start(config, kept) {
      if (kept && (await reopen(kept))) return;
      if (!embedded) return createFirst(config);
      store.set({ config, connection: "none", notice: "Press Play to train this network." });
    },

    /** Shows someone's run, to watch. @param {string} id */
    async watch(id) {
      try {
        const run = await latestRun(id);
        if (state.watched) store.set({ watched: run.id });
        follow(run);
      } catch (error) {
        store.set({ watched: null });
        await this.start(state.catalog.defaults);
        if (error instanceof Refused)
          store.set({ notice: `${error.message} ${embedded ? "Play creates a new one." : "This is a new one."}` });
      }
    },
  };
}
