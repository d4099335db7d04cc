/** A field: null where it may be left empty. */
interface Setting {
  path: string;
  label: string;
  /** What an empty field means. */
  empty?: string;
  /** Whether the network is kept. */
  live?: boolean;
  usual?: unknown;
}
