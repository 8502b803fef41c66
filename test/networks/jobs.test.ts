import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { referenceBackend } from '../../src/core/reference/backend.ts'
import { folderCheckpoints } from '../../src/networks/checkpoints.ts'
import { runChunk, type TrainingSetup, trainerOf } from '../../src/networks/chunk.ts'
import { epochOf } from '../../src/networks/epoch.ts'
import { isOver, type Job } from '../../src/networks/job.ts'
import { Jobs } from '../../src/networks/jobs.ts'
import { MemoryStore } from '../../src/networks/memory-store.ts'
import { networkOf } from '../../src/networks/network.ts'
import { readSamples } from '../../src/networks/samples.ts'
import { samplesFromJson } from '../../src/networks/samples-json.ts'
import { readSpec } from '../../src/networks/spec.ts'
import { freshState, withoutPast } from '../../src/networks/state.ts'
import { trainingSchema } from '../../src/networks/training.ts'

const network = networkOf(
  readSpec({
    input: [2],
    layers: [
      { type: 'fullyConnected', units: 6 },
      { type: 'tanh' },
      { type: 'dropout', rate: 0.2 },
      { type: 'fullyConnected', units: 2 },
    ],
  }),
)

const { data } = readSamples(
  samplesFromJson(
    Array.from({ length: 20 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]),
    Array.from({ length: 20 }, (_, i) => i % 2),
  ),
  { inputShape: [2], outputShape: [2], loss: 'cross-entropy', precision: 'float64' },
)

const setup = (training: object = {}): TrainingSetup => ({
  network: network.spec,
  data,
  spec: trainingSchema.parse({
    loss: 'cross-entropy',
    optimizer: { type: 'adam', learningRate: 0.02 },
    epochs: 12,
    batchSize: 7,
    validation: 0.2,
    seed: 3,
    precision: 'float64',
    ...training,
  }),
})

/** Chunks of so many steps, and a pause after each. */
function jobsOf({ steps = 5, folder = '', fails }: { steps?: number; folder?: string; fails?: Error } = {}) {
  const store = new MemoryStore()
  const failures: unknown[] = []
  const jobs = new Jobs({
    admit: (setup) => {
      const trainer = trainerOf(setup, referenceBackend)
      return {
        train: async (state) => {
          await new Promise((resolve) => setTimeout(resolve, 1))
          if (fails) throw fails
          let left = steps
          return structuredClone(runChunk(trainer, withoutPast(state), () => --left === 0))
        },
        release: () => {},
        [Symbol.dispose]: () => {},
      }
    },
    store,
    checkpoints: folder ? folderCheckpoints(folder) : undefined,
    isShutdown: () => false,
    onFailure: (_, error) => failures.push(error),
    checkpointMs: 0,
  })
  return { jobs, store, failures }
}

function start(jobs: Jobs, setup: TrainingSetup, id = 'job'): Promise<Job> {
  const { network: spec, spec: training } = setup
  const facts = { id, model: 'dots', network: spec, spec: training, labels: ['a', 'b'], createdAt: 0 }
  return jobs.start(
    { ...facts, warnings: [], ...epochOf(setup.data.count, training) },
    setup,
    freshState(network, training),
  )
}

async function over(job: Job): Promise<Job> {
  while (!isOver(job.status)) await job.changed()
  return job
}

async function until(job: Job, steps: number): Promise<void> {
  while (job.progress.step < steps) await job.changed()
}

async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jobs-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

async function uninterrupted() {
  const { jobs, store } = jobsOf({ steps: 1000 })
  await over(await start(jobs, setup()))
  return store.get('dots')
}

describe('a job', () => {
  it('ends with a network in the store, its history with it', async () => {
    const { jobs, store } = jobsOf()
    const job = await over(await start(jobs, setup()))
    expect(job).toMatchObject({ status: 'finished', steps: 36, progress: { epoch: 12, step: 36 } })
    const stored = store.get('dots')
    expect(stored).toMatchObject({ id: 'dots', labels: ['a', 'b'], spec: network.spec })
    expect(stored?.history.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1))
    expect(stored).toEqual(expect.objectContaining({ parameters: (await uninterrupted())?.parameters }))
  })

  it('keeps the best weights when it is cancelled', async () => {
    const { jobs, store } = jobsOf({ steps: 3 })
    const job = await start(jobs, setup({ epochs: 100_000 }))
    await until(job, 12)
    const { best } = job.state
    await jobs.cancel(job)
    expect(job.status).toBe('cancelled')
    expect(best?.epoch).toBeGreaterThan(0)
    const kept = store.get('dots')
    const losses = kept?.history.map(({ validationLoss }) => validationLoss ?? 0) ?? []
    expect(job.progress.best?.loss).toBe(Math.min(...losses))
    expect(kept?.parameters).toHaveLength(network.parameters.length)
  })

  it('stops early', async () => {
    const { jobs } = jobsOf({ steps: 50 })
    const job = await over(await start(jobs, setup({ epochs: 5000, patience: 3 })))
    expect(job.status).toBe('stopped-early')
    expect(job.progress.epoch).toBe((job.progress.best?.epoch ?? 0) + 3)
  })

  it('says why when its loss diverges', async () => {
    const { jobs, store } = jobsOf()
    const job = await over(
      await start(jobs, setup({ loss: 'mse', optimizer: { type: 'sgd', learningRate: 1000 }, epochs: 500 })),
    )
    expect(job.status).toBe('diverged')
    expect(job.verdict).toMatch(/the loss is (NaN|Infinity) at step \d+ .*take a smaller learning rate/)
    expect(store.get('dots')?.history.length).toBe(job.history.length)
  })

  it('fails with what its thread failed of', async () => {
    const { jobs, failures } = jobsOf({ fails: new Error('the thread died') })
    const job = await over(await start(jobs, setup()))
    expect([job.status, job.verdict]).toEqual(['failed', 'the thread died'])
    expect(failures).toHaveLength(1)
  })

  it('leaves nothing on disk when it is over', async () => {
    const folder = await temporary()
    const { jobs } = jobsOf({ folder })
    const job = await start(jobs, setup())
    expect(await readdir(folder)).toEqual(['job'])
    await over(job)
    expect(await readdir(folder)).toEqual([])
  })
})

describe('an interrupted job', () => {
  it.each([1, 2, 5, 17])('is resumed to the same weights, in chunks of %i steps', async (steps) => {
    const folder = await temporary()
    const first = jobsOf({ folder, steps })
    const job = await start(first.jobs, setup())
    await until(job, 4)
    await first.jobs.close()
    expect(job.status).toBe('interrupted')
    expect(job.progress.step).toBeLessThan(36)

    const second = jobsOf({ folder, steps: steps + 1 })
    expect(await second.jobs.restore()).toEqual([])
    const again = second.jobs.get('job')
    if (!again) throw new Error('the job is not there')
    expect(again).toMatchObject({ status: 'interrupted', progress: { step: job.progress.step } })
    expect(again.facts).toEqual(job.facts)
    await second.jobs.resume(again)
    await over(again)
    const expected = await uninterrupted()
    const stored = second.store.get('dots')
    expect(again.status).toBe('finished')
    expect(stored?.parameters).toEqual(expected?.parameters)
    expect(stored?.history.map(({ loss }) => loss)).toEqual(expected?.history.map(({ loss }) => loss))
  })

  it('keeps its best weights when it is cancelled', async () => {
    const folder = await temporary()
    const first = jobsOf({ folder, steps: 3 })
    await until(await start(first.jobs, setup()), 6)
    await first.jobs.close()
    const second = jobsOf({ folder })
    await second.jobs.restore()
    const [job] = second.jobs.list()
    if (job) await second.jobs.cancel(job)
    expect(job?.status).toBe('cancelled')
    expect(second.store.get('dots')?.parameters).toHaveLength(4)
    expect(await readdir(folder)).toEqual([])
  })

  it.each(['job.json', 'state.bin'])('is named when its %s is cut off, and does no harm', async (file) => {
    const folder = await temporary()
    const first = jobsOf({ folder, steps: 3 })
    await start(first.jobs, setup())
    await first.jobs.close()
    await truncate(join(folder, 'job', file), 50)
    const second = jobsOf({ folder })
    expect(await second.jobs.restore()).toEqual([{ id: 'job', reason: expect.any(String) }])
    expect(second.jobs.list()).toEqual([])
  })
})
