/** Which of several labels or values the map shows, where a target has more than one. */

import { describe } from "../state/derived.js";
import { answerName } from "../state/names.js";
import { byId, drawing, make } from "../ui/dom.js";

export function mountOutputSelect(/** @type {Store} */ store) {
  const { state } = store;
  const field = byId("answer");
  const choice = make("select", { id: "answer-choice" });
  const label = make("label", { for: choice.id });
  field.append(label, make("div", { class: "rule" }, [choice, drawing("i-down")]));
  choice.addEventListener("change", () => store.set({ answer: choice.selectedIndex }));

  function update() {
    const { task, answers } = describe(state);
    field.hidden = answers < 2;
    label.textContent = "The map shows";
    const names = Array.from({ length: answers }, (_, k) => answerName(state, task, k));
    if (names.join() !== [...choice.options].map((option) => option.value).join())
      choice.replaceChildren(...names.map((name) => new Option(name, name)));
    choice.selectedIndex = Math.min(state.answer, answers - 1);
  }
  store.on(["config", "run", "answer"], update);
  update();
}
