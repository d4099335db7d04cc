export type Matrix = (number | null)[][];

/** As the API's trace gives it: one column per example. */
export interface Layer {
  activation: string;
  A_prev: Matrix;
  W: Matrix;
  b: (number | null)[] | null;
  Z: Matrix;
  A: Matrix;
  D: Matrix | null;
  slope: Matrix | null;
  dA: Matrix | null;
  dZ: Matrix;
  dW: Matrix;
  db: (number | null)[] | null;
  dW_penalty: Matrix;
  mean: Record<string, (number | null)[] | null>;
  update: { W: Matrix; b: (number | null)[] | null };
}

export interface Trace {
  epoch: number;
  batch: number;
  split: string;
  index: number | null;
  count: number;
  shown: number;
  examples: number[];
  inputs: number[][];
  targets: Matrix;
  loss: number | null;
  penalty: number | null;
  learning_rate: number;
  after: { loss: number | null; predicted_change: number | null };
  fused: boolean;
  plain_step: boolean;
  layers: Layer[];
}

export type Name = "A0" | "W" | "b" | "Z" | "D" | "A" | "y" | "dA" | "dZ" | "dW" | "db" | "uW" | "ub";

/** Layer counts from 0; A0 and y have those of their neighbour. */
export type Part = { name: Name; layer: number };

/** As the API writes it: W[to][from], Z[unit][example]. */
export type Cell = Part & { row: number; column: number };

/** Null is all of them. */
export type CellRange = Part & { row: number | null; column: number | null };

/** `index` of the example, input or unit. */
export type Term = { index: number | null; factors: (number | null)[]; value: number | null };

export interface Sum {
  kind: "sum" | "mean" | "share" | "function" | "difference" | "product" | "mask" | "given" | "step";
  /** What the terms are summed over. */
  over: "example" | "input" | "unit" | "output";
  /** What the factors are taken from. */
  heads: Part[];
  terms: Term[];
  /** The sum of the examples that the answer does not list. */
  rest: { count: number; value: number } | null;
  bias: number | null;
  /** The sum of terms, rest and bias. */
  total: number | null;
  value: number | null;
  /** The cells that its figures come from. */
  from: CellRange[];
}

export interface ScrollSide {
  box: HTMLElement;
  side: "scrollTop" | "scrollLeft";
  /** Length of one cell along it, in pixels. */
  size: number;
}

export interface Check {
  max_relative_error: number;
  limit: number;
  checked: number;
  skipped: number;
  layers: { layer: number; max_relative_error: number; errors: number[][]; compared: boolean[][] }[];
}

export interface Layout {
  /** All layers side by side. */
  whole: boolean;
  /** Matrices one below the other. */
  stacked: boolean;
  /** Cells of a matrix in sight. */
  across: number;
  down: number;
  /** Cells in sight of an update's matrix. */
  update: { across: number; down: number };
}

/** Matrices, or a sign between two such columns. */
export interface Column {
  layer: number;
  forward: Part[];
  backward: Part[];
  /** Sign of the forward pass. */
  sign: string;
  /** Sign of the backward pass. */
  back: string;
  /** A matrix that the sign is followed by, without its figures. */
  named: Part | null;
}

export interface Sheet {
  trace: Trace;
  /** Whether rows are examples. */
  rows: boolean;
  layout: Layout;
  /** The one shown, where they are shown one at a time. */
  layer: number;
  matrices: Matrices;
  heading: (layer: number) => Node;
  /** Shown under the targets. */
  loss: Node[];
}

export type SheetView = ReturnType<typeof import("./sheet.js").createSheet>;

export interface MatricesSetting {
  trace: Trace;
  /** Whether rows are examples. */
  rows: boolean;
  layout: Layout;
  masks: (boolean[][] | null)[];
  /** Whether targets are classes. */
  classes: boolean;
  colours: Palette;
  open: (cell: Cell) => void;
  scrolled: () => void;
}

export type Matrices = ReturnType<typeof import("./matrices.js").createMatrices>;

export interface Context {
  trace: Trace;
  cell: Cell;
  sum: Sum;
  state: State;
  /** Title of the layer's activation. */
  title: string;
  loss: string;
  /** The name of an input of the layer. */
  source: (k: number) => Node | string;
  /** The table of the terms. */
  table: () => HTMLElement;
}

export type Explanation = { words: string; body: (Node | string)[] };

export interface MatrixSpec {
  /** Its accessible name. */
  label: string;
  rows: number;
  columns: number;
  value: (row: number, column: number) => number | null;
  /** Rows by columns of the whole matrix, more than are listed. */
  shape: string;
  /** The power of ten that the figures are multiples of. */
  power: number;
  /** Whether they are whole numbers. */
  whole: boolean;
  /** The value drawn in full colour. */
  largest: number;
  /** A word in place of a figure, such as for a cut link. */
  word?: (row: number, column: number) => string | null;
  /** Whether it shows scroll bars; otherwise it scrolls with another matrix. */
  leads: boolean;
  /** Called when a cell is opened; null where cells do not open. */
  open: ((row: number, column: number) => void) | null;
  scrolled: () => void;
}

/** Null is all of them. */
export type Range = { row: number | null; column: number | null };

export type MatrixView = ReturnType<typeof import("./matrix.js").createMatrix>;
