/** The panel Step through: a forward and a backward pass with every matrix, the sum behind each cell, and the update. */

import { place } from "../../run/poll.js";
import { trainingCount } from "../../state/batches.js";
import { make } from "../../ui/dom.js";
import { createApply } from "./apply.js";
import { createExamples } from "./examples.js";
import { mountGradientCheck } from "./gradient-check.js";
import { createHairlines } from "./hairlines.js";
import { createPass } from "./pass.js";
import { weightDifference } from "./pass-data.js";

/** @import {Trace} from "./types.js" */

/** @param {HTMLElement} root @param {{store: Store, session: Session, scheduler: DrawScheduler}} page */
export function mount(root, { store, session, scheduler }) {
  const { state } = store;
  let on = false;
  /** Whether the panel has been shown: a pass requested before that may be outdated. */
  let seen = false;
  /** @type {Trace | null} */
  let trace = null;
  let taken = "";
  let asked = 0;
  /** Whether the screen has to be redrawn for the trace. */
  let stale = false;

  const outer = /** @type {HTMLElement} */ (root.parentElement);
  const width = () => {
    const { paddingLeft, paddingRight } = getComputedStyle(outer);
    return outer.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
  };
  const check = mountGradientCheck({ store, session }, () => draw());
  const pass = createPass(state, width, check.element, () => draw());
  const examples = createExamples(
    () => void take(),
    (rows) => store.set({ show: { ...state.show, columns: !rows } }),
  );
  const apply = createApply(state, { step: takeStep, refresh: () => void take() });
  const hairlines = createHairlines(root);
  root.classList.add("step");
  root.append(
    hairlines.element,
    make("h2", { class: "unseen" }, ["Step through"]),
    make("div", { class: "tools-of" }, [...examples.elements, pass.playback, apply.button]),
    apply.line,
    apply.outcome,
    ...pass.elements,
  );

  /** Requests the pass at the run's current weights, and shows the answer. */
  async function take() {
    const now = place(state.run);
    if (!now) return;
    const mine = ++asked;
    taken = now;
    try {
      void check.update(now);
      const answer = await session.fetch(examples.question(trainingCount(state.points)));
      if (mine !== asked || !answer) return;
      trace = answer;
      stale = true;
      if (on || !seen) show();
    } catch (error) {
      if (mine === asked) apply.fail(error instanceof Error ? error.message : "The pass could not be fetched.");
    }
  }

  async function takeStep() {
    const before = trace;
    await session.step({ batches: 1 });
    apply.stepped();
    if (place(state.run) === taken) return updateApply();
    await take();
    if (!before || !trace || trace === before) return;
    apply.showOutcome(before, weightDifference(before, trace));
    draw();
  }

  function show() {
    if (!trace) return;
    stale = false;
    pass.show(trace);
    updateApply();
  }

  function updateApply() {
    if (trace) apply.update(trace, examples.choice());
  }

  const draw = scheduler.task(() => {
    if (!on || !root.clientWidth) return;
    check.draw();
    hairlines.draw(pass.rectangle(), pass.ledger);
  });

  // While the run trains, the pass stays as it is; when the run stops, a new one is requested.
  const retakeIfStale = () => {
    if (!on || apply.stepping()) return;
    if (taken !== place(state.run) && (state.run?.state !== "running" || !taken || !seen)) {
      apply.showOutcome(null);
      void take();
    } else updateApply();
  };
  store.on(["run", "rows", "role"], retakeIfStale);
  store.on(["theme", "masks"], () => {
    stale = true;
    if (on) show();
  });
  /** @type {boolean | null} */
  let columns = null;
  const applyOrientation = () => {
    if (columns === state.show.columns) return;
    columns = state.show.columns;
    examples.side(!columns);
    pass.turn(!columns);
  };
  store.on(["show"], applyOrientation);
  applyOrientation();
  const openAsked = () => {
    if (!state.why) return;
    // The gradient in question is that of the whole training set, so the pass is over all of it.
    examples.choose("all");
    pass.ask({ name: "dW", ...state.why });
    void take();
  };
  store.on(["why"], openAsked);
  openAsked();
  root.addEventListener("scroll", draw, true);
  new ResizeObserver(() => {
    if (on) pass.fit();
    draw();
  }).observe(root);
  // The panel is about to be opened: the pass is requested now.
  void take();

  return {
    show() {
      on = true;
      if (stale) show();
      retakeIfStale();
      seen = true;
      draw();
    },
    hide() {
      on = false;
      pass.stop();
    },
  };
}
