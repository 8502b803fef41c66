import type { ScoreOf } from './method.ts'

/** Logits of one sample. */
type Row = ArrayLike<number>

/** The first of the largest numbers. */
export function argmax(row: Row): number {
  let best = 0
  for (let i = 1; i < row.length; i++) if ((row[i] ?? 0) > (row[best] ?? 0)) best = i
  return best
}

/**
 * Of a row: its largest number l, eˣ⁻ˡ of each, finite for every finite row, and their sum. Plain loops: one closure called per number takes
 * ten times as long.
 */
function exponentialsOf(row: Row) {
  const largest = row[argmax(row)] ?? 0
  const exponentials = new Float64Array(row.length)
  let total = 0
  for (let i = 0; i < row.length; i++) {
    const exponential = Math.exp((row[i] ?? 0) - largest)
    exponentials[i] = exponential
    total += exponential
  }
  return { largest, exponentials, total }
}

/** eˣ/Σeˣ */
export function softmax(row: Row): Float64Array {
  const { exponentials, total } = exponentialsOf(row)
  for (let i = 0; i < exponentials.length; i++) exponentials[i] = (exponentials[i] ?? 0) / total
  return exponentials
}

/** F for a target class: its logit, its probability, or the logarithm of that. */
export function scoreOf(row: Row, target: number, of: ScoreOf): number {
  const logit = row[target] ?? NaN
  if (of === 'logit') return logit
  const { largest, exponentials, total } = exponentialsOf(row)
  if (of === 'probability') return (exponentials[target] ?? NaN) / total
  return logit - largest - Math.log(total)
}
