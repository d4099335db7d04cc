/** The messages about the connection: lost and tried again, or polled where no stream opens. */

import { counted } from "../lib/format.js";

/** @import {Message} from "./message-bar.js" */

/** @param {State} state @param {Outage} outage @param {() => unknown} retry @returns {Message} */
export function lostConnection(state, { since, retryAt, dropped }, retry) {
  const seconds = Math.max(0, Math.round((Date.now() - since) / 1000));
  const ago = seconds < 1 ? "just now" : `${counted(seconds, "second")} ago`;
  const next = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
  return {
    kind: "outage",
    strong: dropped ? `The connection dropped ${ago}.` : "The server does not answer.",
    words: dropped
      ? `You see epoch ${(state.run?.epoch ?? 0).toLocaleString("en")}; the page reconnects and catches up by itself.`
      : "No connection was opened yet; the page keeps trying.",
    ways: [["Try now", retry]],
    aside: next ? `next try in ${next} s` : "trying",
  };
}

/** @param {State} state @param {() => unknown} retry @param {() => unknown} close @returns {Message} */
export function polledConnection({ streamRefusal }, retry, close) {
  const reason = streamRefusal
    ? `The server refuses it: ${streamRefusal.detail}`
    : "The server answers, but a proxy or filter in between seems to let no WebSocket through.";
  return {
    kind: "outage",
    strong: "No live stream here.",
    words: `${reason} The page polls the run instead: slower, but no epoch is missing.`,
    ways: [
      ["Try the stream", retry],
      ["Close", close],
    ],
  };
}
