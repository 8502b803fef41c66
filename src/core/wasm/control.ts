/**
 * Low memory of a model's WebAssembly.Memory, below the weights. Each worker owns one slot: the control block of the team
 * it leads. All words are i32 and touched with Atomics only; word offsets below are in bytes from the block's start.
 * The kernels' own words (unit counters, barrier) are documented with `runPlan` in kernels/assembly.
 */
export const RESERVED_BYTES = 131072
export const CONTROL_BASE = 4096
export const CONTROL_BYTES = 3072
export const MAX_WORKERS = 32

export const ABORT = 0
