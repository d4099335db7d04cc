/** The formula that points are made from: a field, and a picture of where it is true as one types. */

import { palette } from "../charts/palette.js";
import { sentenceCase } from "../lib/format.js";
import { withValue } from "../lib/paths.js";
import { readFormula } from "../run/formulas.js";
import { datasetOf } from "../state/derived.js";
import { byId, fit, make, write } from "../ui/dom.js";

const RESOLUTION = 25;
const WAIT = 150;

/** @param {Store} store @param {Session} session */
export function mountFormulaField(store, session) {
  const { state } = store;
  const field = make("input", {
    id: "formula",
    type: "text",
    class: "value",
    maxlength: "200",
    autocomplete: "off",
    spellcheck: "false",
    "aria-describedby": "formula-says",
  });
  const picture = make("canvas", { "aria-hidden": "true" });
  const says = make("p", { id: "formula-says", role: "status" });
  const place = byId("data-formula");
  place.classList.add("field");
  place.dataset.path = "dataset.formula"; // a refusal of the formula is shown here
  place.replaceChildren(
    make("label", { for: "formula" }, ["Class 1 where"]),
    field,
    picture,
    says,
    make("p", { class: "refusal", hidden: "" }),
  );

  const written = () => datasetOf(state.catalog, state.config)?.written ?? "";
  const current = () => state.config.dataset.formula ?? written();
  let timer = 0;

  async function preview() {
    const text = field.value;
    /** @type {{comparison: boolean, values: number[][]}} */
    let map;
    try {
      map = await readFormula(text, RESOLUTION);
    } catch (error) {
      if (text === field.value)
        write(says, sentenceCase(error instanceof Error ? error.message.replace(/^[\w.]*text: /, "") : ""));
      return;
    }
    if (text !== field.value) return;
    write(says, map.comparison ? "" : "Write y = ..., or an inequality with < or >.");
    const colours = palette(state.theme);
    const { context, width } = fit(picture);
    const size = width / RESOLUTION;
    for (const [y, row] of map.values.entries()) {
      for (const [x, value] of row.entries()) {
        context.fillStyle = colours.classes[value > 0 ? 1 : 0];
        context.fillRect(x * size, width - (y + 1) * size, size + 0.5, size + 0.5);
      }
    }
  }
  field.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void preview(), WAIT);
  });
  field.addEventListener("change", () => {
    if (field.value !== current()) session.change(withValue(state.config, "dataset.formula", field.value));
  });

  function update() {
    place.hidden = !written();
    if (place.hidden || document.activeElement === field) return;
    if (field.value === current()) return;
    field.value = current();
    void preview();
  }
  store.on(["config"], update);
  store.on(["refusal"], () => {
    if (state.refusal?.path === "dataset.formula") write(says, "");
  });
  store.on(["theme"], () => {
    if (!place.hidden) void preview();
  });
  update();
}
