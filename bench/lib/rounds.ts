import { median } from './median.ts'

/** Milliseconds of the work, once. */
export async function timed(work: () => unknown): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/**
 * Median milliseconds of each of several pieces of work, in turns: one untimed run of all, then so many rounds. Work that
 * takes long is done in fewer rounds.
 */
export async function inTurns(
  work: readonly (() => unknown)[],
  { rounds, budgetMs }: { readonly rounds: number; readonly budgetMs: number },
): Promise<number[]> {
  for (const run of work) await run()
  const times: number[][] = work.map(() => [])
  const end = performance.now() + budgetMs
  for (let round = 0; round < rounds && (round === 0 || performance.now() < end); round++)
    for (const [i, run] of work.entries()) times[i]?.push(await timed(run))
  return times.map(median)
}
