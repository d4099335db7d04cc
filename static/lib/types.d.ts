type Axes = [across: number, up: number];

/** Chosen values of inputs that do not vary, by their numbers; by default their training means. */
type Hold = Record<string, number>;

interface Scale {
  low: number;
  high: number;
  /** Position 0 to 1 (beyond, outside the domain). */
  at: (value: number) => number;
  value: (position: number) => number;
  /** About `count` round values inside the domain. */
  ticks: (count: number) => number[];
}

type Labels = ReturnType<typeof import("./label-placement.js").createLabels>;
