import { expect, it } from 'vitest'
import * as z from 'zod'
import { compileKernels } from '../src/core/wasm/module.ts'
import { networkOf } from '../src/networks/network.ts'
import { readSpec } from '../src/networks/spec.ts'
import { freshState } from '../src/networks/state.ts'
import { trainingSchema } from '../src/networks/training.ts'
import { Place } from '../src/pool/admission.ts'
import { PoolError } from '../src/pool/errors.ts'
import type { Shared, Tasks } from '../src/tasks.ts'
import { PooledTraining } from '../src/training-place.ts'

const network = networkOf(readSpec({ input: [1], layers: [{ type: 'fullyConnected', units: 1 }] }))
const spec = trainingSchema.parse({})
const data = {
  count: 1,
  inputShape: [1],
  targetShape: [1],
  inputs: new Float32Array(1),
  targets: new Float32Array(1),
}
const state = freshState(network, spec)

/** A place whose first tasks lose their threads. */
function crashing(times: number, stepMs = 0) {
  const tried: { key: string | undefined; memory: unknown }[] = []
  const teams: unknown[] = []
  const forgotten: string[] = []
  const memories: unknown[] = []
  let left = times
  const training = new PooledTraining({
    key: 'training#1',
    setup: { network: network.spec, data, spec },
    kernels: compileKernels(),
    place: new Place<Tasks, Shared>({
      submit: (job) => {
        job.started()
        const { resource, team } = job.task
        teams.push(team?.memory)
        memories.push(z.object({ memory: z.unknown() }).parse(job.task.payload).memory)
        tried.push({ key: resource?.key, memory: resource?.value })
        if (left-- > 0) job.reject(new PoolError('worker-crashed', 'the thread died'))
        else if (stepMs === 0) job.resolve({ state, verdict: undefined })
        else setTimeout(() => job.resolve({ state, verdict: undefined }), stepMs)
      },
      cancel: () => {},
      onEnd: () => {},
    }),
    forget: (key) => forgotten.push(key),
  })
  return { training, tried, forgotten, teams, memories }
}

it('repeats what a thread died of, in other memory', async () => {
  const { training, tried, forgotten } = crashing(2)
  await training.train(state, 10)
  training.release()
  expect(tried.map(({ key }) => key)).toEqual(['training#1.0', 'training#1.1', 'training#1.2'])
  expect(new Set(tried.map(({ memory }) => memory)).size).toBe(3)
  expect(forgotten).toEqual(['training#1.0', 'training#1.1', 'training#1.2'])
})

it('gives up when the third thread dies of it', async () => {
  const { training, tried } = crashing(3)
  await expect(training.train(state, 10)).rejects.toThrow('the thread died')
  expect(tried).toHaveLength(3)
})

it('has memory for two states, which take turns: one that is gone on from is not overwritten', async () => {
  const { training, memories } = crashing(1)
  for (let i = 0; i < 3; i++) await training.train(state, 10)
  const [crashed, first, second, third] = memories
  expect(first).toBe(crashed)
  expect(second).not.toBe(first)
  expect(third).toBe(first)
})

it.each([
  [0, false],
  [20, true],
])('takes other threads to help when a step takes long: %i ms', async (stepMs, helps) => {
  const { training, teams } = crashing(0, stepMs)
  await training.train(state, 10)
  await training.train(state, 10)
  expect(teams.map((team) => team !== undefined)).toEqual([false, helps])
})
