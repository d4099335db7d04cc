/** The time strip: the test loss so far in one line, or the training loss without test points, the changes made on the way, and where the page stands. */

import { hatch, missing, reach } from "../charts/hatch.js";
import { palette } from "../charts/palette.js";
import { logarithmic } from "../lib/scales.js";
import { extent, forEachPoint } from "../lib/series.js";
import { tested } from "../state/accuracy.js";
import { byId, canvasById, fit, inputById, write } from "../ui/dom.js";

/** @param {Store} store @param {DrawScheduler} scheduler @param {(epoch: number | null) => void} showEpoch shows an earlier epoch; null the newest */
export function mountTimeline(store, scheduler, showEpoch) {
  const { state } = store;
  const canvas = canvasById("time-canvas");
  const slider = inputById("time-slider");
  slider.addEventListener("input", () =>
    showEpoch(Number(slider.value) >= state.history.lastEpoch ? null : Number(slider.value)),
  );
  byId("to-live").addEventListener("click", () => {
    showEpoch(null);
    slider.focus();
  });

  const redraw = scheduler.task(() => {
    const { history } = state;
    const colours = palette(state.theme);
    const { context, width, height } = fit(canvas);
    context.clearRect(0, 0, width, height);
    const right = width - 8;
    const last = Math.max(1, reach(state));
    const x = (/** @type {number} */ epoch) => (epoch / last) * right;
    const values = history.column(tested(state.points) ? "test_loss" : "train_loss").values;
    const ends = extent(values, history.length, 0);
    if (ends && history.length > 1) {
      const scale = logarithmic(ends[0] * 0.7, ends[1] * 1.1);
      const y = (/** @type {number} */ value) =>
        height - 4 - Math.max(0, scale.at(Math.max(value, scale.low))) * (height - 14);
      const path = new Path2D();
      const area = new Path2D();
      area.moveTo(0, height);
      let end = 0;
      forEachPoint(history.epochs.values, values, history.length, x, y, (px, py, starts) => {
        if (starts) path.moveTo(px, py);
        else path.lineTo(px, py);
        area.lineTo(px, py);
        end = px;
      });
      area.lineTo(end, height);
      area.closePath();
      context.fillStyle = colours.of("well");
      context.fill(area);
      context.lineWidth = 1.25;
      context.strokeStyle = colours.of("edge");
      context.stroke(path);
    }
    for (const [from, to] of missing(state)) hatch(context, [x(from), 20, x(to), height], colours.of("edge"));
    context.font = `11px ${colours.font}`;
    let free = 0;
    for (const mark of state.marks) {
      const at = x(mark.epoch);
      context.strokeStyle = colours.of("ink");
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(at, 4);
      context.lineTo(at, height);
      context.stroke();
      context.beginPath();
      context.moveTo(at, 0);
      context.lineTo(at + 4, 4);
      context.lineTo(at, 8);
      context.lineTo(at - 4, 4);
      context.fillStyle = colours.of("ink");
      context.fill();
      const wide = context.measureText(mark.words).width;
      if (at + 7 < free || at + wide + 20 > right) continue;
      context.fillStyle = colours.of("ink-2");
      context.fillText(mark.words, at + 7, 14);
      free = at + wide + 16;
    }
    const epoch = state.past?.epoch ?? Math.max(0, history.lastEpoch);
    const now = Math.max(7, x(epoch));
    context.fillStyle = colours.of("ink");
    context.fillRect(now - 1, 0, 2, height);
    context.beginPath();
    context.arc(now, height / 2, 6, 0, Math.PI * 2);
    context.fill();
    slider.max = String(Math.max(0, history.lastEpoch));
    slider.style.width = `${(history.lastEpoch / (reach(state) || 1) || 1) * 100}%`;
    if (!slider.matches(":active")) slider.value = String(epoch);
    // Steps of one mini-batch end within an epoch.
    const here = state.run?.batch && state.run.state !== "running" ? `live, batch ${state.run.batch}` : "live";
    const diverged = state.run?.state === "diverged";
    const live = state.connection === "lost" ? "not live" : diverged ? "no number after" : here;
    slider.setAttribute("aria-valuetext", state.past ? `epoch ${epoch}` : `epoch ${epoch}, ${live}`);
    write(byId("time-epoch"), `epoch ${(state.past?.epoch ?? state.run?.epoch ?? 0).toLocaleString("en")}`);
    write(byId("time-live"), live);
    byId("time-live").hidden = state.past !== null;
    byId("to-live").hidden = state.past === null;
  }, 100);

  store.on(["rows", "past", "marks", "theme", "layout", "connection", "run"], redraw);
  redraw();
}
