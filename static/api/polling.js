/** Polls over REST what a stream would send, for networks that block WebSockets. */

import { same } from "../lib/paths.js";
import { frame, Refused, request } from "./client.js";

/** Milliseconds between two questions: while it trains, and at rest. */
const EVERY = { running: 500, rest: 2000 };

/**
 * Requests the run, its metrics and a frame in turn, and passes them on as a stream's messages, until stopped.
 * @param {string} id
 * @param {() => Record<string, any>} view what frames show, as in the stream's message `view`
 * @param {StreamListener} listener
 */
export function startPolling(id, view, listener) {
  let stopped = false;
  let lostSince = 0;
  let timer = 0;
  let asking = false;
  let again = false;
  /** @type {Run | null} the run as last sent */
  let lastRun = null;
  let framed = "";

  async function ask() {
    window.clearTimeout(timer);
    again = asking;
    if (asking || stopped) return;
    asking = true;
    let wait = EVERY.rest;
    try {
      const { role, ...run } = await request("GET", `runs/${id}`);
      if (!lastRun) await sendHello(run, role);
      else if (lastRun.series !== run.series) sendState(run);
      await sendRows();
      if (!same(lastRun, run)) sendState(run);
      await sendFrame(run);
      if (!stopped) listener.polled();
      lostSince = 0;
      if (run.state === "running" || run.state === "recovering") wait = EVERY.running;
    } catch (error) {
      if (stopped) return;
      if (error instanceof Refused && [404, 410].includes(error.problem.status)) {
        stopped = true;
        listener.gone(error.problem);
        return;
      }
      lostSince ||= Date.now();
      listener.lost({ since: lostSince, retryAt: Date.now() + wait, dropped: true });
    } finally {
      asking = false;
    }
    if (!stopped) timer = window.setTimeout(ask, again ? 0 : wait);
  }

  /** @param {any} message @param {Record<string, Tensor>} [tensors] */
  function send(message, tensors = {}) {
    if (!stopped) listener.message(message, tensors);
  }

  async function sendHello(/** @type {Run} */ run, /** @type {string} */ role) {
    const data = await request("GET", `runs/${id}/data`);
    lastRun = run;
    send({ type: "hello", role, run, data, metrics: { epoch: [], members: [] } });
  }

  function sendState(/** @type {Run} */ run) {
    lastRun = run;
    const { config, ...rest } = run;
    send({ ...rest, type: "state", training: config.training, seed: config.seed });
  }

  async function sendRows() {
    for (let since = listener.since(); since !== null && !stopped; ) {
      const { next, ...columns } = await request("GET", `runs/${id}/metrics?since=${since}`);
      if (columns.epoch.length) send({ type: "metrics", ...columns });
      since = next;
    }
  }

  /** A frame, once there is another one to show. @param {Run} run */
  async function sendFrame(run) {
    const { resolution, unit_resolution: units, include, axes, hold } = view();
    const place = JSON.stringify([
      run.series,
      run.epoch,
      run.batch,
      run.changes,
      resolution,
      units,
      include,
      axes,
      hold,
    ]);
    if (place === framed || document.hidden) return;
    const { tensors, ...message } = await frame(id, { resolution, unit_resolution: units, include, axes, hold });
    framed = place;
    send({ ...message, type: "frame" }, tensors);
  }

  const seen = () => !document.hidden && void ask();
  document.addEventListener("visibilitychange", seen);
  void ask();
  return {
    /** Asks at once: something was changed. */
    ask: () => void ask(),
    stop() {
      stopped = true;
      window.clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    },
  };
}
