/** The stream of one run: opened again when it drops, and polled over REST where none opens. */

import { API, Refused, request } from "./client.js";
import { ownerToken } from "./owner-token.js";
import { decodeTensors } from "./safetensors.js";

/** @import {startPolling} from "./polling.js" */

const DELAYS = [500, 1000, 2000, 4000, 8000];

/** Milliseconds to wait for a stream to open before the page polls. */
const OPENING = 4000;
/** Attempts in a row that do not open, while the server answers over REST, before the page polls. */
const ATTEMPTS = 2;
/** Milliseconds after which a page that polls tries the stream again. */
const RETRY_INTERVAL = 30_000;

/** Whether streams open here, as far as this page has seen. */
let streams = true;

/**
 * Opens the stream of a run and keeps it open until `close` is called. Where no stream opens though the server
 * answers, it polls, and tries the stream again at intervals.
 * @param {string} id @param {Record<string, unknown>} view @param {StreamListener} listener
 */
export function openStream(id, view, listener) {
  /** @type {WebSocket | null} */
  let socket = null;
  /** @type {ReturnType<typeof startPolling> | null} */
  let poller = null;
  let polling = false;
  let closed = false;
  let dropped = false;
  let attempt = 0;
  let failed = 0;
  let lostSince = 0;
  let timer = 0;
  /** @type {Problem | null} why the server refuses the stream */
  let refused = null;

  function connect() {
    window.clearTimeout(timer);
    const address = new URL(`runs/${id}/stream?since=${listener.since()}`, API);
    address.protocol = address.protocol.replace("http", "ws");
    const token = ownerToken();
    const opening = new WebSocket(address, ["descent.v1.safetensors", ...(token ? [`descent.token.${token}`] : [])]);
    let opened = false;
    let receiving = false;
    const slow = window.setTimeout(() => socket === opening && poll(), OPENING);
    opening.binaryType = "arraybuffer";
    socket = opening;
    opening.onopen = () => {
      window.clearTimeout(slow);
      if (closed || socket !== opening) return opening.close();
      opened = true;
      sendView();
    };
    opening.onmessage = (event) => {
      if (socket !== opening) return;
      const { message, tensors } = decodeTensors(event.data);
      refused = !receiving && message.type === "error" ? message : null;
      if (refused) return;
      if (!receiving) onFirstMessage();
      receiving = true;
      listener.message(message, tensors);
    };
    opening.onclose = () => {
      window.clearTimeout(slow);
      if (closed || socket !== opening) return;
      if (!opened) refused = null;
      if (refused && ![404, 410].includes(refused.status)) poll();
      else if (opened) retry();
      else if (polling) timer = window.setTimeout(connect, RETRY_INTERVAL);
      else if (++failed < ATTEMPTS) void probe();
      else poll();
    };
  }

  /** The stream carries messages: polling and retrying end. */
  function onFirstMessage() {
    streams = true;
    dropped = true;
    attempt = failed = lostSince = 0;
    endPolling();
    listener.open();
  }

  function sendView() {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: "view", ...view }));
  }

  function poll() {
    window.clearTimeout(timer);
    timer = window.setTimeout(connect, RETRY_INTERVAL);
    if (polling) return;
    polling = true;
    streams = refused !== null;
    import("./polling.js").then(
      ({ startPolling }) => {
        if (!closed && polling)
          poller ??= startPolling(id, () => view, { ...listener, polled: () => listener.polled(refused) });
      },
      () => {
        if (closed || !polling) return;
        polling = false;
        retry();
      },
    );
  }

  function endPolling() {
    polling = false;
    poller?.stop();
    poller = null;
  }

  function retry() {
    window.clearTimeout(timer);
    const delay = DELAYS[Math.min(attempt++, DELAYS.length - 1)] ?? 8000;
    lostSince ||= Date.now();
    listener.lost({ since: lostSince, retryAt: Date.now() + delay, dropped });
    timer = window.setTimeout(probe, delay);
  }

  async function probe() {
    window.clearTimeout(timer);
    try {
      await request("GET", `runs/${id}`);
    } catch (error) {
      if (closed) return;
      if (error instanceof Refused && [404, 410].includes(error.problem.status)) listener.gone(error.problem);
      else retry();
      return;
    }
    if (!closed) connect();
  }

  if (streams) connect();
  else poll();
  return {
    id,
    ack(/** @type {number} */ seq) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: "ack", seq }));
    },
    /** Changes what the frames show. @param {Record<string, unknown>} next */
    view(next) {
      view = next;
      sendView();
      poller?.ask();
    },
    /** Polls at once after a change; a stream reports it by itself. */
    ask: () => poller?.ask(),
    /** Tries at once instead of waiting. */
    retryNow() {
      if (polling) {
        connect();
        poller?.ask();
      } else if (lostSince) void probe();
    },
    close() {
      closed = true;
      window.clearTimeout(timer);
      endPolling();
      socket?.close();
    },
  };
}
