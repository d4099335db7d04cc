/** Follows a computation step by step: a slider over its steps, and a button that plays them. */

import { drawing, make } from "../../ui/dom.js";
import { fill } from "../../ui/slider.js";

const PACE = 900;

/** @param {(at: number) => void} show called with the step to show; their count means all */
export function createPlayback(show) {
  const slider = make("input", { type: "range", min: "0", step: "1", "aria-label": "Follow the pass" });
  const status = make("output", { class: "says" });
  const button = make("button", {
    type: "button",
    class: "plain playback-button",
    "aria-label": "Follow the pass step by step",
  });
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;

  function follow() {
    fill(slider);
    show(Number(slider.value));
    button.replaceChildren(drawing(timer ? "i-pause" : "i-play"));
    button.setAttribute("aria-pressed", String(Boolean(timer)));
  }
  function stop() {
    if (!timer) return;
    clearInterval(timer);
    timer = undefined;
    follow();
  }
  slider.addEventListener("input", follow);
  button.addEventListener("click", () => {
    if (timer) return stop();
    if (slider.value === slider.max) slider.value = "0";
    timer = setInterval(() => {
      slider.value = String(Number(slider.value) + 1);
      if (slider.value === slider.max) stop();
      else follow();
    }, PACE);
    follow();
  });

  return {
    element: make("div", { class: "playback" }, [
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
    setStatus(words) {
      status.replaceChildren(...words);
      slider.setAttribute("aria-valuetext", status.textContent ?? "");
    },
    stop,
  };
}
