/** What the data calls its inputs, classes and targets: the names of a table's columns and values, or x1, class 0 and the like. */

import { answerNoun } from "./derived.js";

/** @param {Pick<State, "run">} state @param {number} index of an input */
export const inputName = ({ run }, index) => run?.columns?.[index]?.name ?? `x${index + 1}`;

/** @param {Pick<State, "run">} state @param {number} k */
export const className = ({ run }, k) => run?.classes?.[k] ?? `class ${k}`;

/** One of several labels or values. @param {Pick<State, "run">} state @param {string} task @param {number} k */
export const answerName = ({ run }, task, k) => run?.targets?.[k] ?? `${answerNoun(task)} ${k}`;

/**
 * The input columns behind the network's inputs: a category has one for each value, two values one for the second.
 * @param {Pick<State, "run">} state @returns {{name: string, column: number, value: number | null, missing: boolean}[]} `value`: the place of the value whose input it is; `missing`: 1 where the cell is missing
 */
export function encodedInputs({ run }) {
  return (run?.columns ?? []).flatMap(({ kind, features }, column) =>
    features.map((name, i) => ({
      name,
      column,
      value: kind === "number" ? null : kind === "binary" ? 1 : i,
      missing: kind === "number" && i === 1,
    })),
  );
}

/** The name of an input of the network that belongs to a column; null for quantities such as x1. @param {Pick<State, "run">} state @param {string} feature such as "x3" */
export function columnOf({ run }, feature) {
  const place = /^x(\d+)$/.exec(feature);
  return place ? (encodedInputs({ run })[Number(place[1]) - 1]?.name ?? null) : null;
}
