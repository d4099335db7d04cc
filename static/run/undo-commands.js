/** Undo, Redo and the edits of weights that they revert. */

import { Refused } from "../api/client.js";
import { livePatch } from "../config/live-patch.js";
import { inverse } from "../config/weight-edits.js";
import { changeRun, changeWeights, getRun, getWeights, markReplaced } from "./requests.js";

/**
 * @param {Store} store
 * @param {{steps: UndoSteps, create: (config: RunConfig) => Promise<Run>, follow: (run: Run) => void,
 * applyReply: (run: Run) => void, readMasks: (id: string) => Promise<void>}} session
 */
export function createUndoCommands(store, { steps, create, follow, applyReply, readMasks }) {
  const { state } = store;

  async function undoOrRedo(/** @type {"undo" | "redo"} */ way) {
    const step = steps.next(way);
    const run = state.run;
    if (!step || !run) return;
    const from = { id: run.id, config: run.config, weights: step.back, back: step.weights };
    store.set({ notice: null });
    if (step.weights) {
      await changeWeights(run.id, step.weights);
      await readMasks(run.id);
      steps.take(way, from);
    } else if (step.id === run.id) {
      const patch = livePatch(run.config, step.config);
      const reply = patch && Object.keys(patch).length ? await changeRun(run.id, patch) : run;
      steps.take(way, from);
      applyReply(reply);
    } else {
      const wasRunning = run.state === "running";
      let back = await runOfStep(step);
      await markReplaced(run, back.id);
      if (wasRunning && back.state === "paused") back = await changeRun(back.id, { state: "running" });
      follow(back);
      steps.take(way, from);
    }
  }

  /** The run that a step leads to: as it was, or created again where it is kept no longer. @param {Step} step */
  async function runOfStep(step) {
    try {
      if (steps.leadsTo(step.id)) return await getRun(step.id);
    } catch (error) {
      if (!(error instanceof Refused) || ![404, 410].includes(error.problem.status)) throw error;
    }
    const made = await create(step.config);
    steps.renamed(step.id, made.id);
    store.set({
      notice: "Only the settings of that network were kept, since it is many changes old: it is at epoch 0.",
    });
    return made;
  }

  /** Changes weights by hand; Undo reverts it. @param {WeightChange} change */
  async function edit(change) {
    const run = state.run;
    if (!run) return;
    const { layers } = await getWeights(run.id);
    await changeWeights(run.id, change);
    steps.remember({ id: run.id, config: run.config, weights: inverse(change, layers), back: change });
    await readMasks(run.id);
  }

  return { undoOrRedo, edit };
}
