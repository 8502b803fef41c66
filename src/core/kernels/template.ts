/** 0 … n−1 */
export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

/**
 * Lines that store the vectors of a row, the last first: V8 makes one store of 256 bits of two, but where the lower half comes first,
 * it writes that one by itself as well (Node 26). Stores that are written by hand are in this order too.
 */
export const storedDown = (stores: readonly string[]): string[] => stores.toReversed()

/** Lines of generated code, indented. */
export const lines = (list: readonly string[], indent: number): string =>
  list.map((line) => `${' '.repeat(indent)}${line}`).join('\n')
