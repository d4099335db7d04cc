/** The gallery of activations: each with its curve, its slope, its formulas, and its strengths and weaknesses. */

import { drawActivation } from "../../charts/activation-plot.js";
import { short } from "../../lib/format.js";
import { make, write } from "../../ui/dom.js";
import { statements } from "../../ui/mathml.js";

/** @import {Activation, Used} from "./types.js" */

export function galleryView(/** @type {Activation[]} */ entries) {
  const cards = entries.map((entry) => {
    const canvas = make("canvas", { role: "img", "aria-label": `Curve of ${entry.title}, solid, its slope dashed` });
    const used = make("span", { class: "sub" });
    const parameters = make("p", { class: "aside figures" });
    const box = make("li", {}, [
      make("h3", {}, [entry.title, " ", used]),
      canvas,
      ...lines(entry.formula ?? ""),
      ...lines(entry.derivative_formula),
      parameters,
      make("p", { class: "aside" }, [entry.note]),
    ]);
    parameters.hidden = !numbersOf(entry).length;
    return { entry, canvas, used, parameters, box };
  });
  const list = make(
    "ul",
    { class: "gallery" },
    cards.map((card) => card.box),
  );
  const root = make("section", {}, [
    make("h3", {}, [
      "Activations ",
      make("span", { class: "sub" }, [
        "a = f(z), the output, is solid; f′(z), its slope, dashed; all on one scale, z from −4 to 4; σ is the sigmoid",
      ]),
    ]),
    list,
  ]);

  /** Names the layers that use each activation, and their parameters. @param {string[]} names of the layers' activations @param {Used[]} layers */
  function update(names, layers) {
    for (const { entry, used, parameters } of cards) {
      const by = names.flatMap((name, l) => (name === entry.name ? [l] : []));
      const hidden = by.filter((l) => l < names.length - 1).map((l) => l + 1);
      const words = [
        hidden.length ? `${hidden.length === 1 ? "layer" : "layers"} ${hidden.join(", ")}` : "",
        by.includes(names.length - 1) ? "output" : "",
      ];
      write(used, words.filter(Boolean).join(" and "));
      const [number] = numbersOf(entry);
      if (!number) continue;
      const numbers = hidden.flatMap((l) => layers[l - 1]?.parameters[number.name] ?? []);
      const usual = short(number.default ?? 0, 2) + (entry.learned?.length ? " at the start" : "");
      const value = numbers.length ? numbers.map((each) => short(each, 2)).join(" and ") : usual;
      write(parameters, `α = ${value}, ${number.title}`);
    }
  }

  /** Draws each curve with the parameters of the first layer that uses it, or else with the defaults. @param {Record<string, Curve>} usual @param {Used[]} layers @param {Palette} colours */
  function draw(usual, layers, colours) {
    for (const { entry, canvas } of cards) {
      const curve = layers.find((layer) => layer.activation === entry.name)?.curve ?? usual[entry.name];
      if (curve) drawActivation(canvas, curve, colours);
    }
    // A formula that is too wide can be scrolled by keyboard too.
    for (const each of /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll(".formula"))) {
      if (each.scrollWidth > each.clientWidth) each.tabIndex = 0;
      else each.removeAttribute("tabindex");
    }
  }

  return { root, update, draw };
}

/** Its fixed and learned parameters: no activation has more than one, and the formulas call it α. @param {Activation} entry */
const numbersOf = ({ parameters = [], learned = [] }) => [...parameters, ...learned];

/** A line for each statement of a formula. @param {string} text */
const lines = (text) =>
  statements(text).map((line) => {
    line.setAttribute("displaystyle", "true");
    return make("p", { class: "formula" }, [line]);
  });
