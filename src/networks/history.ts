import type { EpochRecord } from './records.ts'

/** Epochs of one training that are told of and kept, about: a job and its network hold them in memory. */
export const MOST_RECORDS = 2000

/**
 * Every epoch of a short history; of a longer one every second, fourth, and so on, with the first, the best and the last. What
 * was thinned before stays even.
 */
export function thinned(history: readonly EpochRecord[]): EpochRecord[] {
  const last = history.at(-1)?.epoch ?? 0
  const stride = 2 ** Math.max(0, Math.ceil(Math.log2(last / MOST_RECORDS)))
  const kept = new Set([1, last, bestOf(history)?.epoch])
  return history.filter(({ epoch }) => epoch % stride === 0 || kept.has(epoch))
}

/** As the trainer judges: by the validation loss, or the loss where there is no validation; the first of equals. */
export function bestOf(history: readonly EpochRecord[]): { epoch: number; loss: number } | undefined {
  let best: { epoch: number; loss: number } | undefined
  for (const { epoch, loss, validationLoss = loss } of history)
    if (validationLoss !== null && (best === undefined || validationLoss < best.loss))
      best = { epoch, loss: validationLoss }
  return best
}

/** The first `most` records of later epochs than `epoch`. */
export function recordsAfter(
  history: readonly EpochRecord[],
  epoch: number,
  most: number,
): readonly EpochRecord[] {
  // where every epoch is there, it is the one at this place; where some are left out, it stands before it
  let place = Math.min(epoch, history.length)
  while ((history[place - 1]?.epoch ?? 0) > epoch) place--
  return history.slice(place, place + most)
}
