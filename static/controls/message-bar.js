/** The message slot over the page's lower edge: shows one message, about the connection, the run, or a notice. */

import { RESTARTED_NOTICE } from "../run/session.js";
import { byId, make } from "../ui/dom.js";
import { lostConnection, polledConnection } from "./connection-messages.js";
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
  let polledClosed = false;
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

  const retry = () => session.retryNow();
  const polled = () =>
    polledConnection(state, retry, () => {
      polledClosed = true;
      update();
    });

  /** @returns {Message | null} */
  function wanted() {
    if (state.connection === "lost" && state.outage) return lostConnection(state, state.outage, retry);
    if (state.connection === "polling" && state.streamRefusal && !state.refusal && !polledClosed) return polled();
    const message = messageOfRun();
    if (message) return message;
    if (!state.notice) return state.connection === "polling" && !polledClosed ? polled() : null;
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
