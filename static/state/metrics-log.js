/** The metrics of a run: a row for every epoch, of a long run for every `stride`-th and the last, in columns that double when they are full. */

/** @type {readonly MetricName[]} */
export const METRICS = [
  "train_loss",
  "validation_loss",
  "test_loss",
  "train_accuracy",
  "validation_accuracy",
  "test_accuracy",
  "train_r2",
  "test_r2",
  "train_error",
  "test_error",
  "penalty",
  "learning_rate",
];

class Column {
  constructor() {
    this.values = new Float32Array(1024);
  }

  put(/** @type {number} */ at, /** @type {number} */ value) {
    if (at >= this.values.length) {
      const wider = new Float32Array(this.values.length * 2);
      wider.set(this.values);
      this.values = wider;
    }
    this.values[at] = value;
  }
}

/** The rows of a metrics message, which come as JSON or as tensors. @param {any} message @param {Record<string, Tensor>} tensors @returns {MetricRows} */
export function rowsOf(message, tensors) {
  if (!tensors.values) return message;
  const { data, shape } = tensors.values;
  const [count = 0, members = 0, width = 1] = shape;
  /** @param {number} length @param {(i: number) => any} make */
  const list = (length, make) => Array.from({ length }, (_, i) => make(i));
  const number = (/** @type {number} */ value) => (Number.isFinite(value) ? value : null);
  const column = (/** @type {number} */ at) => list(count, (row) => number(data[row * members * width + at]));
  return {
    epoch: [...tensors.epoch.data],
    members: list(members, (m) =>
      Object.fromEntries(
        message.columns.map((/** @type {string} */ name, /** @type {number} */ c) => [name, column(m * width + c)]),
      ),
    ),
    stride: message.stride,
  };
}

export class MetricsLog {
  constructor() {
    this.lastEpoch = -1;
    this.stride = 1;
    this.epochs = new Column();
    this.known = new Column();
    this.complete = 0;
    /** @type {Record<string, Column>} */
    this.columns = Object.fromEntries(METRICS.map((name) => [name, new Column()]));
  }

  get length() {
    return this.lastEpoch < 0 ? 0 : Math.ceil(this.lastEpoch / this.stride) + 1;
  }

  /** The first epoch not received yet: when a long run is opened, earlier ones may follow later ones. */
  get firstMissing() {
    while (this.complete < this.length && this.known.values[this.complete] === 1) this.complete++;
    return this.complete < this.length ? this.#epochOf(this.complete) : this.lastEpoch + 1;
  }

  clear() {
    this.lastEpoch = -1;
    this.stride = 1;
    this.complete = 0;
  }

  #epochOf(/** @type {number} */ row) {
    return Math.min(row * this.stride, this.lastEpoch);
  }

  /** The row of an epoch, or the nearest row. @param {number} epoch */
  indexOf(epoch) {
    const row = epoch >= this.lastEpoch ? this.length - 1 : Math.round(epoch / this.stride);
    return Math.max(0, Math.min(this.length - 1, row));
  }

  /**
   * Adds rows at their epochs. Once the run stores only every `stride`-th of the older ones, so does the log.
   * @param {number[]} epochs @param {Partial<Record<MetricName, (number | null)[]>>} member @param {number} [stride]
   */
  append(epochs, member, stride = 1) {
    const last = epochs.at(-1);
    if (last === undefined) return;
    if (stride > this.stride) this.#thin(stride);
    if (last > this.lastEpoch) {
      let row = Math.floor(this.lastEpoch / this.stride) + 1;
      this.complete = Math.min(this.complete, row);
      this.lastEpoch = last;
      for (; row < this.length; row++) {
        this.epochs.put(row, this.#epochOf(row));
        this.known.put(row, 0);
        for (const name of METRICS) this.column(name).put(row, Number.NaN);
      }
    }
    epochs.forEach((epoch, i) => {
      const row = this.indexOf(epoch);
      if (this.#epochOf(row) !== epoch) return;
      this.known.put(row, 1);
      for (const name of METRICS) this.column(name).put(row, member[name]?.[i] ?? Number.NaN);
    });
  }

  /** Keeps the rows of every `stride`-th epoch and of the last. @param {number} stride */
  #thin(stride) {
    const ratio = stride / this.stride;
    const end = this.length - 1;
    this.stride = stride;
    this.complete = 0;
    for (let row = 0; row < this.length; row++) {
      const from = Math.min(row * ratio, end);
      for (const column of [this.known, ...Object.values(this.columns)]) column.put(row, column.values[from]);
      this.epochs.put(row, this.#epochOf(row));
    }
  }

  column(/** @type {MetricName} */ name) {
    return this.columns[name];
  }

  /** Spans of epochs whose rows were received without a number, from the last that has one to the next. @param {MetricName} name @returns {[number, number][]} */
  gaps(name) {
    const { values } = this.column(name);
    /** @type {[number, number][]} */
    const spans = [];
    for (let row = 0; row < this.length; row++) {
      if (!Number.isNaN(values[row]) || this.known.values[row] !== 1) continue;
      const open = spans.at(-1);
      if (open?.[1] === row) open[1] = row + 1;
      else spans.push([Math.max(0, row - 1), row + 1]);
    }
    return spans.map(([from, to]) => [this.#epochOf(from), this.#epochOf(to)]);
  }

  /** The value in a row, null where it is not a number. @param {MetricName} name @param {number} [row] the last by default */
  value(name, row = this.length - 1) {
    const value = row >= 0 && row < this.length ? this.column(name).values[row] : undefined;
    return value === undefined || Number.isNaN(value) ? null : value;
  }
}
