import type { Tensor } from './tensor.ts'

const known = new WeakMap<Tensor, boolean>()

/** Whether all numbers are finite in float32. Each tensor is looked through once. */
export function isFiniteTensor(tensor: Tensor): boolean {
  const answer = known.get(tensor) ?? areFinite(tensor.data)
  known.set(tensor, answer)
  return answer
}

/** Tells it of a tensor whose numbers are dear to read. */
export function knowFinite(tensor: Tensor, answer: boolean): void {
  known.set(tensor, answer)
}

/** 0 times a number is 0 unless it is infinite or NaN. */
function areFinite(data: Tensor['data']): boolean {
  let sum = 0
  for (let i = 0; i < data.length; i++) sum += Math.fround(data[i] ?? 0) * 0
  return sum === 0
}
