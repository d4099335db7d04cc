/** The one message slot under the settings: divergence, a lost connection, a refusal without a field, a quiet note. */

import { counted, short } from "../lib/format.js";
import { withValue } from "../lib/paths.js";
import { ANEW } from "../session.js";
import { byId, make } from "./dom.js";
import { hasField } from "./fields.js";

/** @param {string} text */
const asSentence = (text) => text.replace(/^./, (letter) => letter.toUpperCase()).replace(/[^.!?]$/, "$&.");

/** @typedef {[string, () => unknown]} Way */
/** @typedef {{kind: "alert" | "outage" | "note", strong: string, words: string, ways: Way[], aside?: string}} Message */

/**
 * @param {import("../store.js").Store} store
 * @param {import("../session.js").Session} session
 */
export function mountMessage(store, session) {
  const { state } = store;
  const slot = byId("message");
  const words = byId("message-words");
  const ways = byId("message-ways");
  let shown = "";
  let timer = 0;

  /** @returns {Message | null} */
  function wanted() {
    const run = state.run;
    if (state.connection === "lost" && state.outage) {
      const seconds = Math.max(0, Math.round((Date.now() - state.outage.since) / 1000));
      const ago = seconds < 1 ? "just now" : `${counted(seconds, "second")} ago`;
      const next = Math.max(0, Math.ceil((state.outage.retryAt - Date.now()) / 1000));
      return {
        kind: "outage",
        strong: `The connection dropped ${ago}.`,
        words: `What you see is epoch ${(run?.epoch ?? 0).toLocaleString("en")}; the page will catch up by itself, and nothing is lost.`,
        ways: [["Try now", () => session.retryNow()]],
        aside: next ? `next try in ${next} s` : "trying",
      };
    }
    if (run?.state === "diverged") {
      const rate = state.config.training.learning_rate;
      const slower = Number((rate / 10).toPrecision(1));
      const good = bestEpoch();
      return {
        kind: "alert",
        strong: `Training diverged at epoch ${run.epoch.toLocaleString("en")}.`,
        words: run.detail
          ? asSentence(run.detail)
          : `At a learning rate of ${short(rate)}, each step landed further out than the one before.`,
        ways: [
          ...(good ? [/** @type {Way} */ ([`Go back to epoch ${good}`, () => session.goBack(good)])] : []),
          [
            `Start over at ${short(slower)}`,
            () => session.startOver(withValue(state.config, "training.learning_rate", slower)),
          ],
          ["Reset", () => session.reset()],
        ],
      };
    }
    if (run?.state === "failed" || run?.state === "recovering") {
      const over = run.state === "failed";
      return {
        kind: over ? "alert" : "outage",
        strong: over ? "This run could not go on." : "The process that trained this run ended.",
        words:
          run.detail ??
          (over ? "Reset starts it again from epoch 0." : "It continues from its last checkpoint by itself."),
        ways: over ? [["Reset", () => session.reset()]] : [],
      };
    }
    if (state.refusal && !hasField(state.refusal.path)) {
      const about = state.refusal.path ? `${state.refusal.path}: ` : "";
      return {
        kind: "note",
        strong: "Refused.",
        words: `${about}${state.refusal.reason}`,
        ways: [["Close", () => store.set({ refusal: null })]],
      };
    }
    if (state.role === "viewer") {
      return {
        kind: "note",
        strong: "You are watching.",
        words: "This run is someone else's: you see it live and cannot change it.",
        ways: [],
      };
    }
    if (run?.state === "finished" && run.detail)
      return { kind: "note", strong: "Finished.", words: asSentence(run.detail), ways: further() };
    if (state.notice) {
      const close = /** @type {Way} */ (["Close", () => store.set({ notice: null })]);
      const ways =
        state.notice === ANEW ? [/** @type {Way} */ (["Bring it back", () => session.undo()]), close] : [close];
      return { kind: "note", strong: "", words: state.notice, ways };
    }
    return null;
  }

  /** The recorded epoch with the least training loss. */
  function bestEpoch() {
    const loss = (/** @type {number} */ epoch) => state.history.value("train_loss", epoch) ?? Number.POSITIVE_INFINITY;
    const epochs = state.run?.recorded_epochs ?? [];
    return epochs.reduce((best, epoch) => (loss(epoch) < loss(best) ? epoch : best), 0);
  }

  /** What lets a finished run go on. @returns {Way[]} */
  function further() {
    const { training } = state.config;
    const { max_epochs: limit, stop } = training;
    const epoch = state.run?.epoch ?? 0;
    const raise = (/** @type {Partial<typeof training>} */ change) => () =>
      session.goOn({ ...state.config, training: { ...training, ...change } });
    if (limit !== null && epoch >= limit)
      return [[`Raise the limit to epoch ${(limit * 2).toLocaleString("en")}`, raise({ max_epochs: limit * 2 })]];
    if (stop.train_loss !== null || stop.patience !== null)
      return [["Go on without the stop rule", raise({ stop: { train_loss: null, patience: null } })]];
    return [];
  }

  function update() {
    const message = wanted();
    window.clearTimeout(timer);
    if (message?.kind === "outage") timer = window.setTimeout(update, 1000);
    const key = JSON.stringify(message);
    if (key === shown) return;
    const anew = message?.kind !== slot.dataset.kind || slot.hidden;
    shown = key;
    slot.hidden = message === null;
    if (!message) return;
    slot.dataset.kind = message.kind;
    slot.setAttribute("role", message.kind === "alert" ? "alert" : "status");
    // The seconds of an outage count up each second; only its beginning is read out.
    slot.setAttribute(
      "aria-live",
      message.kind === "outage" && !anew ? "off" : message.kind === "alert" ? "assertive" : "polite",
    );
    words.replaceChildren(...(message.strong ? [make("strong", {}, [message.strong]), " "] : []), message.words);
    const focused = ways.contains(document.activeElement);
    const buttons = message.ways.map(([label, act]) => {
      const button = make("button", { class: "button", type: "button" }, [label]);
      button.addEventListener("click", act);
      return button;
    });
    ways.replaceChildren(...(message.aside ? [make("span", { class: "sub" }, [message.aside])] : []), ...buttons);
    if (focused) buttons[0]?.focus();
  }
  let diverged = false;
  store.on(["run"], () => {
    const now = state.run?.state === "diverged";
    if (now && !diverged) void session.refresh();
    diverged = now;
  });
  store.on(["run", "connection", "outage", "refusal", "notice", "role"], update);
}
