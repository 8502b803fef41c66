/** 0 … n−1 */
export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

/** Lines of generated code, indented. */
export const lines = (list: readonly string[], indent: number): string =>
  list.map((line) => `${' '.repeat(indent)}${line}`).join('\n')
