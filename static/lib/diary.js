/** Figures noted now and then, each layer's in columns; when there are many, every second note is let go. */

export class Diary {
  /** @param {readonly string[]} names of the figures @param {number} [most] notes kept */
  constructor(names, most = 1200) {
    this.names = names;
    this.most = most;
    this.clear();
  }

  clear() {
    /** @type {number[]} */
    this.times = [];
    /** @type {(number | null)[][][]} note, layer, figure */
    this.notes = [];
  }

  get length() {
    return this.times.length;
  }

  /**
   * Notes a moment; one that is not after the last begins anew, and one at the same time takes its place.
   * @param {number} time
   * @param {Record<string, any>[]} layers
   */
  add(time, layers) {
    const last = this.times.at(-1);
    if (last !== undefined && (time < last || layers.length !== this.notes[0]?.length)) this.clear();
    else if (last === time) {
      this.times.pop();
      this.notes.pop();
    }
    this.times.push(time);
    this.notes.push(layers.map((layer) => this.names.map((name) => layer[name])));
    if (this.length <= this.most) return;
    const keep = (/** @type {unknown} */ _, /** @type {number} */ i) => i % 2 === 0 || i === this.length - 1;
    const [times, notes] = [this.times.filter(keep), this.notes.filter(keep)];
    this.times = times;
    this.notes = notes;
  }

  /** @param {string} name @param {number} layer @returns {Float32Array} not a number where none was noted */
  column(name, layer) {
    const figure = this.names.indexOf(name);
    return Float32Array.from(this.notes, (note) => note[layer]?.[figure] ?? Number.NaN);
  }
}
