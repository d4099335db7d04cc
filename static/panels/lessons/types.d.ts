export interface Variant {
  name: string | null;
  title: string | null;
  config: RunConfig;
  edit: WeightChange | null;
}

/** What a run must show of a claim; `epoch` is null for the lesson's last. */
export interface Evidence {
  variant: string | null;
  epoch: number | null;
  quantity: { kind: string; name?: string };
  source: string;
}

export interface Claim {
  says: string;
  evidence: Evidence[];
}

export interface Lesson {
  slug: string;
  number: number;
  title: string;
  summary: string;
  text: string[];
  formulas: Record<string, string>;
  erratum: string | null;
  epochs: number;
  columns: boolean;
  variants: Variant[];
  steps: { do: string; control: string; panel: string }[];
  claims: Claim[];
}

/** The server's evidence for a run and a lesson: its claims and their evidence in the lesson's order. */
export interface RunEvidence {
  epoch: number;
  batch: number;
  matches: boolean;
  variant: string | null;
  settings_match: boolean;
  claims: { says: string; evidence: ShownEvidence[] }[];
}

export interface ShownEvidence {
  due: number | null;
  value: number | null;
  shown: boolean;
  verdict: string;
}

/** A tick that the browser keeps; `verdict` is the server's, in words. */
export interface Tick {
  epoch: number;
  value: number | null;
  verdict?: string;
}

/** A selector, with the tab and the button that have to be open for it. */
export type Place = [selector: string, panel?: string, opener?: string];

export type Ticks = ReturnType<typeof import("./ticks.js").createTicks>;

export type EvidenceWatch = ReturnType<typeof import("./evidence.js").createEvidence>;
