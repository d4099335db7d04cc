/** Figures sampled over time, in columns for each layer; when there are too many samples, every second is dropped. */

/** @typedef {Record<string, any>} Layer its figures by name */

export class SampledSeries {
  /** @param {readonly string[]} names of the figures @param {number} [most] notes kept */
  constructor(names, most = 1200) {
    this.names = names;
    this.most = most;
    this.clear();
  }

  clear() {
    /** @type {number[]} */
    this.times = [];
    /** @type {(number | null)[][][]} note, layer, figure; a note without layers marks a place where nothing is known */
    this.notes = [];
  }

  get length() {
    return this.times.length;
  }

  /**
   * Adds a sample; a time before the last clears the series, and an equal time replaces the last sample.
   * @param {number} time @param {Layer[]} layers
   */
  add(time, layers) {
    const last = this.times.at(-1);
    if (last !== undefined && (time < last || layers.length !== this.notes.at(-1)?.length)) this.clear();
    else if (last === time) {
      this.times.pop();
      this.notes.pop();
    }
    this.times.push(time);
    this.notes.push(layers.map((layer) => this.figures(layer)));
    if (this.length <= this.most) return;
    this.keep((note, i) => i % 2 === 0 || i === this.length - 1 || !note.length);
  }

  /** Marks a gap between the last two samples: no line joins them. */
  part() {
    const [before, after] = this.times.slice(-2);
    if (after === undefined) return;
    this.times.splice(-1, 0, (before + after) / 2);
    this.notes.splice(-1, 0, []);
  }

  /**
   * Inserts earlier samples in order of time; existing ones stay, and gaps are closed.
   * @param {number[]} times ascending
   * @param {(i: number) => Layer[]} layersAt the layers at the i-th of them
   */
  fill(times, layersAt) {
    this.keep((note) => note.length > 0);
    const known = new Set(this.times);
    const all = this.times.map((time, i) => ({ time, note: this.notes[i] }));
    times.forEach((time, i) => {
      if (!known.has(time)) all.push({ time, note: layersAt(i).map((layer) => this.figures(layer)) });
    });
    all.sort((a, b) => a.time - b.time);
    this.times = all.map(({ time }) => time);
    this.notes = all.map(({ note }) => note);
  }

  /** @param {Layer} layer @returns {(number | null)[]} */
  figures(layer) {
    return this.names.map((name) => layer[name]);
  }

  keep(/** @type {(note: (number | null)[][], i: number) => boolean} */ wanted) {
    const kept = this.notes.map(wanted);
    this.times = this.times.filter((_, i) => kept[i]);
    this.notes = this.notes.filter((_, i) => kept[i]);
  }

  /** @param {string} name @param {number} layer @returns {Float32Array} not a number where none was noted */
  column(name, layer) {
    const figure = this.names.indexOf(name);
    return Float32Array.from(this.notes, (note) => note[layer]?.[figure] ?? Number.NaN);
  }
}
