export type Box = { left: number; top: number; right: number; bottom: number };

export interface Answer {
  epoch: number;
  batch: number;
  directions: "exact" | "pca" | "random";
  x: number[];
  y: number[];
  loss: (number | null)[][];
  path: { epoch: number; x: number; y: number; loss: number | null }[];
  variance_explained: number | null;
  gradient: (number | null)[];
}

/** The answer, ready to be drawn. */
export interface Picture {
  answer: Answer;
  size: number;
  losses: Float64Array;
  /** 0 to 1. */
  heights: Float32Array;
  scale: Scale;
  /** Whether some loss is less than the scale's least, and drawn as that. */
  below: boolean;
  /** Whether some loss is more than the scale's most. */
  above: boolean;
  levels: number[];
  ground: Uint32Array;
  /** The ink ramp. */
  steps: string[];
  shade: (loss: number | null) => string;
}
