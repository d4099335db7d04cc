/** The header: transport, epoch, pace, state, undo, seed, link, help and appearance. */

import { counter, parse, short } from "../lib/format.js";
import { withValue } from "../lib/paths.js";
import { buttonById, byId, inputById, write } from "../ui/dom.js";
import { onDemand } from "../ui/on-demand.js";
import { fill } from "../ui/slider.js";
import { copy } from "./share-links.js";

/** Epochs a second that the pace slider offers; the last is unlimited. */
const PACES = [1, 2, 3, 5, 8, 12, 20, 30, 45, 60, 100, 200, null];
const WORDS = {
  paused: "Paused",
  running: "Training",
  finished: "Finished",
  diverged: "Diverged",
  recovering: "Recovering",
  failed: "Failed",
};

/**
 * @param {Store} store @param {Session} session @param {DrawScheduler} scheduler
 * @param {{link: () => string, runLink: () => string}} address what the two buttons copy
 */
export function mountHeader(store, session, scheduler, address) {
  const { state } = store;
  const play = buttonById("play");
  const pace = inputById("pace");
  const seed = inputById("seed");
  const stateLine = byId("state");
  const word = /** @type {Element} */ (stateLine.querySelector(".word"));
  const [lead, rest] = /** @type {[Element, Element]} */ ([...byId("epoch").children]);
  pace.max = String(PACES.length - 1);

  play.addEventListener("click", () => {
    const ways = /** @type {HTMLElement | null} */ (byId("message-ways").querySelector("button"));
    if (state.run?.state === "finished" && ways) ways.focus();
    else void (state.run?.state === "running" ? session.pause() : session.play());
  });
  byId("step-batch").addEventListener("click", () => session.step({ batches: 1 }));
  byId("step-epoch").addEventListener("click", () => session.step({ epochs: 1 }));
  byId("reset").addEventListener("click", () => session.reset());
  byId("undo").addEventListener("click", () => session.undo());
  byId("redo").addEventListener("click", () => session.redo());
  byId("dice").addEventListener("click", () => session.reset(1 + Math.floor(Math.random() * 999)));
  seed.addEventListener("change", () => {
    const value = parse(seed.value);
    if (value === null || !Number.isInteger(value) || value < 0) {
      store.set({ notice: "A seed is a whole number from 0 on. The present one stays in use." });
      seed.value = String(state.config.seed);
    } else session.reset(value);
  });
  pace.addEventListener("input", () => {
    session.change(withValue(state.config, "training.pace", PACES[Number(pace.value)] ?? null));
  });
  const loadRuns = onDemand(
    store,
    "The list of your runs",
    () => import("./runs-dialog.js"),
    ({ runsDialog }) => runsDialog(store, session),
  );
  byId("runs").addEventListener("click", async () => (await loadRuns())?.());
  const help = /** @type {HTMLDialogElement} */ (byId("help-dialog"));
  byId("help").addEventListener("click", () => help.showModal());
  for (const [id, link] of Object.entries({ "copy-link": address.link, "copy-run": address.runLink }))
    byId(id).addEventListener("click", () => copy(store, id, link()));
  document.addEventListener("keydown", (event) => {
    if (event.key === " " && (event.target === document.body || event.target === byId("map-canvas"))) {
      event.preventDefault();
      play.click();
    } else if (
      (event.ctrlKey || event.metaKey) &&
      !event.altKey &&
      /^[zy]$/i.test(event.key) &&
      !typing(event.target)
    ) {
      event.preventDefault();
      (event.shiftKey || event.key.toLowerCase() === "y" ? session.redo : session.undo)();
    }
  });

  const readout = scheduler.task(() => {
    const [zeros, digits] = counter(state.run?.epoch ?? 0);
    write(lead, zeros);
    write(rest, digits);
  }, 100);

  function update() {
    const run = state.run;
    const now = run?.state ?? "paused";
    const lost = state.connection === "lost";
    document.body.dataset.state = now;
    document.body.dataset.connection = state.connection;
    for (const part of document.querySelectorAll(
      ".settings, .data-body, .pace, .seed, .network .title .stepper, .layer-head",
    )) {
      /** @type {HTMLElement} */ (part).inert = lost || state.role === "viewer";
    }
    const stopped = !(run || state.connection === "none") || lost || state.role === "viewer";
    play.disabled = stopped || now === "diverged" || now === "failed";
    for (const id of ["step-batch", "step-epoch"]) buttonById(id).disabled = play.disabled;
    for (const id of ["reset", "dice"]) buttonById(id).disabled = stopped || !run;
    buttonById("copy-run").disabled = !run;
    play.setAttribute("aria-label", now === "running" ? "Pause" : "Play");
    const words = lost ? "Reconnecting" : WORDS[now];
    write(word, words);
    const value = state.config.training.pace;
    const speed = value === null ? "as fast as it goes" : `${short(value)} epochs/s`;
    write(byId("state-small"), words);
    write(byId("pace-value"), value === null ? "unlimited" : speed);
    const at = value === null ? PACES.length - 1 : nearest(value);
    if (document.activeElement !== pace || Number(pace.value) !== at) pace.value = String(at);
    pace.setAttribute("aria-valuetext", speed);
    fill(pace);
    if (document.activeElement !== seed) seed.value = String(state.config.seed);
    buttonById("undo").disabled = stopped || state.steps.undo === 0;
    buttonById("redo").disabled = stopped || state.steps.redo === 0;
  }
  // One more epoch changes only the counter here.
  let now = "";
  store.on(["run"], () => {
    readout();
    const next = `${state.run?.id} ${state.run?.state}`;
    if (next !== now) update();
    now = next;
  });
  store.on(["connection", "config", "steps", "role"], update);
  update();
}

/** Whether key presses go to a text field. @param {EventTarget | null} target */
const typing = (target) =>
  target instanceof HTMLTextAreaElement ||
  (target instanceof HTMLInputElement && !["range", "checkbox", "radio", "button"].includes(target.type));

function nearest(/** @type {number} */ value) {
  let best = 0;
  for (let i = 0; i < PACES.length - 1; i++) {
    if (Math.abs(Math.log((PACES[i] ?? 1) / value)) < Math.abs(Math.log((PACES[best] ?? 1) / value))) best = i;
  }
  return best;
}
