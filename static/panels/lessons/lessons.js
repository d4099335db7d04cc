/** The panel Lessons: the course as a table of contents, and one lesson at a time. */

import { counted } from "../../lib/format.js";
import { lessons } from "../../run/queries.js";
import { make, write } from "../../ui/dom.js";
import { createEvidence } from "./evidence.js";
import { lessonSheet } from "./sheet.js";
import { createTicks } from "./ticks.js";

/** @import {Lesson} from "./types.js" */

/** @param {HTMLElement} root @param {Page} page @returns {Shown} */
export function mount(root, page) {
  const { store, scheduler } = page;
  const { state } = store;
  const ticks = createTicks(() => localStorage);
  /** @type {Lesson[] | null} */
  let course = null;
  /** @type {ReturnType<typeof lessonSheet> | null} */
  let sheet = null;
  let open = false;
  const update = scheduler.task(() => open && (sheet ? sheet.update() : countAll()), 200);
  const watch = createEvidence(store, ticks, update);

  const status = make("p", { class: "aside", role: "status" });
  const again = make("button", { type: "button", class: "button" }, ["Try again"]);
  const forget = make("button", { type: "button", class: "button" }, ["Forget all ticks"]);
  const total = make("p", { class: "aside" });
  const list = make("ol", { class: "course" });
  const contents = make("div", { class: "contents" }, [
    make("div", { class: "opening" }, [make("h2", {}, ["Lessons"]), total, forget]),
    list,
  ]);
  root.classList.add("lessons");
  root.append(status, again);
  again.hidden = true;
  again.addEventListener("click", load);
  forget.addEventListener("click", () => {
    ticks.forget();
    countAll();
    write(status, "All ticks are forgotten.");
  });

  async function load() {
    again.hidden = true;
    try {
      course = /** @type {Lesson[]} */ (await lessons());
    } catch {
      write(status, "The lessons could not be loaded.");
      again.hidden = false;
      return;
    }
    write(status, "");
    list.replaceChildren(...course.map(entry));
    draw();
  }

  /** @param {Lesson} lesson */
  function entry({ slug, number, title, summary }) {
    const button = make("button", { type: "button", class: "entry", "data-lesson": slug }, [
      make("span", { class: "number" }, [String(number)]),
      make("span", { class: "strong" }, [title]),
      make("span", { class: "aside" }, [summary]),
      make("span", { class: "so-far sub" }),
    ]);
    button.addEventListener("click", () => go(slug));
    return make("li", {}, [button]);
  }

  function countAll() {
    if (!course) return;
    let shown = 0;
    for (const lesson of course) {
      const count = ticks.count(lesson);
      shown += count;
      const place = list.querySelector(`[data-lesson="${lesson.slug}"] .so-far`);
      const words = count ? `${count} of ${lesson.claims.length} shown` : counted(lesson.claims.length, "claim");
      if (place) write(place, count === lesson.claims.length ? `✓ ${words}` : words);
    }
    const all = course.reduce((sum, lesson) => sum + lesson.claims.length, 0);
    write(
      total,
      `Each is a short text, a network to set up, and claims that get a tick when a run of yours shows them: ${shown} of ${all} so far. This browser alone keeps them.`,
    );
    forget.hidden = !shown;
  }

  /** Opens a lesson, or the contents, and moves the focus there. @param {string} slug */
  function go(slug) {
    const before = state.lesson;
    store.set({ lesson: slug });
    draw();
    const target = slug ? root.querySelector("h2") : list.querySelector(`[data-lesson="${before}"]`);
    /** @type {HTMLElement | null} */ (target)?.focus();
  }

  function draw() {
    if (!course) return;
    const lesson = course.find(({ slug }) => slug === state.lesson);
    if (sheet?.lesson !== lesson || !root.lastElementChild?.matches(".lesson, .contents")) {
      sheet?.root.remove();
      contents.remove();
      sheet = lesson ? lessonSheet(lesson, course, { page, ticks, watch, go }) : null;
      root.append(sheet ? sheet.root : contents);
      watch.open(lesson ?? null);
      if (lesson?.columns) store.set({ show: { ...state.show, columns: true } });
    }
    write(status, state.lesson && !lesson ? `There is no lesson “${state.lesson}”. These are all.` : "");
    if (sheet) sheet.update();
    else countAll();
  }

  // A run may show a claim while another panel is open.
  store.on(["busy", "role"], watch.check);
  store.on(["run", "busy", "role", "rows"], () => open && update());
  store.on(["lesson"], () => open && draw());
  return {
    show() {
      open = true;
      if (course) draw();
      else void load();
    },
    hide() {
      open = false;
    },
  };
}
