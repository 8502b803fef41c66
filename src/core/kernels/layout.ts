import { type FieldType, type KernelName, kernelFields, kernelNames } from './list.ts'

/** One field of a kernel's argument struct: `count` words of 4 bytes from word `word` on. */
export interface FieldLayout {
  readonly name: string
  readonly type: FieldType
  readonly word: number
  readonly count: number
}

/**
 * Words that `encodeArgs` appends to every struct: how a call is cut. A kernel works on a grid of rows and columns (their
 * meaning is its own), unit u takes block u of it, blocks counted along the columns first.
 */
export const hiddenFields = ['rowsPerUnit', 'columnsPerUnit'] as const

export interface KernelLayout {
  readonly fields: readonly FieldLayout[]
  /** of the whole struct, hidden words included */
  readonly words: number
}

function layoutOf(kernel: KernelName): KernelLayout {
  const fields: FieldLayout[] = []
  let word = 0
  const add = (name: string, type: FieldType, count: number) => {
    fields.push({ name, type, word, count })
    word += count
  }
  for (const [name, field] of Object.entries(kernelFields[kernel])) {
    if (typeof field === 'string') add(name, field, 1)
    else add(name, field[0], field[1])
  }
  for (const name of hiddenFields) add(name, 'i32', 1)
  return { fields, words: word }
}

/** The structs as they lie in memory. */
export const kernelLayouts = Object.fromEntries(kernelNames.map((name) => [name, layoutOf(name)])) as Record<
  KernelName,
  KernelLayout
>
