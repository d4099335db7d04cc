/** The run behind the page: makes it, steers it, follows its stream, and keeps what Undo brings back. */

import { Refused, request, Unreachable } from "../api/client.js";
import { embedded, fleeting } from "../api/owner-token.js";
import { cutLinks, glided, livePatch, refusedPath, sameLinks } from "../config/live-patch.js";
import { same } from "../lib/paths.js";
import { createSync } from "./sync.js";
import { createUndo } from "./undo.js";

/** @import {Store} from "../state/store.js" */
/** @import {Prediction, Run, RunConfig} from "../state/types.js" */
/** @import {Step, WeightChange} from "./undo.js" */

/** Said when a change began a new run, though the old one had been trained. */
export const RESTARTED_NOTICE =
  "The network starts anew at epoch 0. Undo brings the old one back, trained weights included.";

/** @param {Store} store */
export function createSession(store) {
  const { state } = store;
  const steps = createUndo((counts) => store.set({ steps: counts }), discard);
  /** @type {Promise<unknown>} */
  let queue = Promise.resolve();
  /** Commands that are not done yet. */
  let waiting = 0;
  /** @type {RunConfig | null} the newest asked for and not yet sent */
  let wanted = null;
  let changing = false;
  const { follow, applyReply, readMasks, look, drawn, retryNow } = createSync(store, {
    changing: () => changing,
    gone: ({ replaced_by: successor }) => void (successor && watches() ? followOwner(successor) : command(recreate)),
    replaced: (id) => void (watches() && followOwner(id)),
  });

  /** Whether the page only looks on: at another's run, or by a link at one's own. */
  const watches = () => state.watched !== null || state.role === "viewer";

  window.addEventListener("pagehide", ({ persisted }) => {
    // Nobody could come back to it.
    if (fleeting() && !persisted && state.run && state.role === "owner") request("DELETE", `runs/${state.run.id}`);
  });

  /** Runs one command after another; a failure is told, and the next goes on. @param {() => Promise<void>} work */
  function command(work) {
    waiting++;
    store.set({ busy: true });
    queue = queue
      .then(work)
      .catch(showError)
      .finally(() => store.set({ busy: --waiting > 0 }));
    return queue;
  }

  /** @param {unknown} error */
  function showError(error) {
    if (error instanceof Refused) {
      const first = error.problem.errors?.[0];
      const path = first ? refusedPath(first.loc) : null;
      const reason = first ? first.message : error.message;
      store.set({ refusal: { path, reason } });
    } else if (!(error instanceof Unreachable)) throw error;
  }

  /**
   * A new run. At the limit of runs, the server makes room for it; it keeps those that Undo leads to.
   * @param {RunConfig} config @param {"running" | "paused"} [next] @returns {Promise<Run>}
   */
  const create = (config, next = "paused") =>
    request("POST", "runs", { config, state: next, keep: [...steps.runs(), ...(state.run ? [state.run.id] : [])] });

  /** The present run in place of one that its owner went on from. @param {string} id @returns {Promise<Run>} */
  async function latestRun(id) {
    try {
      const run = await request("GET", `runs/${id}`);
      return run.replaced_by ? await latestRun(run.replaced_by) : run;
    } catch (error) {
      if (error instanceof Refused && error.problem.replaced_by) return latestRun(error.problem.replaced_by);
      throw error;
    }
  }

  /** Follows the owner to another run. @param {string} id */
  const followOwner = (id) =>
    command(async () => {
      const run = await latestRun(id);
      if (run.id === state.run?.id) return;
      store.set({ watched: run.id, notice: "The owner went on with a new run; this page follows it." });
      follow(run);
    });

  /** Lets a run rest, and leads who watches it to the one in its place. @param {Run} old @param {string} id */
  const markReplaced = (old, id) =>
    request("PATCH", `runs/${old.id}`, {
      ...(old.state === "running" ? { state: "paused" } : {}),
      replaced_by: id,
    }).catch(() => undefined);

  async function recreate() {
    steps.clear();
    store.set({ watched: null });
    follow(await create(state.config));
    store.set({ notice: "The server no longer had this run, so the page made it anew from the same settings." });
  }

  /** A first run; where the server refuses what a link asked for, one of the defaults. @param {RunConfig} config */
  async function make(config) {
    try {
      follow(await create(config));
    } catch (error) {
      if (error instanceof Refused && error.problem.status === 422 && !same(config, state.catalog.defaults)) {
        const { labelled } = await import("../config/field-labels.js");
        const reason = labelled(error.problem.errors?.[0]?.message ?? error.message);
        store.set({
          notice: `The link asked for something this server refuses (${reason}). These are the defaults.`,
        });
        store.set({ config: state.catalog.defaults });
        follow(await create(state.catalog.defaults));
        return;
      }
      store.set({
        notice: error instanceof Refused ? error.message : "The server does not answer. Reload once it runs.",
      });
    }
  }

  /** Shows a run of one's own again, as it is. @param {string} id @returns {Promise<boolean>} whether it is there and one's own */
  async function reopen(id) {
    const run = await request("GET", `runs/${id}`).catch(() => null);
    if (run?.role === "owner") follow(run);
    return run?.role === "owner";
  }

  /** What needs a run is done to the present one, or to the first. @param {(run: Run) => Promise<unknown>} act */
  async function withRun(act) {
    if (!state.run) await make(state.config);
    if (state.run) await act(state.run);
  }

  /** @param {string} id */
  function discard(id) {
    if (id !== state.run?.id && !steps.leadsTo(id)) request("DELETE", `runs/${id}`).catch(() => undefined);
  }

  /** Brings the server to `config`: a live change where possible, else a new run. @param {RunConfig} config */
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
    const told = await request("PATCH", `runs/${run.id}`, patch);
    steps.remember({ id: run.id, config: run.config }, glided(run.config, told.config));
    applyReply(told);
  }

  /**
   * A new run in the present one's place, to which Undo returns.
   * @param {RunConfig} config @param {"running" | "paused"} next
   * @param {WeightChange | null} [weights] before the first step; cut links stay cut unless it is given
   */
  async function replaceRun(config, next, weights = inherited(config)) {
    const before = state.run;
    let made = await create(config, weights ? "paused" : next);
    if (weights) {
      await request("PATCH", `runs/${made.id}/weights`, { member: 0, ...weights });
      made = next === "running" ? await requestState(made.id, next) : await request("GET", `runs/${made.id}`);
    }
    const old = state.run ?? before;
    if (old) await markReplaced(old, made.id);
    follow(made);
    if (old) steps.remember({ id: old.id, config: old.config }, glided(old.config, made.config));
  }

  /** The cut links of the present run, where the next network has the same links. @param {RunConfig} config */
  function inherited(config) {
    const cut = state.run && sameLinks(state.run.config, config) ? cutLinks(state.masks) : [];
    return cut.length ? { cut } : null;
  }

  /** @param {string} id @param {"running" | "paused"} next @returns {Promise<Run>} */
  const requestState = (id, next) => request("PATCH", `runs/${id}`, { state: next });

  /** @param {"undo" | "redo"} way */
  async function undoOrRedo(way) {
    const step = steps.next(way);
    const run = state.run;
    if (!step || !run) return;
    const from = { id: run.id, config: run.config, weights: step.back, back: step.weights };
    store.set({ notice: null });
    if (step.weights) {
      await request("PATCH", `runs/${run.id}/weights`, { member: 0, ...step.weights });
      await readMasks(run.id);
      steps.take(way, from);
    } else if (step.id === run.id) {
      const patch = livePatch(run.config, step.config);
      const told = patch && Object.keys(patch).length ? await request("PATCH", `runs/${run.id}`, patch) : run;
      steps.take(way, from);
      applyReply(told);
    } else {
      const goesOn = run.state === "running";
      let back = await runOfStep(step);
      await markReplaced(run, back.id);
      if (goesOn && back.state === "paused") back = await requestState(back.id, "running");
      follow(back);
      steps.take(way, from);
    }
  }

  /** The run that a step leads to: as it was, or begun again where it is kept no longer. @param {Step} step */
  async function runOfStep(step) {
    try {
      if (steps.leadsTo(step.id)) return await request("GET", `runs/${step.id}`);
    } catch (error) {
      if (!(error instanceof Refused) || ![404, 410].includes(error.problem.status)) throw error;
    }
    const made = await create(step.config);
    steps.renamed(step.id, made.id);
    store.set({
      notice: "That network is from so many changes ago that only its settings were kept: it is at epoch 0.",
    });
    return made;
  }

  /** Changes weights by hand; Undo takes it back. @param {WeightChange} change */
  async function edit(change) {
    const run = state.run;
    if (!run) return;
    const { inverse } = await import("../config/weight-edits.js");
    const { layers } = await request("GET", `runs/${run.id}/weights?member=0`);
    await request("PATCH", `runs/${run.id}/weights`, { member: 0, ...change });
    steps.remember({ id: run.id, config: run.config, weights: inverse(change, layers), back: change });
    await readMasks(run.id);
  }

  return {
    command,
    create,

    /** A run of one's own in the present one's place; Undo returns to that. @param {string} id */
    bringBack: (id) =>
      command(async () => {
        const old = state.run;
        if (old?.id === id) return;
        const back = await request("GET", `runs/${id}`);
        if (old?.state === "running") await requestState(old.id, "paused");
        store.set({ notice: null, refusal: null, watched: null });
        follow(back);
        if (old && state.role === "owner") steps.remember({ id: old.id, config: old.config });
      }),

    /**
     * The run shown before a reload, where there is one; else a new run. A page in a frame makes none before it is played,
     * since it may stand in something that is read for other reasons.
     * @param {RunConfig} config @param {string} [kept]
     */
    async start(config, kept) {
      if (kept && (await reopen(kept))) return;
      if (!embedded) return make(config);
      store.set({ config, connection: "none", notice: "Press Play to train this network." });
    },

    /** Opens someone's run by its id, to watch. @param {string} id */
    async watch(id) {
      try {
        const run = await latestRun(id);
        if (state.watched) store.set({ watched: run.id });
        follow(run);
      } catch (error) {
        store.set({ watched: null });
        await this.start(state.catalog.defaults);
        if (error instanceof Refused)
          store.set({ notice: `${error.message} ${embedded ? "Play makes a new one." : "This is a new one."}` });
      }
    },

    /** Asks for a configuration. Controls show it at once; quick changes fold into one. @param {RunConfig} config */
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
     * What an entry of the history says: the steps of Undo or Redo to its state, trained weights included, where they lead there.
     * @param {RunConfig} config
     * @param {number | null} place the number of its state, where it is known
     */
    restore(config, place) {
      if (place === null || !steps.wayTo(place)) return this.change(config);
      return command(async () => {
        for (let way = steps.wayTo(place); way; way = steps.wayTo(place)) await undoOrRedo(way);
      });
    },

    /** The number of the present state among those that Undo and Redo lead to. */
    place: steps.place,

    play: () => command(async () => setState("running")),
    pause: () => command(async () => setState("paused")),

    /** @param {{epochs: number} | {batches: number} | {to_epoch: number}} amount */
    step: (amount) =>
      command(() => withRun(async (run) => applyReply(await request("POST", `runs/${run.id}/step`, amount)))),

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
     * A new run as told; without weights, what cut links fit it stay cut.
     * @param {RunConfig} config @param {WeightChange | null} [weights] @param {"running" | "paused"} [next]
     */
    setUp: (config, weights, next = "paused") => command(() => replaceRun(config, next, weights)),

    /** A live change by hand, such as raises what ended the run and lets it train on. @param {Record<string, unknown>} patch */
    patchRun: (patch) =>
      command(async () => {
        if (state.run) await patchRun(state.run, patch);
      }),

    undo: () => command(() => undoOrRedo("undo")),
    redo: () => command(() => undoOrRedo("redo")),

    /** @param {WeightChange} change edits, cuts, restores of weights */
    edit: (change) => command(() => edit(change)),

    /** @param {number[][]} inputs @param {number} [threshold] @param {number} [epoch] a recorded one; now without it @returns {Promise<Prediction | null>} */
    predict: (inputs, threshold = 0.5, epoch = undefined) =>
      state.run
        ? request("POST", `runs/${state.run.id}/predict`, { inputs, member: 0, threshold, epoch }).catch(() => null)
        : Promise.resolve(null),

    /** @param {string} what below the run's address */
    fetch: (what) =>
      state.run ? request("GET", ["runs", state.run.id, what].filter(Boolean).join("/")) : Promise.resolve(null),

    look,
    drawn,
    retryNow,
  };

  /** @param {"running" | "paused"} next */
  async function setState(next) {
    if (next === "running") store.set({ notice: null });
    await withRun(async (run) => applyReply(await requestState(run.id, next)));
  }
}

/** @typedef {ReturnType<typeof createSession>} Session */
