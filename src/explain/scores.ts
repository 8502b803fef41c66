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
  const scores = new Float64Array(row.length)
  let total = 0
  for (let i = 0; i < scores.length; i++) {
    const shifted = (row[i] ?? 0) - largest
    scores[i] = shifted
    total += Math.exp(shifted)
  }
  const logTotal = Math.log(total)
  for (let i = 0; i < scores.length; i++) scores[i] = (scores[i] ?? 0) - logTotal
  return scores
}

/** eˣ/Σeˣ */
export function softmax(row: Row): Float64Array {
  const scores = logSoftmax(row)
  for (let i = 0; i < scores.length; i++) scores[i] = Math.exp(scores[i] ?? 0)
  return scores
}

/** F for a target class: its logit, its probability, or the logarithm of that. */
export function scoreOf(row: Row, target: number, of: ScoreOf): number {
  const scores = of === 'logit' ? row : of === 'probability' ? softmax(row) : logSoftmax(row)
  return scores[target] ?? NaN
}
