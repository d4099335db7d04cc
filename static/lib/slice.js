/** The plane of a map where the data has more than two inputs: the two that vary, and the values of the others. */

/** Whether a map of so many inputs is a plane through them. @param {number} inputs */
export const isSlice = (inputs) => inputs > 2;

/**
 * The choice as far as it fits the data.
 * @param {{axes: Axes, hold: Hold}} chosen @param {number} inputs @param {{kind: string}[] | null} [columns] of a table
 * @returns {{axes: Axes, hold: Hold}}
 */
export function fitting({ axes, hold }, inputs, columns = null) {
  const fits = isSlice(inputs) && axes[0] !== axes[1] && axes.every((axis) => axis >= 0 && axis < inputs);
  if (!fits) return { axes: defaultAxes(columns), hold: {} };
  return { axes, hold: Object.fromEntries(Object.entries(hold).filter(([index]) => Number(index) < inputs)) };
}

/** The first two columns of numbers, else the first two. @param {{kind: string}[] | null} columns @returns {Axes} */
function defaultAxes(columns) {
  const numbers = columns?.flatMap(({ kind }, index) => (kind === "number" ? [index] : [])) ?? [];
  return numbers.length > 1 ? [numbers[0], numbers[1]] : [0, 1];
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

/**
 * How near points are to the plane: exp(-d²/2), where d² is the mean over the held inputs of the squared distance in standard deviations; 1 on it, 0.6 at d = 1.
 * @param {(number | null)[][]} rows one a point @param {(number | null)[] | null} held one an input, null on the axes
 * @returns {number[] | null} one a point; null where there is no such plane, or it is not known yet
 */
export function nearness(rows, held) {
  const inputs = held?.flatMap((value, index) => (value === null ? [] : [{ index, value }])) ?? [];
  if (!inputs.length || rows[0]?.length !== held?.length) return null;
  const squares = rows.map(() => 0);
  for (const { index, value } of inputs) {
    const column = rows.map((row) => row[index] ?? value); // a missing one is filled by what is held
    const mean = column.reduce((sum, x) => sum + x, 0) / column.length;
    const variance = column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / column.length || 1;
    column.forEach((x, i) => {
      squares[i] += (x - value) ** 2 / variance;
    });
  }
  return squares.map((sum) => Math.exp(-sum / inputs.length / 2));
}
