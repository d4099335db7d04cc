/** A run's configuration, and a table as the server describes it. Global types: no module imports them. */

type Named = { name: string; [parameter: string]: unknown };

interface DatasetConfig {
  name: string;
  samples: number;
  noise: number;
  label_noise: number;
  train_fraction: number;
  seed: number;
  classes: number | null;
  variant: string | null;
  task: string | null;
  /** Rows of numbers, or the names of a table's columns. */
  inputs: number[][] | string[] | null;
  targets: (number | number[])[] | null;
  formula?: string;
  table?: string;
  target?: string | string[];
  missing?: string;
  scale?: string;
  split?: string;
  group?: string;
  validation_fraction?: number;
}

type TableDialect = {
  format: string;
  delimiter: string;
  decimal: string;
  thousands: string;
  header: boolean;
  encoding: string;
  skipped_lines: number;
};

interface TableColumn {
  name: string;
  kind: string;
  role: "input" | "target" | "omitted";
  missing: number;
  min: number | null;
  max: number | null;
  distinct: number;
  values: string[] | null;
  edges: number[] | null;
  counts: number[];
}

/** A table as the server understood it. */
interface TableDocument {
  id: string;
  name: string;
  rows: number;
  task: string;
  columns: TableColumn[];
  dialect: TableDialect;
  notes: string[];
  preview: (number | string | null)[][];
  gaps: { columns: number[]; rows: number }[] | null;
  texts: string[][];
}

/** A name, or a name with parameters that differ from the defaults. */
type Activation = string | Named;

type HiddenConfig = { units: number; activation: Activation; dropout: number };

type NetworkConfig = { hidden: HiddenConfig[]; output: string; bias: boolean; initializer: string };

type StopConfig = { train_loss: number | null; patience: number | null };

interface TrainingConfig {
  loss: string;
  optimizer: Named;
  learning_rate: number;
  schedule: Named;
  batch_size: number | null;
  clip_norm: number | null;
  augmentation: number;
  regularizer: { name: string; rate: number };
  max_epochs: number | null;
  stop: StopConfig;
  pace: number | null;
}

interface RunConfig {
  dataset: DatasetConfig;
  features: "auto" | string[];
  network: NetworkConfig;
  training: TrainingConfig;
  seed: number;
  sweep: unknown;
}
