export type Shape = { units: number; activation: string };

/** Layer from 1, unit from 0. */
export type Unit = { layer: number; unit: number };

export type Activation = Entry & { derivative_formula: string; note: string; learned?: ParameterEntry[] };

/** An activation as a hidden layer has it. */
export type Used = { activation: string; parameters: Record<string, number>; curve: Curve };

/** The unit in a pass over training points. */
export type Seen = { epoch: number; z: number[]; a: number[]; slope: number[] | null };

export type Histogram = { edges: (number | null)[]; counts: number[] };

export type Health = Shape & { dead: number[]; saturated: number[]; histograms: Record<string, Histogram> };
