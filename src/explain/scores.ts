import type { ScoreOf } from './method.ts'

/** Logits of one sample. */
type Row = ArrayLike<number>

/** The first of the largest numbers. */
export function argmax(row: Row): number {
  let best = 0
  for (let i = 1; i < row.length; i++) if ((row[i] ?? 0) > (row[best] ?? 0)) best = i
  return best
}

/** x − log Σ eˣ, finite for every finite row. */
function logSoftmax(row: Row): Float64Array {
  const largest = row[argmax(row)] ?? 0
  const shifted = Float64Array.from(row, (x) => x - largest)
  const logTotal = Math.log(shifted.reduce((total, x) => total + Math.exp(x), 0))
  return shifted.map((x) => x - logTotal)
}

/** eˣ/Σeˣ */
export const softmax = (row: Row): Float64Array => logSoftmax(row).map(Math.exp)

/** F for a target class: its logit, its probability, or the logarithm of that. */
export function scoreOf(row: Row, target: number, of: ScoreOf): number {
  const scores = of === 'logit' ? row : of === 'probability' ? softmax(row) : logSoftmax(row)
  return scores[target] ?? NaN
}
