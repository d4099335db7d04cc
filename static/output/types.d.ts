interface Marks {
  points: Points;
  task: string;
  /** The inputs across and up. */
  axes?: [number, number];
  /** Which of several labels or values. */
  answer?: number;
  /** Full strength of a regression target. */
  half: number;
  /** Whether test points are shown. */
  test: boolean;
  /** The predicted labels, where errors are ringed. */
  labels: (number | number[])[] | null;
  /** From data to pixels. */
  place: (x: number, y: number) => [number, number];
}
