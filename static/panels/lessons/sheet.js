/** One lesson: its text with formulas, variants to set up, steps to try, and claims with their evidence. */

import { short } from "../../lib/format.js";
import { drawing, make, write } from "../../ui/dom.js";
import { mathml } from "../../ui/mathml.js";
import { oneMatrixSection } from "./collapsed.js";
import { CONTROLS, PARTS, pointAt } from "./pointers.js";

/** @import {Claim, Lesson, Place, Ticks, EvidenceWatch} from "./types.js" */

/** Text with a minus sign in place of a hyphen before a number. @param {string} words */
const plain = (words) => words.replace(/(^|[\s(])-(?=[\da-z])/g, "$1−");

/** Words and typeset formulas. @param {string} words @param {Record<string, string>} formulas @returns {(Node | string)[]} */
const typeset = (words, formulas) =>
  words
    .split(/\\\((.+?)\\\)/)
    .map((part, i) => (i % 2 ? make("span", { class: "formula" }, [mathml(formulas[part])]) : plain(part)));

/** @param {Lesson} lesson @param {Lesson[]} course @param {{page: Page, ticks: Ticks, watch: EvidenceWatch, go: (slug: string) => void}} tools */
export function lessonSheet(lesson, course, { page, ticks, watch, go }) {
  const { store, session } = page;
  const { state } = store;
  const { slug, number, title, summary, text, formulas, erratum, variants, claims, epochs } = lesson;

  // ---- set it up

  const choices = variants.map((variant) => {
    const button = make("button", { type: "button", class: "button" }, [variant.title ?? "This network"]);
    button.addEventListener("click", async () => {
      await session.setUp(variant.config, variant.edit);
      store.set({ notice: null, refusal: null });
    });
    return { variant, button };
  });
  const runStatus = make("p", { class: "aside", role: "status" });

  function runLine() {
    const { run, role } = state;
    if (role === "viewer") return "You are watching someone's run. Open the page by itself to set up one of your own.";
    if (!run) return "";
    const now = watch.variant();
    if (now) {
      const called = now.title ? `“${now.title}”` : "this lesson's";
      const end = run.state === "finished" || run.state === "diverged" ? `, ${run.state}` : "";
      return `The run on the page is ${called}: epoch ${run.epoch} of ${epochs}${end}.`;
    }
    const answer = watch.answer();
    if (!answer) return "";
    return answer.settings_match
      ? "The run on the page was changed since it was set up, or lacks the weights it starts with: set it up again for a tick."
      : "The run on the page is not this lesson's. Setting one up creates a new run; Undo returns to yours.";
  }

  // ---- what to try

  function way(/** @type {string} */ name, /** @type {Place} */ place) {
    const words = name === "Variant" ? "Set it up" : name;
    const button = make("button", { type: "button", class: "way", "aria-label": `Show me: ${words}` }, [words]);
    button.addEventListener("click", () => pointAt(place, store));
    return button;
  }
  const steps = lesson.steps.map(({ do: words, control, panel }) =>
    make("li", {}, [
      plain(words),
      make("div", { class: "ways" }, [
        // A cell of a matrix is opened in its panel, a link in the network.
        ...(control === "Link" && panel !== "Network" ? [] : [way(control, CONTROLS[control])]),
        ...(panel === "Lessons" ? [] : [way(panel, PARTS[panel])]),
      ]),
    ]),
  );

  // ---- claims

  const rows = claims.map((claim) => {
    const mark = make("span", { class: "mark" });
    const lines = claim.evidence.map(() => make("li", { class: "aside" }));
    const item = make("li", { class: "claim" }, [mark, make("p", {}, [plain(claim.says)]), make("ul", {}, lines)]);
    return { claim, mark, lines, item };
  });
  const shown = make("span", { class: "sub" });
  const kept = make("p", { class: "aside" }, ["This browser alone keeps the ticks of this lesson."]);
  const forget = make("button", { type: "button", class: "button" }, ["Forget them"]);
  forget.addEventListener("click", () => {
    ticks.forget(slug);
    watch.open(lesson);
    update();
    heading.focus();
  });

  function lineOf(/** @type {Claim} */ claim, /** @type {number} */ i) {
    const evidence = claim.evidence[i];
    const at = evidence.epoch ?? epochs;
    const its = variants.find(({ name }) => name === evidence.variant);
    const variantName = its?.title ? `${its.title}: ` : "";
    const seen = ticks.seen(slug, claim.says, i);
    if (seen) return `${variantName}shown at epoch ${seen.epoch}: ${seen.verdict ?? short(seen.value ?? Number.NaN)}`;
    const { run } = state;
    const answer = watch.answer();
    const judged = answer?.claims[claims.indexOf(claim)].evidence[i];
    if (!run || !answer || !judged) return `${variantName}due at epoch ${at}`;
    if (judged.due !== null) return `${variantName}at epoch ${judged.due}: ${judged.verdict}`;
    if (watch.variant() !== its) return `${variantName}not run yet; at epoch ${at}: ${judged.verdict}`;
    if (answer.epoch > at || (answer.epoch === at && answer.batch))
      return `${variantName}epoch ${at} has passed without a measurement; set it up again and pause there: ${judged.verdict}`;
    const { kind, name } = evidence.quantity;
    const value = kind === "metric" ? state.history.value(/** @type {any} */ (name)) : null;
    const now = value === null ? "" : `; now ${short(value)}`;
    return `${variantName}at epoch ${run.epoch}, due at ${at}: ${judged.verdict}${now}`;
  }

  const collapsed = claims.some((claim) => claim.evidence.some((each) => each.source === "collapsed"))
    ? oneMatrixSection(store)
    : null;

  // ---- the whole

  function neighbour(/** @type {Lesson | undefined} */ other, /** @type {string} */ words) {
    if (!other) return [];
    const button = make("button", { type: "button", class: "button" }, [`${words}: ${other.title}`]);
    button.addEventListener("click", () => go(other.slug));
    return [button];
  }
  const all = make("button", { type: "button", class: "button" }, ["All lessons"]);
  all.addEventListener("click", () => go(""));
  const heading = make("h2", { id: "lesson-title", tabindex: "-1" }, [
    make("span", { class: "number" }, [String(number)]),
    title,
  ]);
  const root = make("article", { class: "lesson", "aria-labelledby": "lesson-title" }, [
    make("div", { class: "opening" }, [
      heading,
      make("p", { class: "aside" }, [plain(summary)]),
      make("nav", { "aria-label": "Lessons" }, [
        all,
        ...neighbour(course[number - 2], "Before"),
        ...neighbour(course[number], "Next"),
      ]),
    ]),
    make("section", { class: "text" }, [
      ...text.map((paragraph) => make("p", {}, typeset(paragraph, formulas))),
      ...(erratum
        ? [
            make("p", { class: "erratum" }, [
              make("b", {}, ["An error in the source. "]),
              ...typeset(erratum, formulas),
            ]),
          ]
        : []),
    ]),
    make("section", { class: "doing" }, [
      make("h3", {}, ["Set it up"]),
      make(
        "div",
        { class: "variants", role: "group", "aria-label": "Set it up" },
        choices.map(({ button }) => button),
      ),
      runStatus,
      make("h3", {}, ["Try"]),
      make("ol", { class: "tries" }, steps),
    ]),
    make("section", { class: "claims" }, [
      make("h3", {}, ["Claims ", shown]),
      make(
        "ul",
        {},
        rows.map(({ item }) => item),
      ),
      make("div", { class: "kept" }, [kept, forget]),
      ...(collapsed ? [collapsed.root] : []),
    ]),
  ]);

  function update() {
    const now = watch.variant();
    for (const { variant, button } of choices) {
      button.disabled = state.role === "viewer" || state.busy;
      button.setAttribute("aria-pressed", String(variant === now));
    }
    write(runStatus, runLine());
    for (const { claim, mark, lines, item } of rows) {
      const done = claim.evidence.every((_, i) => ticks.seen(slug, claim.says, i));
      if (item.classList.toggle("done", done) || !mark.textContent) {
        const words = done ? "Shown: " : "Not shown yet: ";
        if (mark.textContent !== words)
          mark.replaceChildren(...(done ? [drawing("i-tick")] : []), make("span", { class: "unseen" }, [words]));
      }
      lines.forEach((line, i) => {
        write(line, lineOf(claim, i));
      });
    }
    write(shown, `${ticks.count(lesson)} of ${claims.length} shown by your runs`);
    kept.hidden = forget.hidden = !ticks.any(slug);
    collapsed?.update(now !== undefined);
  }

  return { lesson, root, update };
}
