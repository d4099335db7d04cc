/** The shapes that travel between the server, the store and the views. Types only: nothing here runs. */

/**
 * @typedef {{name: string, [parameter: string]: unknown}} Named
 * @typedef {{name: string, samples: number, noise: number, label_noise: number, train_fraction: number, seed: number, classes: number | null, variant: string | null,
 *   task: string | null, inputs: number[][] | null, targets: (number | number[])[] | null}} DatasetConfig
 * @typedef {string | Named} Activation a bare name, or one with parameters that are not as usual
 * @typedef {{units: number, activation: Activation, dropout: number}} HiddenConfig
 * @typedef {{hidden: HiddenConfig[], output: string, bias: boolean, initializer: string}} NetworkConfig
 * @typedef {{train_loss: number | null, patience: number | null}} StopConfig
 * @typedef {{loss: string, optimizer: Named, learning_rate: number, schedule: Named, batch_size: number | null, clip_norm: number | null, augmentation: number,
 *   regularizer: {name: string, rate: number}, max_epochs: number | null, stop: StopConfig, pace: number | null}} TrainingConfig
 * @typedef {{dataset: DatasetConfig, features: "auto" | string[], network: NetworkConfig, training: TrainingConfig,
 *   seed: number, sweep: unknown}} RunConfig
 *
 * @typedef {{name: string, title: string, formula?: string, parameters?: ParameterEntry[]}} Entry
 * @typedef {{name: string, title?: string, default?: number, minimum?: number | null, maximum?: number | null}} ParameterEntry
 * @typedef {Entry & {bounds?: [number, number] | null}} ActivationEntry
 * @typedef {Entry & {learning_rate?: number}} OptimizerEntry
 * @typedef {Entry & {task: string, inputs: number | null, classes: number | null, many_classes: boolean, variants: string[],
 *   suggests: {network?: Partial<NetworkConfig>, training?: Partial<TrainingConfig>},
 *   thumbnail?: {inputs: number[][], targets: number[]}}} DatasetEntry
 * @typedef {Entry & {map: number[][], low: number, high: number}} FeatureEntry
 * @typedef {{task: string, output: string, loss: string}} Combination
 * @typedef {{datasets: DatasetEntry[], features: FeatureEntry[], activations: ActivationEntry[], outputs: Entry[], losses: Entry[],
 *   automatic: Record<string, {output: string, loss: string}>, initializers: Entry[], optimizers: OptimizerEntry[], schedules: Entry[], regularizers: Entry[], combinations: Combination[],
 *   defaults: RunConfig, limits?: Record<string, number>}} Catalog
 *
 * @typedef {{panel: string, lesson: string, hide: string[], axes: [number, number], hold: Record<string, number>, threshold: number, answer: number,
 *   show: {test: boolean, discrete: boolean, errors: boolean, log: boolean, smooth: boolean, columns: boolean}}} View
 * @typedef {RunConfig & {view: View}} Link all that an address says
 *
 * @typedef {{task: string, inputs: number, classes: number, features: string[], output: string, loss: string, sizes: number[],
 *   parameters: number}} Derived what follows from a config
 * @typedef {"paused" | "running" | "finished" | "diverged" | "recovering" | "failed"} RunState
 * @typedef {{id: string, name: string, notes: string, pinned: boolean, replaced_by: string | null, created_at: string, state: RunState, epoch: number, batch: number, config: RunConfig, member_count: number,
 *   detail: string | null, series: number, metrics: Record<string, number | null>[],
 *   changes: unknown[], changes_count: number, recorded_epochs: number[], derived: Derived}} Run
 * @typedef {{inputs: number[][], targets: (number | number[])[], split: ("train" | "test")[]}} Points
 * @typedef {{shape: number[], data: Uint8Array | Float32Array}} Tensor
 * @typedef {{seq: number, epoch: number, batch: number, tensors: Record<string, Tensor>}} Frame
 * @typedef {{type: string, title: string, status: number, detail: string, errors?: {loc: (string | number)[], message: string}[], replaced_by?: string}} Problem
 *
 * @typedef {"none" | "connecting" | "open" | "polling" | "lost"} Connection none: there is no run yet; polling: a stream cannot be opened
 * @typedef {{since: number, retryAt: number, dropped: boolean}} Outage times in ms, as Date.now counts them; dropped: there had been a connection
 * @typedef {{kind: "unit" | "bias", layer: number, unit: number}
 *   | {kind: "link", layer: number, row: number, column: number}} Target
 * @typedef {{epoch: number, outputs: number[][], labels: (number | number[])[] | null}} Prediction
 * @typedef {Prediction & {past: number | null, threshold: number}} Predicted of the recorded epoch that was shown, null for the newest; at a threshold
 * @typedef {{path: string | null, reason: string}} Refusal
 * @typedef {{epoch: number, words: string, before?: boolean, low?: boolean}} Mark its words stand right of its line, else before it; low: in a second row
 * @typedef {{run: string, series: number, epoch: number, batch: number, layers: {dead: number[], saturated: number[]}[]}} Health
 */

export {};
