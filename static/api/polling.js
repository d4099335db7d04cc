/** What a stream would tell, asked for over REST: for a network that lets no WebSocket through. */

import { same } from "../lib/paths.js";
import { frame, Refused, request } from "./client.js";

/** @import {Run, Tensor} from "../state/types.js" */
/** @import {Hearer} from "./stream.js" */

/** Milliseconds between two questions: while it trains, and at rest. */
const EVERY = { running: 500, rest: 2000 };

/**
 * Asks for the run, its metrics and a frame, one after the other, and tells them as a stream's messages, until stopped.
 * @param {string} id
 * @param {() => Record<string, any>} view what frames show, as the stream's message `view` says it
 * @param {Hearer} hearer
 */
export function startPolling(id, view, hearer) {
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
      if (!stopped) hearer.polled();
      lostSince = 0;
      if (run.state === "running" || run.state === "recovering") wait = EVERY.running;
    } catch (error) {
      if (stopped) return;
      if (error instanceof Refused && [404, 410].includes(error.problem.status)) {
        stopped = true;
        hearer.gone(error.problem);
        return;
      }
      lostSince ||= Date.now();
      hearer.lost({ since: lostSince, retryAt: Date.now() + wait, dropped: true });
    } finally {
      asking = false;
    }
    if (!stopped) timer = window.setTimeout(ask, again ? 0 : wait);
  }

  /** @param {any} message @param {Record<string, Tensor>} [tensors] */
  function send(message, tensors = {}) {
    if (!stopped) hearer.message(message, tensors);
  }

  /** @param {Run} run @param {string} role */
  async function sendHello(run, role) {
    const data = await request("GET", `runs/${id}/data`);
    lastRun = run;
    send({ type: "hello", role, run, data, metrics: { epoch: [], members: [] } });
  }

  /** @param {Run} run */
  function sendState(run) {
    lastRun = run;
    const { config, ...rest } = run;
    send({ ...rest, type: "state", training: config.training, seed: config.seed });
  }

  async function sendRows() {
    for (let since = hearer.since(); since !== null && !stopped; ) {
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
