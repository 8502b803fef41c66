import type { Tensor } from '../core/ir/tensor.ts'

/** Length of all numbers of some tensors together. */
export function normOf(tensors: readonly Tensor[]): number {
  let squares = 0
  for (const { data } of tensors) for (let i = 0; i < data.length; i++) squares += (data[i] ?? 0) ** 2
  return Math.sqrt(squares)
}
