/** The dialog of the visitor's runs: name, pin or restore each, trained weights included. */

import { loss as lossFigure } from "../lib/format.js";
import { runsPage } from "../run/queries.js";
import { changeRun } from "../run/requests.js";
import { datasetOf } from "../state/derived.js";
import { make } from "../ui/dom.js";

/** @type {Record<string, string>} */
const STATES = { running: "training", recovering: "training" };

/** @param {Store} store @param {Session} session @returns {() => void} opens it */
export function runsDialog(store, session) {
  const { state } = store;
  const list = make("ul", { class: "own-runs" });
  const says = make("p", { class: "aside", role: "status" });
  const more = make("button", { class: "button", type: "button" }, ["Older runs"]);
  const close = make("button", { class: "button", type: "button" }, ["Close"]);
  const dialog = make("dialog", { class: "help runs", "aria-labelledby": "h-runs" }, [
    make("h2", { id: "h-runs" }, ["Your runs"]),
    make("p", { class: "aside" }, [
      "The server keeps them for this browser, trained weights included. When there are too many, it deletes the oldest that is not named, pinned or watched.",
    ]),
    list,
    says,
    make("div", { class: "ways" }, [more, close]),
  ]);
  document.body.append(dialog);
  /** @type {string | null} */
  let cursor = null;

  /** The default name of a run. @param {Run} run */
  function called({ config, derived: { sizes } }) {
    return `${datasetOf(state.catalog, config)?.title ?? "Your own points"}, ${sizes.join("–")}`;
  }

  function about(/** @type {Run} */ run) {
    const { test_loss: test, train_loss: train } = run.metrics?.[0] ?? {};
    const loss = test ?? train;
    return [
      `epoch ${run.epoch.toLocaleString("en")}`,
      ...(loss === null || loss === undefined
        ? []
        : [`${test === null ? "training" : "test"} loss ${lossFigure(loss)}`]),
      STATES[run.state] ?? run.state,
      `made ${new Date(run.created_at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })}`,
    ].join(" · ");
  }

  function row(/** @type {Run} */ run) {
    const here = run.id === state.run?.id;
    const name = make("input", { type: "text", maxlength: "200", value: run.name, placeholder: called(run) });
    name.setAttribute("aria-label", `Name of the run ${called(run)}`);
    name.addEventListener("change", () => void write(run, { name: name.value.trim() }));
    const pin = make("button", { class: "button", type: "button", "aria-pressed": String(run.pinned) }, ["Pin"]);
    pin.addEventListener("click", async () => {
      const answer = await write(run, { pinned: pin.getAttribute("aria-pressed") !== "true" });
      if (answer) pin.setAttribute("aria-pressed", String(answer.pinned));
    });
    const back = make("button", { class: "button", type: "button" }, [here ? "On the page" : "Bring back"]);
    back.disabled = here;
    back.addEventListener("click", () => {
      dialog.close();
      void session.bringBack(run.id);
    });
    const words = make("div", { class: "words" }, [name, make("span", { class: "sub" }, [about(run)])]);
    return make("li", {}, [words, pin, back]);
  }

  /** @param {Run} run @param {{name: string} | {pinned: boolean}} patch @returns {Promise<Run | null>} */
  async function write(run, patch) {
    says.textContent = "";
    return changeRun(run.id, patch).catch((error) => {
      says.textContent = error.message;
      return null;
    });
  }

  /** Adds a page of runs to the list; the first one replaces it. @param {boolean} [first] */
  async function read(first = false) {
    says.textContent = "";
    more.disabled = true;
    try {
      const page = await runsPage(first ? null : cursor);
      if (first) list.replaceChildren();
      list.append(...page.runs.map(row));
      cursor = page.next_cursor;
      if (!list.childElementCount) says.textContent = "No runs yet.";
    } catch (error) {
      says.textContent = error instanceof Error ? error.message : String(error);
    }
    more.disabled = false;
    more.hidden = cursor === null;
  }

  more.addEventListener("click", () => read());
  close.addEventListener("click", () => dialog.close());
  return async () => {
    await read(true);
    if (!dialog.open) dialog.showModal();
  };
}
