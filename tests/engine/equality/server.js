/** The same for WebAssembly in node: the module, and its functions' names with which arguments are of 64 bits, as arguments. */
import fs from "node:fs";

const { exports } = new WebAssembly.Instance(new WebAssembly.Module(fs.readFileSync(process.argv[2])));
const names = process.argv[3].split(",");
const take = (size) => {
  const buffer = Buffer.alloc(size);
  for (let done = 0; done < size; ) {
    try {
      const read = fs.readSync(0, buffer, done, size - done);
      if (!read) process.exit();
      done += read;
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
  return buffer;
};
const give = (buffer) => {
  for (let done = 0; done < buffer.length; ) {
    try {
      done += fs.writeSync(1, buffer, done);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
};
const base = exports.memory.buffer.byteLength;
exports.memory.grow(4096);
const first = Buffer.alloc(8);
first.writeBigInt64LE(BigInt(base));
give(first);
for (;;) {
  const order = take(24);
  const [kind, at, size] = [0, 8, 16].map((place) => Number(order.readBigInt64LE(place)));
  if (kind === 0) take(size).copy(Buffer.from(exports.memory.buffer), at);
  else if (kind === 1) give(Buffer.from(exports.memory.buffer, at, size));
  else {
    const sent = take(64);
    const numbers = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => sent.readBigInt64LE(8 * k));
    const [name, wide] = [names[at].split(" ")[0], names[at].split(" ")[1]];
    exports[name](...numbers.map((n, k) => (wide[k] === "w" ? n : Number(n))));
  }
}
