/** The network folded to a rail, while a panel fills the page: a sketch, its map, and a description. */

import { palette, signedColour } from "../charts/palette.js";
import { nameOf } from "../config/activation.js";
import { decisionMapDrawer } from "../output/decision-map.js";
import { describe } from "../state/derived.js";
import { shown } from "../state/store.js";
import { buttonById, byId, canvasById, fit, write } from "../ui/dom.js";

const FULL = 3.2;
/** The most units drawn of a layer. */
const MOST = 6;

export function mountNetworkRail(/** @type {Store} */ store, /** @type {DrawScheduler} */ scheduler) {
  const { state } = store;
  const sketch = canvasById("rail-sketch");
  const drawMap = decisionMapDrawer(store, canvasById("rail-map"), true);
  buttonById("unfold").addEventListener("click", () => {
    store.set({ folded: false });
    byId("enlarge").focus();
  });

  function drawSketch() {
    const { context, width, height } = fit(sketch);
    const colours = palette(state.theme);
    const { sizes } = describe(state);
    const columns = sizes.map((size, l) => {
      const count = Math.min(MOST, size);
      const x = 5 + (l / (sizes.length - 1)) * (width - 10);
      return Array.from({ length: count }, (_, i) => ({ x, y: height / 2 + (i - (count - 1) / 2) * 7 }));
    });
    context.clearRect(0, 0, width, height);
    columns.slice(1).forEach((column, l) => {
      const weights = shown(state)?.tensors[`weights.${l}`];
      column.forEach((to, row) => {
        columns[l].forEach((from, at) => {
          const value = weights?.data[row * (weights.shape[2] ?? 1) + at] ?? 0;
          const t = Math.min(1, Math.abs(value) / FULL);
          context.beginPath();
          context.moveTo(from.x, from.y);
          context.lineTo(to.x, to.y);
          context.lineWidth = 0.5 + 1.75 * t;
          context.strokeStyle = signedColour(colours, Math.sign(value) * (0.18 + 0.82 * t));
          context.stroke();
        });
      });
    });
    context.fillStyle = colours.of("ink");
    for (const { x, y } of columns.flat()) {
      context.beginPath();
      context.arc(x, y, 2.5, 0, Math.PI * 2);
      context.fill();
    }
  }

  const draw = scheduler.task(() => {
    drawSketch();
    drawMap();
  }, 100);

  function describeNetwork() {
    const { entry, sizes, output, loss: name } = describe(state);
    const { training, network } = state.config;
    const optimizer = state.catalog.optimizers.find((each) => each.name === training.optimizer.name);
    const loss = state.catalog.losses.find((each) => each.name === name)?.title.toLowerCase() ?? [];
    const activations = new Set(network.hidden.map((layer) => nameOf(layer.activation)));
    write(byId("rail-name"), `${entry?.title ?? "Your own points"}, ${sizes.join("–")}`);
    const how = `${optimizer?.title} at ${training.learning_rate}`;
    write(byId("rail-words"), [...activations, `${output} output`, loss, how].flat().join(", "));
  }

  function update() {
    if (!state.folded) return;
    describeNetwork();
    draw();
  }
  store.on(["frame", "past", "theme", "config", "points", "layout"], update);
  update();
}
