/** Activations: a gallery of all, and where the training points lie on the curve of one unit. */

import { palette } from "../../charts/palette.js";
import { sentenceCase } from "../../lib/format.js";
import { createPoll } from "../../run/poll.js";
import { catalog } from "../../run/queries.js";
import { describe } from "../../state/derived.js";
import { drawing, make, write } from "../../ui/dom.js";
import { unitName } from "../../ui/names.js";
import { galleryView } from "./gallery.js";
import { followedUnit, shapesOf } from "./names.js";
import { unitPositionView } from "./unit-position.js";

/** @import {Activation, Seen, Unit, Used} from "./types.js" */

const EVERY = 700;
const MOST = 256;

/** @param {Page} page @returns {Section} */
export function activationsSection({ store, session, scheduler }) {
  const { state } = store;
  const entries = /** @type {Activation[]} */ (state.catalog.activations);
  /** @type {Unit} */
  let unit = { layer: 1, unit: 0 };
  /** @type {{unit: Unit, seen: Seen} | null} */
  let found = null;
  /** @type {Record<string, Curve>} by name, with default parameters; fetched, since the page is sent without them */
  let curves = {};
  /** @type {Used[]} those of the hidden layers, where they differ from the defaults */
  let used = [];
  let open = false;

  const title = make("span", { class: "sub" });
  const choice = make("select", { id: "inside-unit" });
  choice.addEventListener("change", () => {
    const [layer, index] = choice.value.split(" ").map(Number);
    take({ layer, unit: index });
  });
  const unitPosition = unitPositionView(state);
  const gallery = galleryView(entries);
  const root = make("div", { class: "inside-activations" }, [
    make("section", { class: "one" }, [
      make("h3", {}, ["Where a unit stands ", title]),
      make("div", { class: "field" }, [
        make("label", { for: "inside-unit" }, ["Unit, as pointed at in the network or chosen here"]),
        make("div", { class: "rule" }, [choice, drawing("i-down")]),
      ]),
      ...unitPosition.parts,
    ]),
    gallery.root,
  ]);

  const poll = createPoll(store, EVERY, async () => {
    const asked = unit;
    const run = state.run?.id;
    const [answer, own] = await Promise.all([
      session.fetch(`trace?count=${MOST}`),
      varied() ? session.fetch("activations") : { layers: [] },
    ]);
    if (run !== state.run?.id) return;
    used = own.layers;
    found = null;
    const layer = answer.layers[asked.layer - 1];
    if (layer?.Z[asked.unit]) {
      const [z, a, slope] = [layer.Z, layer.A, layer.slope].map((rows) =>
        rows?.[asked.unit].map((/** @type {number | null} */ value) => value ?? Number.NaN),
      );
      found = { unit: asked, seen: { epoch: answer.epoch, z, a, slope } };
    }
    redraw();
    if (asked !== unit) poll.again();
  });

  /** Whether some layer's activation may differ from the catalog's curve. */
  const varied = () =>
    shapesOf(state).some(({ activation }) => {
      const entry = entries.find(({ name }) => name === activation);
      return entry?.parameters?.length || entry?.learned?.length;
    });

  function take(/** @type {Unit} */ next) {
    if (next.layer === unit.layer && next.unit === unit.unit) return;
    unit = next;
    choice.value = `${unit.layer} ${unit.unit}`;
    poll.again();
  }

  /** Follows the unit pointed at, focused or opened in the network. */
  function follow() {
    const target = followedUnit(state);
    if (target) take({ layer: target.layer, unit: target.unit });
  }

  function fill() {
    const { sizes } = describe(state);
    const last = sizes.length - 1;
    const key = sizes.slice(1).join();
    if (unit.layer > last || unit.unit >= sizes[unit.layer]) unit = { layer: 1, unit: 0 };
    if (choice.dataset.key !== key) {
      choice.dataset.key = key;
      choice.replaceChildren(
        ...sizes
          .slice(1)
          .flatMap((units, l) =>
            Array.from(
              { length: units },
              (_, k) => new Option(sentenceCase(unitName(l + 1, k, last)), `${l + 1} ${k}`),
            ),
          ),
      );
    }
    choice.value = `${unit.layer} ${unit.unit}`;
    found = null;
    used = [];
    poll.again();
  }

  function draw() {
    const colours = palette(state.theme);
    const names = shapesOf(state).map(({ activation }) => activation);
    const name = names[unit.layer - 1];
    const entry = entries.find((each) => each.name === name);
    const seen = found?.unit === unit ? found.seen : null;
    write(title, entry?.title ?? name);
    gallery.update(names, used);
    gallery.draw(curves, used, colours);
    const curve = used[unit.layer - 1]?.curve ?? curves[name] ?? null;
    unitPosition.draw({ name, title: entry?.title ?? name, curve, seen }, colours);
  }

  async function readCurves() {
    const answer = await catalog().catch(() => null);
    if (!answer) return;
    curves = Object.fromEntries(answer.activations.map((/** @type {any} */ entry) => [entry.name, entry.curve]));
    redraw();
  }

  const redraw = scheduler.task(() => open && draw(), 60);
  store.on(["theme", "layout"], () => open && redraw());
  store.on(["hover", "selected"], () => open && follow());
  store.on(["config", "points"], () => {
    if (!open) return;
    fill();
    redraw();
  });
  return {
    root,
    show() {
      open = true;
      if (!curves.tanh) void readCurves();
      follow();
      fill();
      poll.turn(true);
      draw();
    },
    hide() {
      open = false;
      poll.turn(false);
    },
  };
}
