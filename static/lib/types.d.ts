type Axes = [across: number, up: number];

/** What inputs are held at by choice, by their numbers; the others stay at their training means. */
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
