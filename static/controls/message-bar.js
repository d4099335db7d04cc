/** The one message slot, over the page's lower edge: a lost connection, a quiet note, and whatever else happened to the run. */

import { counted } from "../lib/format.js";
import { RESTARTED_NOTICE } from "../run/session.js";
import { byId, make } from "../ui/dom.js";
import { runMessages } from "./run-messages.js";

/** @typedef {[string, () => unknown]} Way */
/** @typedef {{kind: "alert" | "outage" | "note", strong: string, words: string, ways: Way[], aside?: string}} Message */

export function mountMessageBar(/** @type {Store} */ store, /** @type {Session} */ session) {
  const { state } = store;
  const slot = byId("message");
  const words = byId("message-words");
  const ways = byId("message-ways");
  let shown = "";
  let timer = 0;
  const messageOfRun = runMessages(store, session);
  let content = false;
  const pointer = { x: -1, y: -1 };
  for (const sign of /** @type {const} */ (["pointermove", "pointerdown"]))
    document.addEventListener(
      sign,
      ({ clientX, clientY }) => {
        pointer.x = clientX;
        pointer.y = clientY;
      },
      { capture: true, passive: true },
    );
  // The page grows by the height of the slot.
  new ResizeObserver(() => {
    document.documentElement.style.setProperty("--message", `${slot.offsetHeight}px`);
  }).observe(slot);

  /** Moves it to the upper edge where it would cover the pointer or the focused element. */
  function place() {
    slot.classList.remove("above");
    const own = slot.getBoundingClientRect();
    const focused = document.activeElement ?? document.body;
    const box = focused === document.body || slot.contains(focused) ? null : focused.getBoundingClientRect();
    const pointed = pointer.y >= own.top && pointer.y < own.bottom;
    const covers = box && box.bottom > own.top && box.top < own.bottom && box.height < own.top;
    slot.classList.toggle("above", pointed || covers === true);
  }

  /** @returns {Message} */
  function outage(/** @type {Outage} */ { since, retryAt, dropped }) {
    const seconds = Math.max(0, Math.round((Date.now() - since) / 1000));
    const ago = seconds < 1 ? "just now" : `${counted(seconds, "second")} ago`;
    const next = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
    return {
      kind: "outage",
      strong: dropped ? `The connection dropped ${ago}.` : "The server does not answer.",
      words: dropped
        ? `You see epoch ${(state.run?.epoch ?? 0).toLocaleString("en")}; the page reconnects and catches up by itself.`
        : "No connection was opened yet; the page keeps trying.",
      ways: [["Try now", () => session.retryNow()]],
      aside: next ? `next try in ${next} s` : "trying",
    };
  }

  /** @returns {Message} */
  function polled() {
    return {
      kind: "outage",
      strong: "No live stream here.",
      words: `${
        state.streamRefusal
          ? `The server refuses it: ${state.streamRefusal.detail}`
          : "The server answers, but a proxy or filter in between seems to let no WebSocket through."
      } The page polls the run instead: slower, but no epoch is missing.`,
      ways: [
        ["Try the stream", () => session.retryNow()],
        [
          "Close",
          () => {
            content = true;
            update();
          },
        ],
      ],
    };
  }

  /** @returns {Message | null} */
  function wanted() {
    if (state.connection === "lost" && state.outage) return outage(state.outage);
    if (state.connection === "polling" && state.streamRefusal && !state.refusal && !content) return polled();
    const message = messageOfRun();
    if (message) return message;
    if (!state.notice) return state.connection === "polling" && !content ? polled() : null;
    const close = /** @type {Way} */ (["Close", () => store.set({ notice: null })]);
    const back = /** @type {Way} */ (["Bring it back", () => session.undo()]);
    return {
      kind: "note",
      strong: "",
      words: state.notice,
      ways: state.notice === RESTARTED_NOTICE ? [back, close] : [close],
    };
  }

  function update() {
    const message = wanted();
    window.clearTimeout(timer);
    if (message?.aside) timer = window.setTimeout(update, 1000);
    const key = JSON.stringify(message);
    if (key === shown) return;
    const isNew = message?.kind !== slot.dataset.kind || slot.hidden;
    shown = key;
    slot.hidden = message === null;
    if (!message) return;
    slot.dataset.kind = message.kind;
    slot.setAttribute("role", message.kind === "alert" ? "alert" : "status");
    // The seconds of an outage count up each second; a screen reader announces only the first.
    slot.setAttribute(
      "aria-live",
      message.kind === "outage" && !isNew ? "off" : message.kind === "alert" ? "assertive" : "polite",
    );
    const appears = isNew && !slot.hidden;
    words.replaceChildren(...(message.strong ? [make("strong", {}, [message.strong]), " "] : []), message.words);
    const focused = ways.contains(document.activeElement);
    const buttons = message.ways.map(([label, act]) => {
      const button = make("button", { class: "button", type: "button" }, [label]);
      button.addEventListener("click", act);
      return button;
    });
    ways.replaceChildren(...(message.aside ? [make("span", { class: "sub" }, [message.aside])] : []), ...buttons);
    if (focused) buttons[0]?.focus();
    else if (appears) place();
  }
  store.on(["run", "connection", "outage", "streamRefusal", "refusal", "notice", "role"], update);
}
