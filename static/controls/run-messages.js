/** The messages about a run that diverged, failed, recovers, finished or belongs to someone else, and about a refused value. */

import { labelled, labelOf } from "../config/field-labels.js";
import { allOf } from "../config/weight-edits.js";
import { asSentence, short } from "../lib/format.js";
import { withValue } from "../lib/paths.js";
import { onDemand } from "../ui/on-demand.js";
import { hasField, showRefusal } from "./refusals.js";

/** @import {Message, Way} from "./message-bar.js" */

/** @param {Store} store @param {Session} session @returns {() => Message | null} the message to show now */
export function runMessages(store, session) {
  const { state } = store;
  const loadFork = onDemand(
    store,
    "Copying a run",
    () => import("../run/fork.js"),
    ({ forkRun }) =>
      () =>
        forkRun(store, session),
  );

  /** @param {Run} run @returns {Message} */
  function diverged(run) {
    // The rate at that time: a schedule or the visitor may have changed it since.
    const rate = state.history.value("learning_rate") || state.config.training.learning_rate;
    const slower = Number((rate / 10).toPrecision(1));
    const good = bestEpoch();
    return {
      kind: "alert",
      strong: `Training diverged at epoch ${run.epoch.toLocaleString("en")}.`,
      words: run.detail
        ? asSentence(run.detail)
        : `At a learning rate of ${short(rate)}, each step increased the loss.`,
      ways: [
        ...(good ? [/** @type {Way} */ ([`Go back to epoch ${good}`, () => goBack(good)])] : []),
        [
          `Start over at ${short(slower)}`,
          () => session.setUp(withValue(state.config, "training.learning_rate", slower), undefined, "running"),
        ],
        ["Reset", () => session.reset()],
      ],
    };
  }

  /** The recorded epoch with the least training loss. */
  function bestEpoch() {
    const { history } = state;
    const loss = (/** @type {number} */ epoch) =>
      history.value("train_loss", history.indexOf(epoch)) ?? Number.POSITIVE_INFINITY;
    const epochs = state.run?.recorded_epochs ?? [];
    return epochs.reduce((best, epoch) => (loss(epoch) < loss(best) ? epoch : best), 0);
  }

  /** Restores the weights of a recorded epoch in the same run. @param {number} epoch */
  async function goBack(epoch) {
    const kept = await session.fetch(`weights?member=0&epoch=${epoch}`).catch(() => null);
    if (!kept) return;
    await session.edit(allOf(kept.layers));
    store.set({
      past: null,
      notice: `These are the weights of epoch ${epoch}. At the same learning rate they may diverge again.`,
    });
  }

  /** Actions that let a finished run continue. @returns {Way[]} */
  function further() {
    const { max_epochs: limit, stop } = state.config.training;
    const trainOn = (/** @type {Record<string, unknown>} */ training) => () =>
      session.patchRun({ training, state: "running" });
    if (limit !== null && (state.run?.epoch ?? 0) >= limit)
      return [[`Raise the limit to epoch ${(limit * 2).toLocaleString("en")}`, trainOn({ max_epochs: limit * 2 })]];
    if (stop.train_loss !== null || stop.patience !== null)
      return [["Go on without the stop rule", trainOn({ stop: { train_loss: null, patience: null } })]];
    return [];
  }

  /** @param {Run} run @returns {Message} */
  function ended(run) {
    const over = run.state === "failed";
    return {
      kind: over ? "alert" : "outage",
      strong: over ? "This run failed." : "The process that trained this run ended.",
      words:
        run.detail ??
        (over ? "Reset starts it again from epoch 0." : "It continues from its last checkpoint by itself."),
      ways: over
        ? [
            ["Go on from its last checkpoint", () => session.patchRun({ state: "running" })],
            ["Reset", () => session.reset()],
          ]
        : [],
    };
  }

  /** @param {Refusal} refusal @returns {Message} */
  const refused = ({ path, reason }) => ({
    kind: "note",
    strong: "Refused.",
    words: (path ? `${labelOf(path) ?? path}: ` : "") + labelled(reason),
    ways: [["Close", () => store.set({ refusal: null })]],
  });

  /** @returns {Message} */
  function watching() {
    return {
      kind: "note",
      strong: "You are watching.",
      words:
        "This run is someone else's: you see it live and cannot change it. A copy of your own starts from its weights of this moment.",
      ways: [["Make a copy", async () => (await loadFork())?.()]],
    };
  }

  // Recorded epochs are requested once after each divergence.
  let diverging = false;
  async function lookBack() {
    const before = state.run?.state === "diverged";
    if (before === diverging) return;
    diverging = before;
    if (!before) return;
    const answer = await session.fetch("").catch(() => null);
    const now = state.run;
    if (now && answer && now.id === answer.id) store.set({ run: { ...now, recorded_epochs: answer.recorded_epochs } });
  }
  store.on(["run"], () => void lookBack());
  void lookBack();
  store.on(["refusal"], () => void showRefusal(state.refusal));
  void showRefusal(state.refusal);

  return () => {
    const { run, refusal, role } = state;
    if (run?.state === "diverged")
      return role === "viewer" ? { ...diverged(run), ways: watching().ways } : diverged(run);
    if (run?.state === "failed" || run?.state === "recovering") return ended(run);
    if (refusal && !hasField(refusal.path)) return refused(refusal);
    if (state.notice) return null;
    if (role === "viewer") return watching();
    if (run?.state === "finished" && run.detail)
      return { kind: "note", strong: "Finished.", words: asSentence(run.detail), ways: further() };
    return null;
  };
}
