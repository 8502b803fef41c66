import type { ScoreOf } from './method.ts'

/** Logits of one sample. */
type Row = ArrayLike<number>

/** The first of the largest numbers. */
export function argmax(row: Row): number {
  let best = 0
  for (let i = 1; i < row.length; i++) if ((row[i] ?? 0) > (row[best] ?? 0)) best = i
  return best
}

/** x − log Σ eˣ of one number of a row; finite for every finite row. */
function logSoftmax(row: Row): (index: number) => number {
  const largest = row[argmax(row)] ?? 0
  let total = 0
  for (let i = 0; i < row.length; i++) total += Math.exp((row[i] ?? 0) - largest)
  const logTotal = Math.log(total)
  return (index) => (row[index] ?? NaN) - largest - logTotal
}

/** eˣ/Σeˣ */
export function softmax(row: Row): Float64Array {
  const largest = row[argmax(row)] ?? 0
  const scores = Float64Array.from(row, (logit) => Math.exp(logit - largest))
  const total = scores.reduce((sum, score) => sum + score, 0)
  return scores.map((score) => score / total)
}

/** F for a target class: its logit, its probability, or the logarithm of that. */
export function scoreOf(row: Row, target: number, of: ScoreOf): number {
  if (of === 'logit') return row[target] ?? NaN
  const logarithm = logSoftmax(row)(target)
  return of === 'probability' ? Math.exp(logarithm) : logarithm
}
