/** One map from the stacks in a frame. */

/**
 * One map out of a stack (member 0): its bytes, side and the two ends of its range.
 * @param {Frame | null} frame
 * @param {string} name "boundary" or "neurons.{l}"
 * @param {number} index
 */
export function mapOf(frame, name, index) {
  const tensor = frame?.tensors[name];
  const range = frame?.tensors[`range.${name}`];
  if (!tensor || !range || index >= (tensor.shape[1] ?? 0)) return null;
  const rows = tensor.shape[2] ?? 1;
  const columns = tensor.shape[3] ?? 1;
  const bytes = /** @type {Uint8Array} */ (tensor.data).subarray(index * rows * columns, (index + 1) * rows * columns);
  return {
    bytes,
    rows,
    columns,
    low: range.data[index * 2],
    high: range.data[index * 2 + 1],
  };
}
