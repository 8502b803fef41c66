/** 0 … n−1 */
export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

/** Vectors that go side by side, for V8 to make one of 256 bits of them. */
export const VECTORS = 2
export const VECTOR_BYTES = VECTORS * 16
/** A line for each of them. */
export const each = (line: (vector: number) => string): string[] => range(VECTORS).map(line)

/**
 * Lines that store the vectors of a row, the last first: V8 makes one store of 256 bits of two, but where the lower half comes first,
 * it writes that one by itself as well (Node 26). Stores that are written by hand are in this order too.
 */
export const storedDown = (stores: readonly string[]): string[] => stores.toReversed()

/** Lines of generated code, indented. */
export const lines = (list: readonly string[], indent: number): string =>
  list.map((line) => `${' '.repeat(indent)}${line}`).join('\n')
