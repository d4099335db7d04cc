/** The panel Step through: one forward and one backward pass, every matrix, every cell's own sum, and the step itself. */

import { place } from "../../run/poll.js";
import { trainingCount } from "../../state/batches.js";
import { make } from "../../ui/dom.js";
import { createApply } from "./apply.js";
import { mountCheck } from "./check.js";
import { createExamples } from "./examples.js";
import { createHairlines } from "./hairlines.js";
import { createPass } from "./pass.js";
import { apart } from "./pass-data.js";

/** @import {Session} from "../../run/session.js" */
/** @import {Scheduler} from "../../state/scheduler.js" */
/** @import {Store} from "../../state/store.js" */
/** @import {Trace} from "./pass-data.js" */

/** @param {HTMLElement} root @param {{store: Store, session: Session, scheduler: Scheduler}} page */
export function mount(root, { store, session, scheduler }) {
  const { state } = store;
  let on = false;
  /** Whether the panel was ever shown: what was asked for before may be of long ago. */
  let seen = false;
  /** @type {Trace | null} */
  let trace = null;
  let taken = "";
  let asked = 0;
  /** Whether the screen shows something else than the trace. */
  let stale = false;

  const outer = /** @type {HTMLElement} */ (root.parentElement);
  const width = () => {
    const { paddingLeft, paddingRight } = getComputedStyle(outer);
    return outer.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
  };
  const check = mountCheck({ store, session }, () => draw());
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
    make("div", { class: "tools-of" }, [...examples.elements, pass.walk, apply.button]),
    apply.line,
    apply.outcome,
    ...pass.elements,
  );

  /** Asks for the pass at the run's present place, and shows it when it comes. */
  async function take() {
    const now = place(state.run);
    if (!now) return;
    const mine = ++asked;
    taken = now;
    try {
      void check.look(now);
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
    apply.showOutcome(before, apart(before, trace));
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

  // While the run trains, the pass stays the one that was taken; once it rests, the page shows where it rests.
  const look = () => {
    if (!on || apply.stepping()) return;
    if (taken !== place(state.run) && (state.run?.state !== "running" || !taken || !seen)) {
      apply.showOutcome(null);
      void take();
    } else updateApply();
  };
  store.on(["run", "rows", "role"], look);
  store.on(["theme", "masks"], () => {
    stale = true;
    if (on) show();
  });
  /** @type {boolean | null} */
  let columns = null;
  const turn = () => {
    if (columns === state.show.columns) return;
    columns = state.show.columns;
    examples.side(!columns);
    pass.turn(!columns);
  };
  store.on(["show"], turn);
  turn();
  const why = () => {
    if (!state.why) return;
    // The number asked about is that of the whole training set, and so is the sum that makes it.
    examples.choose("all");
    pass.ask({ name: "dW", ...state.why });
    void take();
  };
  store.on(["why"], why);
  why();
  root.addEventListener("scroll", draw, true);
  new ResizeObserver(() => {
    if (on) pass.fit();
    draw();
  }).observe(root);
  // Whoever points at the tab is about to open it: the pass is asked for before the click.
  void take();

  return {
    show() {
      on = true;
      if (stale) show();
      look();
      seen = true;
      draw();
    },
    hide() {
      on = false;
      pass.halt();
    },
  };
}
