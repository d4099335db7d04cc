/** Follows a computation step by step: a slider over its steps, and a button that plays them. */

import { drawing, make } from "../../ui/dom.js";
import { fill } from "../../ui/slider.js";

const PACE = 900;

/** @param {(at: number) => void} show called with the step to show; their count means all */
export function createPlayback(show) {
  const slider = make("input", { type: "range", min: "0", step: "1", "aria-label": "Follow the pass" });
  const status = make("output", { class: "says" });
  const button = make("button", { type: "button", class: "plain walk", "aria-label": "Follow the pass step by step" });
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let walking;

  function follow() {
    fill(slider);
    show(Number(slider.value));
    button.replaceChildren(drawing(walking ? "i-pause" : "i-play"));
    button.setAttribute("aria-pressed", String(Boolean(walking)));
  }
  function halt() {
    if (!walking) return;
    clearInterval(walking);
    walking = undefined;
    follow();
  }
  slider.addEventListener("input", follow);
  button.addEventListener("click", () => {
    if (walking) return halt();
    if (slider.value === slider.max) slider.value = "0";
    walking = setInterval(() => {
      slider.value = String(Number(slider.value) + 1);
      if (slider.value === slider.max) halt();
      else follow();
    }, PACE);
    follow();
  });

  return {
    element: make("div", { class: "walking" }, [
      make("span", { class: "label" }, ["Follow the pass"]),
      button,
      slider,
      status,
    ]),
    /** Sets the number of steps; when it changes, all are shown. @param {number} count */
    over(count) {
      const other = slider.max !== String(count);
      slider.max = String(count);
      if (other) slider.value = slider.max;
      follow();
    },
    /** Names the step shown. @param {(Node | string)[]} words */
    say(words) {
      status.replaceChildren(...words);
      slider.setAttribute("aria-valuetext", status.textContent ?? "");
    },
    halt,
  };
}
