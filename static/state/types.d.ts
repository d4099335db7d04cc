/** Shapes shared by the server's answers, the store and the views. A types.d.ts without exports declares global types: no module imports them. */

type Entry = { name: string; title: string; formula?: string; parameters?: ParameterEntry[] };

interface ParameterEntry {
  name: string;
  title?: string;
  default?: number;
  minimum?: number | null;
  maximum?: number | null;
}

/** An activation of units or of the output; `bounds` are its least and greatest value. */
type ActivationEntry = Entry & { bounds?: [number, number] | null };

type OptimizerEntry = Entry & { learning_rate?: number };

interface DatasetEntry extends Entry {
  task: string;
  inputs: number | null;
  classes: number | null;
  many_classes: boolean;
  variants: string[];
  suggests: { network?: Partial<NetworkConfig>; training?: Partial<TrainingConfig> };
  thumbnail?: { inputs: number[][]; targets: number[] };
  note: string;
  /** Of a real data set, a table of the package; `axes`: the inputs that show it best; `picture`: cells a side, where its inputs are a picture. */
  source?: string;
  licence?: string;
  rows?: number;
  encoded_inputs?: number;
  units?: Record<string, string>;
  axes?: [number, number];
  picture?: number;
  /** The formula of points made from one, unless another is written. */
  written?: string | null;
}

type FeatureEntry = Entry & { map: number[][]; low: number; high: number };

type Combination = { task: string; output: string; loss: string };

interface Catalog {
  datasets: DatasetEntry[];
  features: FeatureEntry[];
  activations: ActivationEntry[];
  outputs: ActivationEntry[];
  losses: Entry[];
  automatic: Record<string, { output: string; loss: string }>;
  initializers: Entry[];
  optimizers: OptimizerEntry[];
  schedules: Entry[];
  regularizers: Entry[];
  combinations: Combination[];
  exports: { name: string; title: string; note: string; filename: string; media_type: string; inline: boolean }[];
  defaults: RunConfig;
  limits?: Record<string, number>;
  arithmetic: { name: string; body: string | null; reason: string };
}

interface View {
  panel: string;
  lesson: string;
  hide: string[];
  axes: [number, number];
  hold: Record<string, number>;
  threshold: number;
  answer: number;
  show: { test: boolean; discrete: boolean; errors: boolean; log: boolean; smooth: boolean; columns: boolean };
}

/** All that an address holds. */
type Link = RunConfig & { view: View };

/** What follows from a config. */
interface Derived {
  task: string;
  inputs: number;
  classes: number;
  features: string[];
  output: string;
  loss: string;
  sizes: number[];
  parameters: number;
}

type RunState = "paused" | "running" | "finished" | "diverged" | "recovering" | "failed";

interface Run {
  id: string;
  name: string;
  notes: string;
  pinned: boolean;
  replaced_by: string | null;
  created_at: string;
  state: RunState;
  epoch: number;
  batch: number;
  config: RunConfig;
  rules: string;
  arithmetic: string;
  member_count: number;
  detail: string | null;
  series: number;
  metrics: Record<string, number | null>[];
  changes: unknown[];
  changes_count: number;
  recorded_epochs: number[];
  derived: Derived;
  /** The input columns of its table, in the order of its inputs. */
  columns?: InputColumn[] | null;
  /** The names of its classes, where they have any. */
  classes?: string[] | null;
  /** The columns of its target. */
  targets?: string[] | null;
  /** What was assumed or left out of its table. */
  notes_of_data?: string[];
}

/** An input that is a column; a category's values are 0, 1, 2, ... as numbers. `features`: what the network is given of it. */
interface InputColumn {
  name: string;
  kind: string;
  low: number;
  high: number;
  values: string[];
  features: string[];
}

type Points = {
  inputs: (number | null)[][];
  targets: (number | number[])[];
  split: ("train" | "validation" | "test")[];
};

type Tensor = { shape: number[]; data: Uint8Array | Float32Array | Float64Array };

/** Epochs as columns; of the older ones of a long run, only every `stride`-th. */
type MetricRows = { epoch: number[]; members: Record<string, (number | null)[]>[]; stride?: number };

type Frame = { seq: number; epoch: number; batch: number; tensors: Record<string, Tensor> };

interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors?: { loc: (string | number)[]; message: string }[];
  replaced_by?: string;
}

/** `none`: there is no run yet; `polling`: a stream cannot be opened. */
type Connection = "none" | "connecting" | "open" | "polling" | "lost";

/** Times as of Date.now; `dropped`: there was a connection before. */
type Outage = { since: number; retryAt: number; dropped: boolean };

type Target =
  | { kind: "unit" | "bias"; layer: number; unit: number }
  | { kind: "link"; layer: number; row: number; column: number };

type Prediction = { epoch: number; outputs: number[][]; labels: (number | number[])[] | null };

/** `past` is the recorded epoch that was shown, null for the newest. */
type Predicted = Prediction & { past: number | null; threshold: number };

type Refusal = { path: string | null; reason: string };

/** A vertical line on a chart; its words stand to the right, or before it; `low` puts them in a second row. */
type Mark = { epoch: number; words: string; before?: boolean; low?: boolean };

interface Health {
  run: string;
  series: number;
  epoch: number;
  batch: number;
  layers: { dead: number[]; saturated: number[] }[];
}

interface State {
  catalog: Catalog;
  /** The configuration that the controls show. */
  config: RunConfig;
  run: Run | null;
  /** The configuration of a link whose table the server lacks. */
  awaited: RunConfig | null;
  /** The run that the address opens for watching. */
  watched: string | null;
  role: "owner" | "viewer";
  connection: Connection;
  outage: Outage | null;
  /** Why the server refuses the stream, while the page polls. */
  streamRefusal: Problem | null;
  points: Points | null;
  /** The newest frame. */
  frame: Frame | null;
  /** The frame of a recorded epoch, shown in its place. */
  past: Frame | null;
  /** The same object for the life of the page; `rows` changes when it grows. */
  history: import("./metrics-log.js").MetricsLog;
  rows: number;
  /** Dead and saturated units, while something measures them. */
  health: Health | null;
  /** One mask per layer; false is a cut link. */
  masks: (boolean[][] | null)[];
  /** Changes made while it trained. */
  marks: Mark[];
  hover: Target | null;
  selected: Target | null;
  /** The link whose gradient was last opened by "Why?". */
  why: { layer: number; row: number; column: number } | null;
  /** A point on the output map, in its own units. */
  cursor: { x: number; y: number } | null;
  /** The prediction at the cursor. */
  pointed: Prediction | null;
  /** The predictions for all points. */
  predicted: Predicted | null;
  /** The inputs that the map shows, where there are more than two. */
  axes: Axes;
  /** Chosen values of the other inputs. */
  hold: Hold;
  /** The values of the other inputs, as the server gives them; null for those on the axes. */
  held: (number | null)[] | null;
  /** The picture on the pad, the ink of each cell. */
  drawn: number[] | null;
  threshold: number;
  /** Which of several labels or values the map shows. */
  answer: number;
  show: View["show"];
  refusal: Refusal | null;
  /** A sentence for the message bar. */
  notice: string | null;
  /** Commands are under way: the run does not match the controls yet. */
  busy: boolean;
  /** Numbers of changes that Undo and Redo can make. */
  steps: { undo: number; redo: number };
  /** The panel shown under the network. */
  panel: string;
  /** The slug of the open lesson. */
  lesson: string;
  /** The network is folded to a rail, and the panel fills the page. */
  folded: boolean;
  /** Controls that the link hides. */
  hide: string[];
  /** Controls that copied links hide; null where that is the same. */
  hidden: string[] | null;
  /** Counts theme changes. */
  theme: number;
  /** Counts changes of sizes on the page. */
  layout: number;
}

type Store = ReturnType<typeof import("./store.js").createStore>;

interface Task {
  draw: () => void;
  /** Least milliseconds between two drawings. */
  every: number;
  last: number;
  dirty: boolean;
  /** Smoothed milliseconds of one drawing. */
  cost: number;
}

type DrawScheduler = ReturnType<typeof import("./scheduler.js").createScheduler>;

type MetricName =
  | `${"train" | "validation" | "test"}_${"loss" | "accuracy"}`
  | `${"train" | "test"}_${"r2" | "error"}`
  | "penalty"
  | "learning_rate";
