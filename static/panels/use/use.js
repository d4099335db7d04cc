/** The panel Use this: the configuration as a request, a program, JSON, a link or a frame; and the run as files. */

import { shortConfig } from "../../config/diff.js";
import { pythonLiteral } from "../../lib/python.js";
import { make, write } from "../../ui/dom.js";
import { segmentedControl } from "../../ui/segmented-control.js";
import { linkWith } from "../../url/history.js";
import { createDownloads } from "./downloads.js";

/** @typedef {"curl" | "python" | "config" | "link" | "frame"} Form */

/** @type {[Form, string, string][]} */
const FORMS = [
  [
    "curl",
    "curl",
    "Creates the same run from a terminal and waits up to 60 seconds for its end. The response contains the owner's token.",
  ],
  [
    "python",
    "Python",
    "Creates the same run, waits for its end and predicts two of its points. It needs httpx: pip install httpx",
  ],
  ["config", "JSON", "Only the configuration, without default values."],
  ["link", "Link", "Opens this configuration, with its seed, in any browser that reaches this server."],
  [
    "frame",
    "Frame",
    "Shows this run live in another page, read-only. The server must be started with DESCENT_ALLOW_EMBEDDING=true.",
  ],
];

/** Controls that a link can hide, with their names on the page. @type {Record<string, string>} */
const HIDEABLE = {
  settings: "all settings",
  data: "all data",
  features: "further inputs",
  layers: "number of layers",
  units: "number of units",
  activation: "activations",
  rate: "learning rate",
  batch: "batch size",
  optimizer: "optimizer",
  schedule: "schedule",
  regularizer: "regularizer",
  penalty: "penalty strength",
  stop: "stop rules",
  more: "more settings",
  noise: "noise",
  points: "points",
  train: "share for training",
  steps: "single steps",
  reset: "Reset",
  seed: "seed",
  pace: "pace",
  undo: "Undo",
  copy: "links",
  threshold: "threshold",
  test: "test points",
  discrete: "discretize",
  errors: "ring errors",
  time: "time",
  panels: "panels",
};

/** @param {HTMLElement} root @param {Page} page */
export function mount(root, { store }) {
  const { state } = store;
  /** @type {Form} */
  let form = "curl";
  /** @type {Set<string>} */
  const hidden = new Set(state.hidden ?? state.hide);
  const code = make("code", {});
  const about = make("p", { class: "aside" });
  const trained = make("p", { class: "aside" });
  const copied = make("p", { class: "aside", role: "status" });
  const copy = make("button", { type: "button", class: "button primary" }, ["Copy"]);
  const box = make("pre", { tabindex: "0", role: "region", "aria-label": "To copy" }, [code]);
  const choice = segmentedControl(
    "As what",
    FORMS.map(([name, title]) => [name, title]),
    (name) => {
      form = /** @type {Form} */ (name);
      update();
    },
  );
  const boxes = Object.entries(HIDEABLE).map(([name, title]) => {
    const input = make("input", { type: "checkbox" });
    input.checked = hidden.has(name);
    input.addEventListener("change", () => {
      hidden[input.checked ? "add" : "delete"](name);
      store.set({ hidden: [...hidden] });
      update();
    });
    return make("label", { class: "check" }, [input, make("span", { class: "box", "aria-hidden": "true" }), title]);
  });
  const hiding = make("fieldset", { class: "hiding" }, [
    make("legend", { class: "label" }, ["Controls that the link hides"]),
    ...boxes,
  ]);
  const downloads = createDownloads(state.catalog.exports);
  root.classList.add("use");
  root.append(
    make("div", { class: "tools-of" }, [choice.element, copy, copied]),
    about,
    make("div", { class: "columns-of" }, [box, hiding]),
    trained,
    downloads.element,
  );
  choice.set(form);
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent ?? "");
      write(copied, "Copied.");
    } catch {
      getSelection()?.selectAllChildren(code);
      write(copied, "Your browser blocked copying; the text is selected instead.");
    }
  });

  const link = () =>
    linkWith({ hide: hidden.size ? [...hidden].join(",") : null, panel: null, section: null, run: null });

  function text() {
    const base = new URL(".", document.baseURI).href;
    const config = shortConfig(state.config, state.catalog.defaults);
    // In a shell's single quotes, a single quote ends them.
    const body = JSON.stringify({ config, state: "running" }).replaceAll("'", "'\\''");
    switch (form) {
      case "curl":
        return `curl '${base}api/v1/runs?wait=60' \\\n  -H 'Content-Type: application/json' \\\n  -d '${body}'\n`;
      case "python":
        return program(base, config, (state.points?.inputs ?? []).slice(0, 2));
      case "config":
        return `${JSON.stringify(config, null, 2)}\n`;
      case "link":
        return link();
      default:
        return `<iframe src="${location.origin}${location.pathname}#run=${state.run?.id}"\n  width="1100" height="720" title="A neural network, live"></iframe>\n`;
    }
  }

  function update() {
    write(code, text());
    write(about, FORMS.find(([name]) => name === form)?.[2] ?? "");
    write(trained, whatTrains(state));
    write(copied, "");
    hiding.hidden = form !== "link";
    downloads.update(state);
  }
  let on = false;
  store.on(["config", "run", "past", "points"], () => on && update());
  return {
    show() {
      on = true;
      update();
    },
    hide() {
      on = false;
    },
  };
}

/** What trains the run, and where its configuration and seed give the same numbers. @param {Pick<State, "run" | "catalog">} state */
export function whatTrains({ run, catalog }) {
  const { name, reason } = catalog.arithmetic;
  if (run && run.rules !== "portable-1")
    return "Stored by an earlier version: a new run of this configuration and seed has other points and initial weights.";
  if ((run?.arithmetic || name) === "portable-1")
    return "Trained by the compiled arithmetic portable-1: this configuration and seed give the same numbers on every machine that trains with it.";
  if (name === "portable-1")
    return "Trained in NumPy, since the run started there or a part of it is not compiled. A new run of this configuration may give other numbers.";
  return `Trained in NumPy (${reason}): this configuration and seed give the same numbers on this machine; another processor may give others.`;
}

/** @param {string} base @param {object} config @param {(number | null)[][]} inputs to predict */
export function program(base, config, inputs) {
  return `import httpx

config = ${pythonLiteral(config)}

with httpx.Client(base_url="${base}api/v1/", timeout=90) as api:
    run = api.post("runs", params={"wait": 60}, json={"config": config, "state": "running"}).raise_for_status().json()
    print(run["state"], run["epoch"], run["metrics"])
    inputs = [
${inputs.map((row) => `        [${row.map((value) => pythonLiteral(value)).join(", ")}],`).join("\n")}
    ]
    answer = api.post(f"runs/{run['id']}/predict", json={"inputs": inputs}).raise_for_status().json()
    print(answer["outputs"], answer["labels"])
`;
}
