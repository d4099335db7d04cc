/** The top left corner and side of a unit, in the network's own pixels. */
type Box = { x: number; y: number; size: number };

interface Geometry {
  width: number;
  height: number;
  /** Layers are rows (on a phone). */
  vertical: boolean;
  /** The inputs in use first, then the hidden layers, then the outputs. */
  layers: Box[][];
  /** Every input tile. */
  features: { box: Box; name: string; used: boolean }[];
  /** A curve for each weight: [layer][row][column]. */
  paths: Path2D[][][];
}
