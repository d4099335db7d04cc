type Palette = ReturnType<typeof import("./palette.js").readPalette>;

interface Line {
  values: ArrayLike<number>;
  style: "main" | "quiet" | "dotted";
  name: string;
  /** The text of a value at the end of the line. */
  words: (value: number | null) => string;
}

interface Chart {
  epochs: ArrayLike<number>;
  count: number;
  x: Scale;
  y: Scale;
  /** The text of a value on the vertical axis. */
  figure: (value: number) => string;
  /** The main one last. */
  lines: Line[];
  /** Whether the area between the first two lines is shaded. */
  gap: boolean;
  marks: Mark[];
  /** Spans where the lines have no number. */
  missing?: [number, number][];
  /** The row under the hairline. */
  row: number | null;
  /** Width of the labels at the ends of the lines. */
  labels: number;
  /** Texts of a horizontal axis that is not epochs. */
  across?: { figure: (value: number) => string; words: (value: number) => string };
}

interface Readable {
  /** Width of the labels at the ends of the lines. */
  labels: number;
  /** The number of rows. */
  count: () => number;
  /** The row under the hairline. */
  row: () => number | null;
  /** The row at a share of the plot's width, below 0 and above 1 beside it. */
  rowAt: (share: number) => number | null;
  /** Puts the hairline there. */
  pick: (row: number | null) => void;
  /** States the values of a row reached with the keys. */
  announce?: (row: number) => void;
}

type Curve = { z: number[]; a: number[]; derivative: number[] };
