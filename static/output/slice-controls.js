/** Under the map of data with more than two inputs: the two that it shows, the values of the others, and controls for both. */

import { isSlice, sliceQuery } from "../lib/slice.js";
import { describe } from "../state/derived.js";
import { inputName } from "../state/names.js";
import { byId, drawing, make, write } from "../ui/dom.js";
import { inputAxis, valueWords } from "./viewport.js";

/** @import {Axis} from "./viewport.js" */

/** So many held inputs are named one by one. */
const NAMED = 4;

/** @param {Store} store @param {Session} session @param {DrawScheduler} scheduler */
export function mountSlice(store, session, scheduler) {
  const { state } = store;
  const section = byId("slice");
  const words = make("p", { class: "aside" });
  const across = choice("Across", () => turn(0));
  const up = choice("Up", () => turn(1));
  const held = choice("Hold", update);
  const slider = make("input", { type: "range", class: "slider", "aria-label": "Held at", step: "any" });
  const free = make("button", { type: "button", class: "button" }, ["At its mean"]);
  section.append(
    words,
    make("div", { class: "axes" }, [across.element, up.element, held.element]),
    make("div", { class: "axes" }, [slider, free]),
  );
  let asked = "";
  /** @type {number | null} */
  let wanted = null;

  const inputs = () => describe(state).inputs;
  const name = (/** @type {number} */ index) => inputName(state, index);

  /** A labelled select of inputs. @param {string} label @param {() => void} change */
  function choice(label, change) {
    const select = make("select", { id: `slice-${label.toLowerCase()}` });
    select.addEventListener("change", change);
    const element = make("div", { class: "field select" }, [
      make("label", { for: select.id }, [label]),
      make("div", { class: "rule" }, [select, drawing("i-down")]),
    ]);
    return { select, element };
  }

  /** Offers inputs, the chosen one marked. @param {HTMLSelectElement} select @param {number[]} offered @param {number} chosen */
  function offer(select, offered, chosen) {
    const names = offered.map(name).join();
    if (select.dataset.names !== names)
      select.replaceChildren(...offered.map((index) => new Option(name(index), String(index))));
    select.dataset.names = names;
    select.value = String(offered.includes(chosen) ? chosen : offered[0]);
  }

  /** Shows another input on an axis; where it stood on the other, the two change places. @param {0 | 1} axis */
  function turn(axis) {
    const next = Number((axis ? up : across).select.value);
    const [first, second] = state.axes;
    const other = axis ? first : second;
    const kept = other === next ? state.axes[axis] : other;
    store.set({ axes: axis ? [kept, next] : [next, kept] });
  }

  const move = scheduler.task(() => {
    if (wanted === null) return;
    store.set({ hold: { ...state.hold, [held.select.value]: wanted } });
    wanted = null;
  }, 100);
  slider.addEventListener("input", () => {
    wanted = Number(Number(slider.value).toPrecision(6));
    move();
  });
  free.addEventListener("click", () => {
    const { [held.select.value]: _, ...rest } = state.hold;
    store.set({ hold: rest });
  });

  /** The values of the inputs that do not vary, as the server reports them. */
  async function ask() {
    const { run, axes, hold } = state;
    const key = JSON.stringify([run?.id, axes, hold]);
    if (!run || asked === key || !isSlice(inputs())) return;
    asked = key;
    const query = new URLSearchParams({ resolution: "2", ...sliceQuery({ axes, hold }) });
    const answer = await session.fetch(`boundary?${query}`).catch(() => null);
    if (asked !== key) return;
    if (answer) store.set({ held: answer.held });
    else asked = "";
  }

  /** What an input can be held at: the range of its map, of other data that of its points. @param {Axis} axis @param {number} index */
  function range({ low, high, values, plain }, index) {
    if (values.length) return [0, values.length - 1];
    if (!plain) return [low, high];
    const column = (state.points?.inputs ?? []).flatMap((row) => row[index] ?? []);
    return [Math.min(...column, -1), Math.max(...column, 1)];
  }

  function update() {
    const count = inputs();
    section.hidden = !isSlice(count);
    if (section.hidden) return;
    void ask();
    const all = Array.from({ length: count }, (_, index) => index);
    const rest = all.filter((index) => !state.axes.includes(index));
    offer(across.select, all, state.axes[0]);
    offer(up.select, all, state.axes[1]);
    offer(held.select, rest, Number(held.select.value));
    const values = state.held?.length === count ? state.held : null;
    const one = Number(held.select.value);
    const axis = inputAxis(state, one);
    const [low, high] = range(axis, one);
    slider.min = String(low);
    slider.max = String(high);
    slider.step = axis.values.length ? "1" : String((high - low) / 200);
    if (!slider.matches(":active")) slider.value = String(values?.[one] ?? 0);
    slider.setAttribute("aria-valuetext", `${name(one)} ${valueWords(axis, values?.[one] ?? 0)}`);
    free.disabled = !(one in state.hold);
    write(free, axis.values.length ? "The most frequent" : "At its mean");
    const named = rest.length > NAMED ? rest.filter((index) => index in state.hold) : rest;
    const listed = named.map((index) => {
      const usual = inputAxis(state, index).values.length ? "most frequent" : "training mean";
      const value = values ? valueWords(inputAxis(state, index), values[index] ?? 0) : "…";
      return `${name(index)} held at ${value}${index in state.hold ? "" : ` (${usual})`}`;
    });
    const others = rest.length - named.length;
    if (others)
      listed.push(
        `${others} others at their ${state.run?.columns?.some(({ values: some }) => some.length) ? "means or most frequent values" : "training means"}`,
      );
    const shown = `${name(state.axes[0])} across, ${name(state.axes[1])} up`;
    write(words, `A slice of ${count} inputs: ${shown}; ${listed.join(", ")}. Points far from it are pale.`);
  }
  store.on(["config", "run", "axes", "hold", "held", "points"], update);
  update();
}
