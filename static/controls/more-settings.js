/** The less common settings: parameters of the optimizer and the schedule, dropout, clipping, stop rules, one step to an epoch. */

import { parse } from "../lib/format.js";
import { read, withValue } from "../lib/paths.js";
import { connected } from "../state/store.js";
import { byId, make } from "../ui/dom.js";

export function mountMoreSettings(/** @type {Store} */ store, /** @type {Session} */ session) {
  const { state } = store;
  const section = byId("more-settings");
  const fields = make("div", { class: "fields" });
  const target = make("input", { class: "value", type: "text", inputmode: "numeric", id: "to-epoch" });
  const run = make("button", { class: "button command", type: "button" }, ["Run"]);
  run.addEventListener("click", () => {
    const epoch = parse(target.value);
    if (epoch === null || !Number.isInteger(epoch) || epoch <= (state.run?.epoch ?? 0))
      store.set({ notice: "Give a whole number larger than the present epoch." });
    else void session.step({ to_epoch: epoch });
  });
  section.append(
    fields,
    make("div", { class: "field number to-epoch" }, [
      make("label", { for: "to-epoch" }, ["Run to epoch"]),
      make("div", { class: "pair" }, [target, run]),
    ]),
  );
  let shown = "";

  /** @returns {Setting[]} */
  function settings() {
    const { training, network } = state.config;
    /** @type {(part: "optimizer" | "schedule") => Setting[]} */
    const parameters = (part) => {
      const list = part === "optimizer" ? state.catalog.optimizers : state.catalog.schedules;
      const entry = list.find(({ name }) => name === training[part].name);
      return (entry?.parameters ?? []).map(({ name, title, default: usual }) => ({
        path: `training.${part}.${name}`,
        label: `${entry?.title}: ${title ?? name}`,
        usual,
      }));
    };
    return [
      ...parameters("optimizer"),
      ...parameters("schedule"),
      ...network.hidden.map((_, i) => ({ path: `network.hidden.${i}.dropout`, label: `Dropout, layer ${i + 1}` })),
      { path: "training.clip_norm", label: "Clip gradients at", empty: "never" },
      { path: "training.augmentation", label: "Jitter of inputs" },
      { path: "training.max_epochs", label: "Stop at epoch", empty: "none", live: true },
      { path: "training.stop.train_loss", label: "Stop at training loss", empty: "none", live: true },
      { path: "training.stop.patience", label: "Stop when no better for", empty: "none", live: true },
    ];
  }

  /** @param {Setting} setting */
  const textOf = ({ path, usual }) => {
    const value = read(state.config, path) ?? usual;
    return typeof value === "number" ? String(Number(value.toPrecision(6))) : "";
  };

  function field(/** @type {Setting} */ setting) {
    const { path, label, empty, live } = setting;
    const input = make("input", {
      class: "value",
      id: `m-${path}`,
      type: "text",
      inputmode: "decimal",
      autocomplete: "off",
      placeholder: empty ?? "",
    });
    input.value = textOf(setting);
    input.addEventListener("change", () => {
      const value = parse(input.value);
      if (value === null && !(empty && input.value.trim() === ""))
        store.set({ refusal: { path, reason: "Enter a number." } });
      else void session.change(withValue(state.config, path, value));
    });
    const restarts = make("span", { class: "restarts", "aria-hidden": "true" }, [" ↻"]);
    return make("div", { class: "field number", "data-path": path }, [
      make("label", { for: input.id }, [label, ...(live ? [] : [restarts])]),
      make("div", { class: "rule" }, [input]),
      make("p", { class: "refusal", hidden: "" }),
    ]);
  }

  function update() {
    if (section.hidden) return;
    const list = settings();
    const key = list.map(({ path }) => path).join();
    if (key !== shown) fields.replaceChildren(...list.map(field));
    shown = key;
    for (const setting of list) {
      const input = /** @type {HTMLInputElement | null} */ (document.getElementById(`m-${setting.path}`));
      if (input && document.activeElement !== input && state.refusal?.path !== setting.path)
        input.value = textOf(setting);
    }
    if (document.activeElement !== target) target.value = String((state.run?.epoch ?? 0) + 100);
    run.disabled = state.role === "viewer" || !connected(state) || state.run?.state === "diverged";
    section.inert = state.role === "viewer";
  }
  store.on(["config", "refusal", "connection", "role"], update);
  return update;
}
