/** Reads a safetensors buffer: arrays by name, and the message that `__metadata__` carries as JSON. */

/** @param {ArrayBuffer} buffer @returns {{message: any, tensors: Record<string, Tensor>}} */
export function decodeTensors(buffer) {
  const size = Number(new DataView(buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, size)));
  /** @type {Record<string, Tensor>} */
  const tensors = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const {
      dtype,
      shape,
      data_offsets: [from, to],
    } = entry;
    const start = 8 + size + from;
    if (dtype === "U8") tensors[name] = { shape, data: new Uint8Array(buffer, start, to - from) };
    else if (dtype === "F32") tensors[name] = { shape, data: floats(buffer, start, (to - from) / 4) };
  }
  return { message: JSON.parse(header.__metadata__?.message ?? "null"), tensors };
}

/** A view where the bytes stand aligned, as the server writes them; a copy elsewhere. @param {ArrayBuffer} buffer @param {number} start @param {number} count */
function floats(buffer, start, count) {
  return start % 4 ? new Float32Array(buffer.slice(start, start + count * 4)) : new Float32Array(buffer, start, count);
}
