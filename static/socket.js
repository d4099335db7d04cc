/** The only module that talks to the server: REST calls, and the stream of one run with reconnection. */

import { labelled } from "./lib/fields.js";
import { decodeTensors } from "./lib/safetensors.js";

export const API = new URL("api/v1/", document.baseURI);
const DELAYS = [500, 1000, 2000, 4000, 8000];

/** A refusal of the server, as RFC 9457 tells it. */
export class Refused extends Error {
  /** @param {import("./lib/types.js").Problem} problem */
  constructor(problem) {
    super(labelled(problem.detail || problem.title));
    this.problem = problem;
  }
}

/** The server could not be reached at all. */
export class Unreachable extends Error {}

/**
 * @param {string} method
 * @param {string} path below /api/v1/
 * @param {unknown} [body]
 * @returns {Promise<any>}
 */
export async function request(method, path, body) {
  /** @type {Response} */
  let answer;
  try {
    answer = await fetch(new URL(path, API), {
      method,
      credentials: "same-origin",
      ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
  } catch {
    throw new Unreachable("The server does not answer.");
  }
  if (answer.status === 204) return null;
  const value = await answer.json().catch(() => null);
  if (answer.ok) return value;
  throw new Refused(value ?? { type: "about:blank", title: answer.statusText, status: answer.status, detail: "" });
}

/**
 * One frame of a recorded epoch, as the stream would send it.
 * @param {string} id
 * @param {number} epoch
 * @returns {Promise<import("./lib/types.js").Frame>}
 */
export async function frame(id, epoch) {
  const path = `runs/${id}/frame?epoch=${epoch}&resolution=100&include=boundary,weights,neurons`;
  const answer = await fetch(new URL(path, API), { headers: { accept: "application/octet-stream" } });
  if (!answer.ok) throw new Refused(await answer.json());
  const { message, tensors } = decodeTensors(await answer.arrayBuffer());
  return { ...message, tensors };
}

/**
 * @typedef {object} Hearer
 * @property {(message: any, tensors: Record<string, import("./lib/types.js").Tensor>) => void} message
 * @property {() => void} open
 * @property {(since: number, retryAt: number) => void} lost
 * @property {() => void} gone the run no longer exists
 * @property {() => number} since the epoch from which metrics are wanted
 */

/**
 * Opens the stream of a run and keeps it open until `close` is called.
 * @param {string} id
 * @param {Record<string, unknown>} view
 * @param {Hearer} hearer
 */
export function openStream(id, view, hearer) {
  /** @type {WebSocket | null} */
  let socket = null;
  let closed = false;
  let attempt = 0;
  let lostSince = 0;
  let timer = 0;

  function connect() {
    const address = new URL(`runs/${id}/stream?since=${hearer.since()}`, API);
    address.protocol = address.protocol.replace("http", "ws");
    const opening = new WebSocket(address, ["descent.v1.safetensors"]);
    opening.binaryType = "arraybuffer";
    socket = opening;
    opening.onopen = () => {
      attempt = 0;
      lostSince = 0;
      sendView();
      hearer.open();
    };
    opening.onmessage = (event) => {
      if (socket !== opening) return;
      const { message, tensors } = decodeTensors(event.data);
      hearer.message(message, tensors);
    };
    opening.onclose = () => {
      if (!closed && socket === opening) retry();
    };
  }

  function sendView() {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: "view", ...view }));
  }

  function retry() {
    const delay = DELAYS[Math.min(attempt++, DELAYS.length - 1)] ?? 8000;
    lostSince ||= Date.now();
    hearer.lost(lostSince, Date.now() + delay);
    timer = window.setTimeout(probe, delay);
  }

  async function probe() {
    window.clearTimeout(timer);
    try {
      await request("GET", `runs/${id}`);
    } catch (error) {
      if (closed) return;
      if (error instanceof Refused && [404, 410].includes(error.problem.status)) hearer.gone();
      else retry();
      return;
    }
    if (!closed) connect();
  }

  connect();
  return {
    id,
    /** @param {number} seq */
    ack(seq) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: "ack", seq }));
    },
    /** Asks for frames that show something else. @param {Record<string, unknown>} next */
    view(next) {
      view = next;
      sendView();
    },
    /** Tries at once instead of waiting. */
    retryNow() {
      if (lostSince) void probe();
    },
    close() {
      closed = true;
      window.clearTimeout(timer);
      socket?.close();
    },
  };
}

/** @typedef {ReturnType<typeof openStream>} Stream */
