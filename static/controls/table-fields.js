/** The fields under a table: how it is read, and what a run makes of its columns. */

import { drawing, make } from "../ui/dom.js";

/** @import {Choices} from "../config/table.js" */
/** @typedef {Record<string, [label: string, options: Record<string, string>]>} Fields by the name of what they choose */

/** Parts of the dialect that can be chosen where the guess is wrong. @type {Fields} */
const DIALECT = {
  delimiter: ["Separator", { ",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", whitespace: "spaces" }],
  decimal: ["Decimals", { ".": "point", ",": "comma" }],
  header: ["First line", { true: "names", false: "values" }],
  encoding: ["Encoding", { "utf-8": "UTF-8", "windows-1252": "Windows-1252", "utf-16": "UTF-16" }],
};

/** The fields that a format has of these; all of them where it is not listed. @type {Record<string, string[]>} */
const PARTS = { arff: ["encoding"], json: ["encoding"], libsvm: ["encoding"], parquet: [], xlsx: ["header"] };

/** @type {Fields} */
const CHOICES = {
  missing: [
    "Missing values",
    { drop: "leave their rows out", median: "fill with the median", category: "make missing a category" },
  ],
  task: [
    "Problem",
    { auto: "by the target", classification: "Classification", regression: "Regression", multilabel: "Several labels" },
  ],
  train: ["Used for training", { 0.5: "50 %", 0.6: "60 %", 0.7: "70 %", 0.8: "80 %", 0.9: "90 %" }],
  validation: ["For validation", { 0: "none", 0.1: "10 %", 0.15: "15 %", 0.2: "20 %" }],
  scale: ["Scaling", { standard: "mean 0, deviation 1", minmax: "0 to 1", none: "as they are" }],
  split: ["Split", { stratified: "by class", random: "random", ordered: "first rows train" }],
};

/**
 * A select for one of them; a value that it does not offer is added.
 * @param {string} name @param {Fields[string]} field @param {string} value @param {(value: string) => void} change
 */
function select(name, [label, options], value, change) {
  const id = `table-${name}`;
  const choice = make("select", { id });
  choice.append(...Object.entries(options).map(([option, title]) => new Option(title, option)));
  if (!(value in options)) choice.add(new Option(value, value));
  choice.value = value;
  choice.addEventListener("change", () => change(choice.value));
  return make("div", { class: "field select" }, [
    make("label", { for: id }, [label]),
    make("div", { class: "rule" }, [choice, drawing("i-down")]),
  ]);
}

/**
 * How a file is read: as chosen, else as the server guessed. Where it could not be read, every part can be chosen, or
 * left to the server again.
 * @param {TableDialect | undefined} dialect @param {Record<string, string>} chosen
 * @param {(name: string, value: string) => void} change
 */
export const dialectFields = (dialect, chosen, change) =>
  Object.entries(DIALECT).flatMap(([name, [label, options]]) => {
    const parts = dialect && PARTS[String(dialect.format)];
    if (parts && !parts.includes(name)) return [];
    const guess = dialect && String(dialect[/** @type {keyof TableDialect} */ (name)]);
    const offered = dialect ? options : { "": "guessed", ...options };
    return [select(name, [label, offered], chosen[name] ?? guess ?? "", (next) => change(name, next))];
  });

/** @param {Choices} choices @param {boolean} gaps whether values are missing @param {(patch: Partial<Choices>) => void} change */
export const choiceFields = (choices, gaps, change) =>
  Object.entries(CHOICES).flatMap(([name, field]) => {
    const value = choices[/** @type {keyof Choices} */ (name)];
    const take = (/** @type {string} */ next) => change({ [name]: typeof value === "number" ? Number(next) : next });
    return name === "missing" && !gaps ? [] : [select(name, field, String(value), take)];
  });

/** @param {boolean} checked @param {(checked: boolean) => void} change */
export function severalTargets(checked, change) {
  const box = make("input", { type: "checkbox" });
  box.checked = checked;
  box.addEventListener("change", () => change(box.checked));
  return make("label", { class: "check" }, [
    box,
    make("span", { class: "box", "aria-hidden": "true" }),
    "Several targets",
  ]);
}
