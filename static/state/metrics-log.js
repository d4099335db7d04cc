/** The metrics of a run: one row per epoch, in columns that double when they are full. */

/** @type {readonly MetricName[]} */
export const METRICS = ["train_loss", "test_loss", "train_accuracy", "test_accuracy", "penalty", "learning_rate"];

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

export class MetricsLog {
  constructor() {
    this.length = 0;
    this.epochs = new Column();
    this.known = new Column();
    this.complete = 0;
    /** @type {Record<string, Column>} */
    this.columns = Object.fromEntries(METRICS.map((name) => [name, new Column()]));
  }

  get lastEpoch() {
    return this.length - 1;
  }

  /** The first epoch not received yet: when a long run is opened, earlier ones may follow later ones. */
  get firstMissing() {
    while (this.complete < this.length && this.known.values[this.complete] === 1) this.complete++;
    return this.complete;
  }

  clear() {
    this.length = 0;
    this.complete = 0;
  }

  /** The row of an epoch, or the nearest row. @param {number} epoch */
  indexOf(epoch) {
    return Math.max(0, Math.min(this.length - 1, Math.round(epoch)));
  }

  /** Adds rows at their epochs. @param {number[]} epochs @param {Partial<Record<MetricName, (number | null)[]>>} member */
  append(epochs, member) {
    const last = epochs.at(-1);
    if (last === undefined) return;
    for (let row = this.length; row <= last; row++) {
      this.epochs.put(row, row);
      this.known.put(row, 0);
      for (const name of METRICS) this.column(name).put(row, Number.NaN);
    }
    this.length = Math.max(this.length, last + 1);
    epochs.forEach((epoch, i) => {
      this.known.put(epoch, 1);
      for (const name of METRICS) this.column(name).put(epoch, member[name]?.[i] ?? Number.NaN);
    });
  }

  column(/** @type {MetricName} */ name) {
    return this.columns[name];
  }

  /** Spans of received rows without a number, from the last row that has one to the next. @param {MetricName} name @returns {[number, number][]} */
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
    return spans.map(([from, to]) => [from, Math.min(to, this.lastEpoch)]);
  }

  /** The value in a row, null where it is not a number. @param {MetricName} name @param {number} [row] the last by default */
  value(name, row = this.length - 1) {
    const value = row >= 0 && row < this.length ? this.column(name).values[row] : undefined;
    return value === undefined || Number.isNaN(value) ? null : value;
  }
}
