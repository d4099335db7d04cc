/** Reads a safetensors buffer: arrays by name, and the message that `__metadata__` carries as JSON. */

/** @type {Record<string, Uint8ArrayConstructor | Float32ArrayConstructor | Float64ArrayConstructor>} */
const TYPES = { U8: Uint8Array, F32: Float32Array, F64: Float64Array };

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
    const Type = TYPES[dtype];
    const bytes = to - from;
    // A view where the bytes stand aligned, as the server writes them; a copy elsewhere.
    if (start % Type.BYTES_PER_ELEMENT) tensors[name] = { shape, data: new Type(buffer.slice(start, start + bytes)) };
    else tensors[name] = { shape, data: new Type(buffer, start, bytes / Type.BYTES_PER_ELEMENT) };
  }
  return { message: JSON.parse(header.__metadata__?.message ?? "null"), tensors };
}
