/** The run on the page: its commands in their order, and the changes that Undo reverts. */

import { Refused, request, Unreachable } from "../api/client.js";
import { fleeting } from "../api/owner-token.js";
import { cutLinks, glided, livePatch, refusedPath, sameLinks } from "../config/live-patch.js";
import { createOpening } from "./opening.js";
import { ofRun } from "./queries.js";
import { changeRun, changeWeights, createRun, deleteRun, getRun, markReplaced, stepRun } from "./requests.js";
import { createSync } from "./sync.js";
import { createUndo } from "./undo.js";
import { createUndoCommands } from "./undo-commands.js";

/** The notice after a change that needs a new run, where the old one had been trained. */
export const RESTARTED_NOTICE =
  "The network restarted at epoch 0. Undo restores the previous one, trained weights included.";

export function createSession(/** @type {Store} */ store) {
  const { state } = store;
  const steps = createUndo((counts) => store.set({ steps: counts }), discard);
  /** @type {Promise<unknown>} */
  let queue = Promise.resolve();
  /** Commands not done yet. */
  let waiting = 0;
  /** @type {RunConfig | null} the newest one that was not sent yet */
  let wanted = null;
  let changing = false;
  const { follow, applyReply, readMasks, setFineUnits, drawn, retryNow } = createSync(store, {
    changing: () => changing,
    gone: ({ replaced_by: successor }) =>
      void (successor && watches() ? opening.followOwner(successor) : command(opening.recreate)),
    replaced: (id) => void (watches() && opening.followOwner(id)),
  });

  /** Whether the page only watches: another's run, or one's own by a link. */
  const watches = () => state.watched !== null || state.role === "viewer";

  window.addEventListener("pagehide", ({ persisted }) => {
    // No page could open it again.
    if (fleeting() && !persisted && state.run && state.role === "owner") deleteRun(state.run.id);
  });

  /** Runs commands one after another; a failed one shows its error, and the next continues. @param {() => Promise<void>} work */
  function command(work) {
    waiting++;
    store.set({ busy: true });
    queue = queue
      .then(work)
      .catch(showError)
      .finally(() => store.set({ busy: --waiting > 0 }));
    return queue;
  }

  function showError(/** @type {unknown} */ error) {
    if (error instanceof Refused) {
      const first = error.problem.errors?.[0];
      const path = first ? refusedPath(first.loc) : null;
      const reason = first ? first.message : error.message;
      store.set({ refusal: { path, reason } });
    } else if (!(error instanceof Unreachable)) throw error;
  }

  /**
   * A new run. At the limit of runs, the server makes room for it; it keeps those that Undo leads to.
   * @param {RunConfig} config @param {"running" | "paused"} [next]
   * @param {string} [rules] those of the run that it copies @returns {Promise<Run>}
   */
  const create = (config, next = "paused", rules = undefined) =>
    createRun(config, next, [...steps.runs(), ...(state.run ? [state.run.id] : [])], rules);

  const opening = createOpening(store, { command, create, follow, clearUndo: steps.clear });
  const undoCommands = createUndoCommands(store, { steps, create, follow, applyReply, readMasks });

  /** Applies a command to the run on the page, or creates the first one for it. @param {(run: Run) => Promise<unknown>} act */
  async function withRun(act) {
    if (!state.run) await opening.createFirst(state.config);
    if (state.run) await act(state.run);
  }

  function discard(/** @type {string} */ id) {
    if (id !== state.run?.id && !steps.leadsTo(id)) deleteRun(id).catch(() => undefined);
  }

  /** Applies a configuration on the server: as a live change where possible, or else with a new run. @param {RunConfig} config */
  async function applyConfig(config) {
    const run = state.run;
    if (!run) return;
    const patch = livePatch(run.config, config);
    if (!patch) {
      await replaceRun(config, run.state === "running" ? "running" : "paused");
      if (run.epoch > 0) store.set({ notice: RESTARTED_NOTICE });
      return;
    }
    if (!Object.keys(patch).length) return;
    await patchRun(run, patch);
  }

  /** A live change, which Undo takes back. @param {Run} run @param {Record<string, any>} patch */
  async function patchRun(run, patch) {
    const reply = await changeRun(run.id, patch);
    steps.remember({ id: run.id, config: run.config }, glided(run.config, reply.config));
    applyReply(reply);
  }

  /**
   * A new run in place of the present one, to which Undo returns.
   * @param {RunConfig} config @param {"running" | "paused"} next
   * @param {WeightChange | null} [weights] before the first step; cut links stay cut unless it is given
   */
  async function replaceRun(config, next, weights = inherited(config)) {
    const before = state.run;
    let made = await create(config, weights ? "paused" : next);
    if (weights) {
      await changeWeights(made.id, weights);
      made = next === "running" ? await changeRun(made.id, { state: next }) : await getRun(made.id);
    }
    const old = state.run ?? before;
    if (old) await markReplaced(old, made.id);
    follow(made);
    if (old) steps.remember({ id: old.id, config: old.config }, glided(old.config, made.config));
  }

  /** The cut links of the present run, if the next network has the same links. @param {RunConfig} config */
  function inherited(config) {
    const cut = state.run && sameLinks(state.run.config, config) ? cutLinks(state.masks) : [];
    return cut.length ? { cut } : null;
  }

  return {
    command,
    create,

    /** Opens one of the visitor's runs in place of this one; Undo returns to it. @param {string} id */
    bringBack: (id) =>
      command(async () => {
        const old = state.run;
        if (old?.id === id) return;
        const back = await getRun(id);
        if (old?.state === "running") await changeRun(old.id, { state: "paused" });
        store.set({ notice: null, refusal: null, watched: null });
        follow(back);
        if (old && state.role === "owner") steps.remember({ id: old.id, config: old.config });
      }),

    /** Applies a configuration. Controls show it at once; quick changes are combined. @param {RunConfig} config */
    change(config) {
      store.set({ config, refusal: null, notice: state.notice === RESTARTED_NOTICE ? RESTARTED_NOTICE : null });
      const alone = wanted === null;
      wanted = config;
      changing = true;
      if (!alone) return queue;
      return command(async () => {
        const next = /** @type {RunConfig} */ (wanted);
        wanted = null;
        try {
          await applyConfig(next);
        } finally {
          changing = wanted !== null;
          if (state.run && !changing) store.set({ config: state.run.config });
        }
      });
    },

    /**
     * Restores an entry of the history: by Undo or Redo with the trained weights, where they lead to its state.
     * @param {RunConfig} config
     * @param {number | null} place the number of its state, where it is known
     */
    restore(config, place) {
      if (place === null || !steps.wayTo(place)) return this.change(config);
      return command(async () => {
        for (let way = steps.wayTo(place); way; way = steps.wayTo(place)) await undoCommands.undoOrRedo(way);
      });
    },

    /** The number of the present state among those that Undo and Redo lead to. */
    place: steps.place,

    play: () => command(async () => setState("running")),
    pause: () => command(async () => setState("paused")),

    /** @param {{epochs: number} | {batches: number} | {to_epoch: number}} amount */
    step: (amount) => command(() => withRun(async (run) => applyReply(await stepRun(run.id, amount)))),

    /** Back to the start, with another seed or the same; Undo returns to what was trained. @param {number} [seed] */
    reset: (seed) =>
      command(async () => {
        const run = state.run;
        if (!run) return;
        const untouched = run.epoch === 0 && run.batch === 0 && !run.changes?.length;
        if (!untouched || seed !== undefined)
          await replaceRun({ ...run.config, seed: seed ?? run.config.seed }, "paused");
      }),

    /**
     * A new run from a configuration; without weights, cut links that fit it stay cut.
     * @param {RunConfig} config @param {WeightChange | null} [weights] @param {"running" | "paused"} [next]
     */
    setUp: (config, weights, next = "paused") => command(() => replaceRun(config, next, weights)),

    /** A live change, such as a higher limit that lets an ended run train on. @param {Record<string, unknown>} patch */
    patchRun: (patch) =>
      command(async () => {
        if (state.run) await patchRun(state.run, patch);
      }),

    undo: () => command(() => undoCommands.undoOrRedo("undo")),
    redo: () => command(() => undoCommands.undoOrRedo("redo")),

    /** @param {WeightChange} change edits, cuts, restores of weights */
    edit: (change) => command(() => undoCommands.edit(change)),

    /** @param {(number | null)[][]} inputs @param {number} [threshold] @param {number} [epoch] a recorded one; now without it @returns {Promise<Prediction | null>} */
    predict: (inputs, threshold = 0.5, epoch = undefined) =>
      state.run
        ? request("POST", `runs/${state.run.id}/predict`, { inputs, member: 0, threshold, epoch })
            // Classes with names are answered by name, and beside it by index, as the points have them.
            .then(({ indices, ...answer }) => ({ ...answer, labels: indices ?? answer.labels }))
            .catch(() => null)
        : Promise.resolve(null),

    /** @param {string} what below the run's address */
    fetch: (what) => (state.run ? ofRun(state.run.id, what) : Promise.resolve(null)),

    setFineUnits,
    drawn,
    retryNow,
    start: opening.start,
    watch: opening.watch,
  };

  async function setState(/** @type {"running" | "paused"} */ next) {
    if (next === "running") store.set({ notice: null });
    await withRun(async (run) => applyReply(await changeRun(run.id, { state: next })));
  }
}
