import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { afterAll, describe, expect, it } from 'vitest'
import { type KernelName, kernelNames } from '../../../src/core/kernels/list.ts'
import { cutOf } from '../../../src/core/kernels/units.ts'
import { ABORT, CONTROL_BYTES } from '../../../src/core/wasm/control.ts'
import type { Case } from './case.ts'
import { cases } from './cases.ts'
import type { RankData, RunMessage } from './rank.ts'
import { CONTROL, firstDifference, Sandbox } from './sandbox.ts'

type AnyCase = { [K in KernelName]: Case<K> }[KernelName]

const box = new Sandbox('kernels-fma', 1600)
const ranks = [0, 1].map((rank) => {
  const workerData: RankData = { module: box.module, memory: box.memory, scratch: box.scratch(rank) }
  return new Worker(new URL('./rank.ts', import.meta.url), { workerData })
})
afterAll(() => Promise.all(ranks.map((worker) => worker.terminate())))

const words = new Int32Array(box.memory.buffer, CONTROL, CONTROL_BYTES / 4)
/** How many units of rank 1's share are taken: see `runPlan`. */
const TAKEN_BY_SECOND = (1024 + 64) / 4

/** What the ranks answered to the last of some runs of a plan by both. */
async function runTogether(plan: number, runs = 1): Promise<number[]> {
  const answers = ranks.map((worker) => once(worker, 'message'))
  for (const [rank, worker] of ranks.entries())
    worker.postMessage({ plan, rank, team: 2, control: CONTROL, runs } satisfies RunMessage)
  return (await Promise.all(answers)).map(([answer]) => answer as number)
}

/** What rank 0 answers to a plan that rank 1 never comes to, when it is aborted. */
async function runAbandoned(plan: number): Promise<unknown> {
  const [first] = ranks
  if (!first) throw new Error('no rank')
  first.postMessage({ plan, rank: 0, team: 2, control: CONTROL, runs: 1 } satisfies RunMessage)
  setTimeout(() => Atomics.store(words, ABORT / 4, 1), 50)
  const [answer] = await once(first, 'message')
  Atomics.store(words, ABORT / 4, 0)
  return answer
}

/** A plan that takes seconds. */
function longPlan(): number {
  const length = 1 << 20
  const args = { out: box.empty(length), length, value: 1 }
  return box.plan(new Array(20_000).fill(box.call('fill', args)))
}

describe('a team of two threads', () => {
  const calls = kernelNames.flatMap((kernel) =>
    cases[kernel].map(({ args }: AnyCase) => ({ kernel, args: args(box) as never })),
  )

  it('computes the same bits as one thread, over all cases in one plan', async () => {
    const plan = box.plan(calls.map(({ kernel, args }) => box.call(kernel, args)))
    const before = box.tensors.slice()
    box.kernels.runPlan(plan, 0, 1, CONTROL)
    const alone = box.tensors.slice()
    for (let repetition = 0; repetition < 20; repetition++) {
      box.tensors.set(before)
      expect(await runTogether(plan)).toEqual([0, 0])
      expect(firstDifference(box.tensors, alone, 0)).toBeUndefined()
    }
  })

  it('leaves the control block as it found it', async () => {
    const generations = words.slice()
    await runTogether(box.plan([box.call('fill', { out: box.empty(8), length: 8, value: 1 })]))
    const changed = Array.from(words.keys()).filter((i) => words[i] !== generations[i])
    // the barriers are counted
    expect(changed).toEqual([128 / 4])
  })

  it('passes steps without work', async () => {
    const nothing = box.call('fill', { out: box.empty(1), length: 0, value: 1 })
    expect(nothing.units).toBe(0)
    expect(await runTogether(box.plan(new Array(100).fill(nothing)))).toEqual([0, 0])
  })

  it('leaves between units when aborted, and runs the next plan as ever', async () => {
    const plan = longPlan()
    for (let repetition = 0; repetition < 3; repetition++) {
      const answers = runTogether(plan)
      setTimeout(() => Atomics.store(words, ABORT / 4, 1), 20)
      expect(await answers).toEqual([1, 1])
      Atomics.store(words, ABORT / 4, 0)
      const out = box.empty(5)
      expect(await runTogether(box.plan([box.call('fill', { out, length: 5, value: 3 })]))).toEqual([0, 0])
      expect([...box.floats.subarray(out / 4, out / 4 + 5)]).toEqual([3, 3, 3, 3, 3])
    }
  })

  it('wakes a rank that waits for one that never comes, when aborted', async () => {
    const plan = box.plan([box.call('fill', { out: box.empty(1), length: 1, value: 1 })])
    const before = words.slice()
    expect(await runAbandoned(plan)).toBe(1)
    expect([...words]).toEqual([...before])
  })

  it.each([
    [0, 2],
    [1, 1],
    [2, 0],
  ])('of the share of a rank that is at unit %i of 3, takes %i: never the last', async (begun, taken) => {
    const length = 1 << 20
    const out = box.empty(length)
    const args = { out, length, value: 1 }
    const { columnsPerUnit, units } = cutOf('fill', args)
    expect(units).toBe(6)
    Atomics.store(words, TAKEN_BY_SECOND, begun)
    expect(await runAbandoned(box.plan([box.call('fill', args)]))).toBe(1)
    expect(Atomics.exchange(words, TAKEN_BY_SECOND, 0)).toBe(begun)
    const unitsOf = (from: number, to: number) =>
      box.floats.subarray(out / 4 + from * columnsPerUnit, out / 4 + Math.min(to * columnsPerUnit, length))
    expect(unitsOf(0, 3).every((v) => v === 1)).toBe(true)
    expect(unitsOf(3, 3 + begun).every((v) => v === 0)).toBe(true)
    expect(unitsOf(3 + begun, 3 + begun + taken).every((v) => v === 1)).toBe(true)
    expect(unitsOf(3 + begun + taken, 6).every((v) => v === 0)).toBe(true)
  })

  it('goes from run to run without waiting for the other to leave', async () => {
    const calls = [1, 2, 3].map((value) => box.call('fill', { out: box.empty(3), length: 3, value }))
    const plan = box.plan(calls)
    expect(await runTogether(plan, 20_000)).toEqual([0, 0])
  })
})

it('leaves a run alone when aborted', () => {
  Atomics.store(words, ABORT / 4, 1)
  const out = box.empty(1)
  expect(box.kernels.runPlan(box.plan([box.call('fill', { out, length: 1, value: 1 })]), 0, 1, CONTROL)).toBe(
    1,
  )
  expect(box.floats[out / 4]).toBe(0)
  Atomics.store(words, ABORT / 4, 0)
})
