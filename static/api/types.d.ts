interface StreamListener {
  message: (message: unknown, tensors: Record<string, Tensor>) => void;
  open: () => void;
  /** No stream opens, and everything was requested over REST; `refused` is the server's reason. */
  polled: (refused?: Problem | null) => void;
  lost: (outage: Outage) => void;
  /** The run no longer exists. */
  gone: (problem: Problem) => void;
  /** The epoch from which metrics are wanted. */
  since: () => number;
}

type Stream = ReturnType<typeof import("./stream.js").openStream>;
