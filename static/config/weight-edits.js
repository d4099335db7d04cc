/** Changes of weights derived from others: the inverse of one, and one that sets all weights. */

/**
 * The inverse of a change of weights.
 * @param {WeightChange} change
 * @param {{W: number[][], b: number[] | null, mask: boolean[][] | null}[]} layers as they were before it
 * @returns {WeightChange}
 */
export function inverse(change, layers) {
  const value = (/** @type {WeightPlace} */ { layer, row = 0, column = 0, bias }) =>
    bias === undefined ? layers[layer].W[row][column] : (layers[layer].b?.[bias] ?? 0);
  const { edits = [], cut = [], restore = [] } = change;
  return {
    edits: [...edits, ...cut].map((place) => ({ ...place, value: value(place) })),
    restore: cut,
    cut: restore,
  };
}

/** Every weight and bias of a network as one change; cut links have none. @param {Parameters<typeof inverse>[1]} layers @returns {WeightChange} */
export function allOf(layers) {
  const edits = layers.flatMap(({ W, b, mask }, layer) => [
    ...W.flatMap((values, row) =>
      values.flatMap((value, column) => (mask?.[row][column] === false ? [] : [{ layer, row, column, value }])),
    ),
    ...(b ?? []).map((value, bias) => ({ layer, bias, value })),
  ]);
  return { edits };
}
