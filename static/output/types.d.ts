interface Marks {
  points: Points;
  task: string;
  /** The inputs across and up. */
  axes?: [number, number];
  /** Which of several labels or values. */
  answer?: number;
  /** The regression target that is neither high nor low. */
  centre: number;
  /** From there to full strength. */
  half: number;
  /** Whether test points are shown. */
  test: boolean;
  /** The predicted labels, where errors are ringed. */
  labels: (number | number[])[] | null;
  /** How near each point is to the plane that is shown, from 0 to 1; null where all lie on it. */
  near: number[] | null;
  /** From data to pixels. */
  place: (x: number, y: number) => [number, number];
}
