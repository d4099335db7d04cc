type Session = ReturnType<typeof import("./session.js").createSession>;

type WeightPlace = { layer: number; row?: number; column?: number; bias?: number };

type WeightChange = { edits?: (WeightPlace & { value: number })[]; cut?: WeightPlace[]; restore?: WeightPlace[] };

/** `weights` leads there, `back` from there. */
type Step = { id: string; config: RunConfig; weights?: WeightChange; back?: WeightChange };

type UndoSteps = ReturnType<typeof import("./undo.js").createUndo>;
