/** The plane of a map where the data has more than two inputs: the two that vary, and the values of the others. */

/** Whether a map of so many inputs is a plane through them. @param {number} inputs */
export const isSlice = (inputs) => inputs > 2;

/** The choice as far as it fits the data. @param {{axes: Axes, hold: Hold}} chosen @param {number} inputs @returns {{axes: Axes, hold: Hold}} */
export function fitting({ axes, hold }, inputs) {
  const fits = isSlice(inputs) && axes[0] !== axes[1] && axes.every((axis) => axis >= 0 && axis < inputs);
  if (!fits) return { axes: [0, 1], hold: {} };
  return { axes, hold: Object.fromEntries(Object.entries(hold).filter(([index]) => Number(index) < inputs)) };
}

/** The choice as query parameters. @param {{axes?: Axes, hold?: Hold}} chosen */
export const sliceQuery = ({ axes, hold }) => ({
  ...(axes ? { axes: axes.join() } : {}),
  ...(hold && Object.keys(hold).length ? { hold: writeHold(hold) } : {}),
});

/** "2:0.5,3:-1" @param {Hold} hold */
export const writeHold = (hold) =>
  Object.entries(hold)
    .map((pair) => pair.join(":"))
    .join();

/**
 * All inputs of the point that stands at (x, y) on the map; null while the values of the others are not known.
 * @param {number} inputs @param {Axes} axes
 * @param {(number | null)[] | null} held one an input
 * @param {{x: number, y: number}} at @returns {number[] | null}
 */
export function pointAt(inputs, axes, held, { x, y }) {
  if (!isSlice(inputs)) return inputs === 1 ? [x] : [x, y];
  if (held?.length !== inputs) return null;
  return held.map((value, index) => (index === axes[0] ? x : index === axes[1] ? y : (value ?? 0)));
}
