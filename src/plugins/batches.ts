import type { Tensor } from '../core/ir/tensor.ts'

/** Inputs (1,C,H,W) of one model as (N,C,H,W). */
export const concat = (inputs: readonly Tensor[]): Tensor => {
  const [, ...rest] = inputs[0]?.shape ?? []
  return { shape: [inputs.length, ...rest], dtype: 'float', data: joined(inputs) }
}

/** Maps of equal shape as one array with a dimension more; a single one as it is. */
export const stack = (maps: readonly Tensor[]): Tensor => {
  const [first] = maps
  if (first && maps.length === 1) return first
  return { shape: [maps.length, ...(first?.shape ?? [])], dtype: 'float', data: joined(maps) }
}

/** Row i of an (N,K) tensor as (K). */
export const row = ({ shape: [, width = 0], data, dtype }: Tensor, i: number): Tensor => ({
  shape: [width],
  dtype,
  data: data.slice(i * width, (i + 1) * width),
})

function joined(parts: readonly Tensor[]): Float32Array {
  const data = new Float32Array(parts.reduce((total, part) => total + part.data.length, 0))
  let at = 0
  for (const part of parts) {
    data.set(part.data, at)
    at += part.data.length
  }
  return data
}
