/** The panel Step through: one forward and one backward pass, every matrix, every cell's own sum, and the step itself. */

import { apart, figures, order, sources } from "../lib/passes.js";
import { describe } from "../lib/problem.js";
import { palette } from "../palette.js";
import { make, write } from "../views/dom.js";
import { place } from "../views/follow.js";
import { segments } from "../views/segments.js";
import { mountCheck } from "./step-check.js";
import { effect, result } from "./step-effect.js";
import { equationsOf } from "./step-equations.js";
import { createHairlines } from "./step-hairlines.js";
import { ledgerOf } from "./step-ledger.js";
import { createSheet, quantity } from "./step-sheet.js";
import { createWalk } from "./step-walk.js";

/** @typedef {import("../lib/passes.js").Trace} Trace */
/** @typedef {import("../lib/passes.js").Cell} Cell */
/** @typedef {"one" | "four" | "next" | "all"} Choice */

/** Examples listed of a large batch: more than anyone reads, few enough to send at once. */
const SHOWN = 64;

/**
 * @param {HTMLElement} root
 * @param {{store: import("../store.js").Store, session: import("../session.js").Session, scheduler: import("../scheduler.js").Scheduler}} page
 */
export function mount(root, { store, session, scheduler }) {
  const { state } = store;
  /** @type {Choice} */
  let choice = "four";
  let rows = true;
  let on = false;
  /** @type {Trace | null} */
  let trace = null;
  let taken = "";
  /** Whether the sheet shows something else than the trace. */
  let stale = false;
  let asked = 0;
  let stepping = false;
  /** @type {Cell | null} */
  let opened = { name: "dW", layer: 0, row: 0, column: 0 };
  let layer = 0;
  /** @type {string[]} of the activations */
  let titles = [];
  /** @type {import("./step-sheet.js").SheetView | null} */
  let sheet = null;
  /** @type {import("../lib/passes.js").Part[]} */
  let steps = [];

  const button = (/** @type {string} */ words, /** @type {() => void} */ act, kind = "") => {
    const made = make("button", { type: "button", class: `button ${kind}` }, [words]);
    made.addEventListener("click", act);
    return made;
  };
  const choices = segments(
    "Which examples",
    [
      ["one", "One example"],
      ["four", "Four examples"],
      ["next", "Next mini-batch"],
      ["all", "Whole training set"],
    ],
    (name) => {
      choice = /** @type {Choice} */ (name);
      void take();
    },
  );
  const sides = segments(
    "Examples are",
    [
      ["rows", "Rows"],
      ["columns", "Columns"],
    ],
    (name) => {
      rows = name === "rows";
      build();
    },
  );
  const first = make("input", { type: "number", min: "1", value: "1", inputmode: "numeric" });
  first.addEventListener("change", () => void take());
  const from = make("label", { class: "first" }, [make("span", {}, ["from example"]), first]);
  const walk = createWalk((at) => {
    if (!trace || !sheet) return;
    const now = steps[at] ?? null;
    walk.say(now ? [quantity(now)] : ["the whole pass"]);
    sheet.follow(now, now ? sources(trace, now) : [], new Set(now ? steps.slice(at + 1).map(sheet.key) : []));
    showEquations(now?.layer ?? layer, now?.name);
  });
  const moment = make("p", { class: "aside", role: "status" });
  const anew = button("Take it anew", () => void take());
  const apply = button("Apply the update", () => void takeStep(), "primary");
  const note = make("p", { class: "aside", id: "step-note" });
  apply.setAttribute("aria-describedby", "step-note");
  const outcome = make("div", { class: "outcome", role: "status", hidden: "" });
  const body = make("div", { class: "passes" });
  const foot = make("div", { class: "foot" });
  const narrow = matchMedia("(max-width: 1239px), (max-height: 799px)");
  narrow.addEventListener("change", showCell);
  const ledger = make("section", { class: "ledger", "aria-label": "The opened cell" });
  const equations = make("section", { "aria-label": "Equations" });
  const check = mountCheck({ store, session }, () => draw());
  const hairlines = createHairlines(root);
  root.classList.add("step");
  root.append(
    hairlines.element,
    make("h2", { class: "unseen" }, ["Step through"]),
    make("div", { class: "tools-of" }, [
      choices.element,
      from,
      make("div", { class: "sides" }, [make("span", { class: "label" }, ["examples are"]), sides.element]),
      walk.element,
      apply,
    ]),
    make("div", { class: "moment" }, [moment, anew, note]),
    outcome,
    body,
    foot,
  );
  foot.append(equations, check.element);
  choices.set(choice);
  sides.set("rows");

  // -- taking ----------------------------------------------------------------------------------------------------

  const train = () => state.points?.split.filter((part) => part === "train").length ?? 0;

  function question() {
    if (choice === "next" || choice === "all") return `trace?batch=${choice}&shown=${SHOWN}`;
    const count = choice === "one" ? 1 : 4;
    const most = Math.max(1, train() - count + 1);
    const at = Math.min(most, Math.max(1, Math.round(Number(first.value)) || 1));
    first.max = String(most);
    first.value = String(at);
    return `trace?index=${at - 1}&count=${count}`;
  }

  /** Asks for the pass at the run's present place, and shows it when it comes. */
  async function take() {
    const now = place(state.run);
    if (!now) return;
    const mine = ++asked;
    taken = now;
    try {
      const answer = await session.fetch(question());
      if (mine !== asked || !answer) return;
      trace = answer;
      stale = true;
      if (on) build();
      await check.look(answer, taken);
    } catch (error) {
      if (mine === asked) write(moment, error instanceof Error ? error.message : "The pass could not be fetched.");
    }
  }

  async function takeStep() {
    const before = trace;
    if (!before) return;
    stepping = true;
    apply.disabled = true;
    await session.step({ batches: 1 });
    stepping = false;
    if (place(state.run) === taken) return tell();
    await take();
    if (!trace || trace === before) return;
    outcome.hidden = false;
    outcome.replaceChildren(...result(before, apart(before, trace)));
    draw();
  }

  // -- showing ---------------------------------------------------------------------------------------------------

  function build() {
    if (!trace) return;
    stale = false;
    titles = trace.layers.map(
      ({ activation }) =>
        [...state.catalog.activations, ...state.catalog.outputs].find((each) => each.name === activation)?.title ??
        activation,
    );
    const built = createSheet({
      trace,
      rows,
      masks: state.masks,
      classes: describe(state.catalog, state.config).task === "classification",
      titles,
      colours: palette(state.theme),
      open,
      choose: showEquations,
      scrolled: draw,
    });
    sheet = built;
    body.replaceChildren(built.element);
    built.align();
    built.loss.replaceChildren(...effect(trace));
    steps = order(trace);
    layer = Math.min(layer, trace.layers.length - 1);
    const values = opened && opened.layer < trace.layers.length ? figures(trace, opened) : null;
    if (!opened || values?.[opened.row]?.[opened.column] === undefined)
      opened = { name: "dW", layer: 0, row: 0, column: 0 };
    showCell();
    walk.over(steps.length);
    tell();
  }

  /** @param {Cell} cell */
  function open(cell) {
    opened = cell;
    showCell();
    showEquations(cell.layer, cell.name);
  }

  function showCell() {
    if (!trace || !opened || !sheet) return;
    const { nodes, from } = ledgerOf(trace, opened, state, titles, palette(state.theme));
    ledger.replaceChildren(...nodes);
    // On a small screen the foot is far: the sum opens right under the layer of its cell.
    const section = narrow.matches
      ? body.querySelectorAll(".layer-of")[opened.name === "y" ? trace.layers.length : opened.layer]
      : null;
    if (section) section.after(ledger);
    else foot.prepend(ledger);
    sheet.open(opened, from);
    draw();
  }

  /** @param {number} at @param {string} [name] */
  function showEquations(at, name) {
    if (!trace) return;
    layer = at;
    equations.replaceChildren(
      make("h3", {}, [`Layer ${at + 1}, as the articles write it`]),
      equationsOf(trace, at, rows, titles[at], state),
    );
    for (const line of equations.querySelectorAll("li"))
      line.classList.toggle("now", line.dataset.name === (name === "ub" ? "uW" : name));
    for (const section of body.querySelectorAll(".layer-of[data-layer]"))
      section
        .querySelector("button")
        ?.setAttribute("aria-pressed", String(section.getAttribute("data-layer") === String(at)));
  }

  /** When the pass was taken, and whether its step can be applied. */
  function tell() {
    const { run, config } = state;
    if (!run || !trace) return;
    const running = run.state === "running";
    const size = config.training.batch_size ?? train();
    const batches = Math.max(1, Math.ceil(train() / Math.max(1, size)));
    const behind = trace.epoch !== run.epoch || trace.batch !== run.batch;
    const whole =
      choice === "all" &&
      batches === 1 &&
      config.network.hidden.every((each) => !each.dropout) &&
      !(/** @type {any} */ (config.training).augmentation);
    const at = `epoch ${trace.epoch.toLocaleString("en")}, before mini-batch ${trace.batch + 1} of ${batches}`;
    const since = behind && running ? `; the run is at epoch ${run.epoch.toLocaleString("en")}` : "";
    write(moment, `Taken at ${at}${since}.`);
    anew.hidden = !running;
    from.hidden = choice === "next" || choice === "all";
    const why =
      choice !== "next" && !whole
        ? "The run itself steps on its mini-batches: choose Next mini-batch to apply its update."
        : state.role === "viewer"
          ? "You are watching: only the run’s owner steps."
          : running
            ? "Pause the run to take its steps by hand."
            : run.state !== "paused"
              ? `The run is ${run.state}, so it takes no step.`
              : "";
    write(note, why);
    apply.disabled = why !== "" || stepping;
  }

  const draw = scheduler.task(() => {
    if (!on || !root.clientWidth) return;
    check.draw();
    hairlines.draw((opened && sheet?.rectangle(opened)) ?? null, ledger);
  });

  // While the run trains, the pass stays the one that was taken; once it rests, the page shows where it rests.
  const look = () => {
    if (!on || stepping) return;
    if (taken !== place(state.run) && (state.run?.state !== "running" || !taken)) {
      outcome.hidden = true;
      void take();
    } else tell();
  };
  store.on(["run", "rows", "role"], look);
  store.on(["theme", "masks"], () => {
    stale = true;
    if (on) build();
  });
  root.addEventListener("scroll", draw, true);
  new ResizeObserver(draw).observe(root);

  return {
    show() {
      on = true;
      if (stale) build();
      look();
      draw();
    },
    hide() {
      on = false;
      walk.halt();
    },
  };
}
