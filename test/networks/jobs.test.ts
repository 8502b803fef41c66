import { readdir, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { referenceBackend } from '../../src/core/reference/backend.ts'
import { type Checkpoints, folderCheckpoints } from '../../src/networks/checkpoints.ts'
import { runChunk, type TrainingSetup, trainerOf } from '../../src/networks/chunk.ts'
import { gather, split } from '../../src/networks/data.ts'
import { epochOf } from '../../src/networks/epoch.ts'
import { NetworkError } from '../../src/networks/errors.ts'
import { isOver, type Job, type JobFacts } from '../../src/networks/job.ts'
import { Jobs, MOST_REMEMBERED } from '../../src/networks/jobs.ts'
import { lossNamed } from '../../src/networks/loss.ts'
import { MemoryStore } from '../../src/networks/memory-store.ts'
import { networkOf, type Parameters, parameterTensors } from '../../src/networks/network.ts'
import { readSamples } from '../../src/networks/samples.ts'
import { samplesFromJson } from '../../src/networks/samples-json.ts'
import { readSpec } from '../../src/networks/spec.ts'
import { freshState, withoutPast } from '../../src/networks/state.ts'
import type { StoredNetwork } from '../../src/networks/store.ts'
import { trainingSchema } from '../../src/networks/training.ts'
import { evaluationGraph } from '../../src/networks/training-graph.ts'
import { temporaryFolder } from '../helpers/folder.ts'

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

interface Options {
  readonly steps?: number
  readonly folder?: string
  /** what a chunk fails of */
  readonly fails?: Error
  /** in place of what the folder's checkpoints do */
  readonly checkpoints?: Partial<Checkpoints>
  readonly save?: (network: StoredNetwork) => Promise<void>
}

/** Chunks of so many steps, and a pause after each. */
function jobsOf({ steps = 5, folder = '', fails, checkpoints, save }: Options = {}) {
  const store = new MemoryStore()
  if (save) store.save = save
  const failures: unknown[] = []
  const jobs = new Jobs({
    admit: (setup) => {
      const trainer = trainerOf(setup, referenceBackend)
      return {
        train: async (state) => {
          await wait(1)
          if (fails) throw fails
          let left = steps
          return structuredClone(runChunk(trainer, withoutPast(state), () => --left === 0))
        },
        release: () => {},
        [Symbol.dispose]: () => {},
      }
    },
    store,
    checkpoints: folder ? { ...folderCheckpoints(folder), ...checkpoints } : undefined,
    isShutdown: () => false,
    onFailure: (_, error) => failures.push(error),
    checkpointMs: 0,
  })
  return { jobs, store, failures }
}

function start(jobs: Jobs, setup: TrainingSetup, id = 'job'): Promise<Job> {
  return jobs.start(factsOf(setup, id), { setup, state: freshState(network, setup.spec), release: () => {} })
}

function factsOf({ network, spec, data }: TrainingSetup, id = 'job', createdAt = 0): JobFacts {
  const labels = ['a', 'b']
  const model = id === 'job' ? 'dots' : `dots-of-${id}`
  return { id, model, network, spec, labels, createdAt, warnings: [], ...epochOf(data.count, spec) }
}

async function over(job: Job): Promise<Job> {
  while (!isOver(job.status)) await job.changed()
  return job
}

async function until(job: Job, steps: number): Promise<void> {
  while (job.progress.step < steps) await job.changed()
}

const diskFull = () =>
  Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC', syscall: 'write' })

/** A job that an earlier process left interrupted. */
async function interrupted(folder: string, options: Omit<Options, 'folder'> = {}) {
  const first = jobsOf({ folder, steps: 3 })
  await until(await start(first.jobs, setup()), 6)
  await first.jobs.close()
  const second = jobsOf({ folder, ...options })
  await second.jobs.restore()
  const job = second.jobs.get('job')
  if (job?.status !== 'interrupted') throw new Error('the job is not interrupted')
  return { ...second, job }
}

/** The mean loss of the samples that `setup` holds back. */
function validationLoss(parameters: Parameters = [], { data, spec }: TrainingSetup = setup()): number {
  const held = split(data, spec.validation, spec.seed).validation
  const { x, t } = gather(data, held, spec.precision)
  const program = referenceBackend.compile(evaluationGraph(network, lossNamed(spec.loss)), held.length)
  const [loss] = program.run([x, ...parameterTensors(network, parameters), t])
  return loss?.data[0] ?? Number.NaN
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
    const training = setup({ epochs: 100_000, optimizer: { type: 'adam', learningRate: 0.5 } })
    const job = await start(jobs, training)
    // past the best ones: the last ones are others
    while (job.progress.epoch < (job.progress.best?.epoch ?? 0) + 3) await job.changed()
    await jobs.cancel(job)
    expect(job.status).toBe('cancelled')
    const kept = store.get('dots')
    const losses = kept?.history.map(({ validationLoss }) => validationLoss ?? 0) ?? []
    expect(job.progress.best?.loss).toBe(Math.min(...losses))
    expect(losses.at(-1)).not.toBe(job.progress.best?.loss)
    expect(validationLoss(kept?.parameters, training)).toBeCloseTo(job.progress.best?.loss ?? 0, 12)
  })

  it('stops early', async () => {
    const { jobs } = jobsOf({ steps: 50 })
    const job = await over(await start(jobs, setup({ epochs: 5000, patience: 3 })))
    expect(job.status).toBe('stopped-early')
    expect(job.progress.epoch).toBe((job.progress.best?.epoch ?? 0) + 3)
  })

  it('says why when its loss diverges, and keeps the weights before', async () => {
    const { jobs, store } = jobsOf()
    const training = setup({ loss: 'mse', optimizer: { type: 'sgd', learningRate: 1000 }, epochs: 500 })
    const job = await over(await start(jobs, training))
    expect(job.status).toBe('diverged')
    expect(job.verdict).toMatch(/the loss is (NaN|Infinity) at step \d+ .*take a smaller learning rate/)
    expect(job.history.length).toBeGreaterThan(0)
    const kept = store.get('dots')
    expect(kept?.history).toEqual(job.history)
    expect(validationLoss(kept?.parameters, training)).toBeCloseTo(job.progress.best?.loss ?? 0, 12)
  })

  it('fails with what its thread failed of', async () => {
    const { jobs, failures } = jobsOf({ fails: new Error('the thread died') })
    const job = await over(await start(jobs, setup()))
    expect([job.status, job.verdict]).toEqual(['failed', 'the thread died'])
    expect(failures).toHaveLength(1)
  })

  it('leaves on disk what is told of it, and nothing of what it learnt from', async () => {
    const folder = await temporaryFolder()
    const { jobs } = jobsOf({ folder })
    const job = await start(jobs, setup())
    expect(await readdir(folder)).toEqual(['job'])
    await over(job)
    expect((await readdir(join(folder, 'job'))).sort()).toEqual(['ended.json', 'job.json'])
  })
})

describe('jobs that have ended', () => {
  it.each([
    ['finished', {}],
    ['stopped-early', { epochs: 5000, patience: 3 }],
    ['diverged', { loss: 'mse', optimizer: { type: 'sgd', learningRate: 1000 }, epochs: 500 }],
    ['failed', { fails: new Error('the thread died') }],
  ] as const)('are told of after a restart: %s', async (status, { ...training }) => {
    const folder = await temporaryFolder()
    const { fails, ...rest } = { fails: undefined, ...training }
    const job = await over(await start(jobsOf({ folder, ...(fails && { fails }) }).jobs, setup(rest)))
    const { jobs } = jobsOf({ folder })
    expect(await jobs.restore()).toEqual({ unbegun: [], broken: [] })
    const again = jobs.get('job')
    expect(again?.status).toBe(status)
    for (const part of ['facts', 'verdict', 'progress', 'history', 'diagnostics'] as const)
      expect(again?.[part]).toEqual(job[part])
    await jobs.cancel(job)
    expect(job.status).toBe(status)
  })

  it.each(['finished', 'interrupted'] as const)(
    'are told of while they are among the newest: %s',
    async (status) => {
      const folder = await temporaryFolder()
      const checkpoints = folderCheckpoints(folder)
      const ids = Array.from({ length: MOST_REMEMBERED + 2 }, (_, i) => `job-${i}`)
      for (const [i, id] of ids.entries()) {
        await checkpoints.create(factsOf(setup(), id, i), data, freshState(network, setup().spec))
        const record = { progress: { epoch: 0, step: 0 }, history: [], diagnostics: [] }
        if (status === 'finished') await checkpoints.end(id, { status, ...record })
      }
      const { jobs } = jobsOf({ folder })
      await jobs.restore()
      expect(jobs.list().map(({ id }) => id)).toEqual(ids.slice(2).reverse())
      expect((await readdir(folder)).sort()).toEqual(ids.slice(2).sort())
    },
  )
})

describe('a network', () => {
  it('is that of an interrupted job until this goes on or is cancelled', async () => {
    const folder = await temporaryFolder()
    const first = jobsOf({ folder })
    const job = await start(first.jobs, setup({ epochs: 100_000 }))
    await until(job, 1)
    await first.jobs.close()
    const { jobs } = jobsOf({ folder })
    await jobs.restore()
    const facts = { ...factsOf(setup(), 'other'), model: 'dots' }
    const begun = { setup: setup(), state: freshState(network, setup().spec), release: () => {} }
    await expect(jobs.start(facts, begun)).rejects.toMatchObject({ kind: 'in-training' })
    expect(() => jobs.checkIdle('dots')).toThrow(/which is interrupted: resume it, or DELETE it/)
    const [halted] = jobs.list()
    if (halted) await jobs.cancel(halted)
    expect(() => jobs.checkIdle('dots')).not.toThrow()
  })

  it('is trained by one job at a time', async () => {
    const { jobs } = jobsOf({ folder: await temporaryFolder() })
    const job = await start(jobs, setup({ epochs: 100_000 }))
    await expect(start(jobs, setup())).rejects.toMatchObject({ name: 'JobError', kind: 'in-training' })
    expect(() => jobs.checkIdle('dots')).toThrow(/"dots" is trained by the job job/)
    await jobs.cancel(job)
    expect(() => jobs.checkIdle('dots')).not.toThrow()
    await jobs.close()
  })
})

describe('places', () => {
  it('are for 8 at a time, however many come at once', async () => {
    const { jobs } = jobsOf({ folder: await temporaryFolder() })
    const long = setup({ epochs: 100_000 })
    const starts = await Promise.allSettled(
      Array.from({ length: 30 }, (_, i) => start(jobs, long, `job-${i}`)),
    )
    const refused = starts.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    expect(refused).toHaveLength(22)
    expect(refused[0]).toMatchObject({ name: 'JobError', kind: 'full', retryAfterSeconds: 10 })
    await jobs.close()
  })

  it('are for 8 that are resumed too', async () => {
    const folder = await temporaryFolder()
    const checkpoints = folderCheckpoints(folder)
    const long = setup({ epochs: 100_000 })
    for (let i = 0; i < 9; i++)
      await checkpoints.create(factsOf(long, `job-${i}`), data, freshState(network, long.spec))
    const { jobs } = jobsOf({ folder })
    await jobs.restore()
    const resumed = await Promise.allSettled(jobs.list().map((job) => jobs.resume(job)))
    expect(resumed.filter(({ status }) => status === 'rejected')).toHaveLength(1)
    expect(jobs.list().filter(({ status }) => status === 'interrupted')).toHaveLength(1)
    await jobs.close()
  })

  it('are free again when a job cannot be kept', async () => {
    const full = async () => {
      throw diskFull()
    }
    const { jobs } = jobsOf({ folder: await temporaryFolder(), checkpoints: { create: full } })
    for (let i = 0; i < 9; i++) await expect(start(jobs, setup())).rejects.toThrow('ENOSPC')
    expect(jobs.list()).toEqual([])
  })
})

describe('a fault in storing', () => {
  it('interrupts a job whose checkpoint cannot be written: it is resumed to the same weights', async () => {
    const folder = await temporaryFolder()
    const { save } = folderCheckpoints(folder)
    let saves = 0
    const { jobs, store, failures } = jobsOf({
      folder,
      checkpoints: {
        save: async (id, state) => {
          if (++saves === 3) throw diskFull()
          await save(id, state)
        },
      },
    })
    const job = await over(await start(jobs, setup()))
    expect([job.status, job.verdict]).toEqual([
      'interrupted',
      'its checkpoint cannot be written: ENOSPC; when that is mended, resume goes on from the last checkpoint',
    ])
    expect(failures).toHaveLength(1)
    await jobs.resume(job)
    await over(job)
    expect([job.status, job.verdict]).toEqual(['finished', undefined])
    const expected = await uninterrupted()
    expect(store.get('dots')?.parameters).toEqual(expected?.parameters)
    expect(job.history.map(({ epoch }) => epoch)).toEqual(expected?.history.map(({ epoch }) => epoch))
  })

  it('interrupts a job whose network cannot be stored: it is resumed, or cancelled', async () => {
    const room = { isThere: false }
    const saved: StoredNetwork[] = []
    const { jobs } = jobsOf({
      folder: await temporaryFolder(),
      save: async (network) => {
        if (!room.isThere) throw new NetworkError('no-room', 'model', 'there is no room')
        saved.push(network)
      },
    })
    const job = await over(await start(jobs, setup()))
    expect(job.status).toBe('interrupted')
    expect(job.verdict).toMatch(/^its network cannot be stored: there is no room; when that is mended/)
    await jobs.cancel(job)
    expect(job.status).toBe('interrupted')
    room.isThere = true
    await jobs.resume(job)
    expect((await over(job)).status).toBe('finished')
    expect(saved).toMatchObject([{ id: 'dots' }])
  })

  it('fails a job whose network nobody would take', async () => {
    const { jobs } = jobsOf({
      folder: await temporaryFolder(),
      save: async () => {
        throw new NetworkError('taken', 'model', 'the model dots was not made here')
      },
    })
    const job = await over(await start(jobs, setup()))
    expect([job.status, job.verdict]).toEqual(['failed', 'the model dots was not made here'])
  })

  it('is reported where only the end cannot be kept: the job has ended all the same', async () => {
    const end = async () => {
      throw diskFull()
    }
    for (const [fails, status] of [
      [undefined, 'finished'],
      [new Error('the thread died'), 'failed'],
    ] as const) {
      const { jobs, failures } = jobsOf({
        folder: await temporaryFolder(),
        checkpoints: { end },
        ...(fails && { fails }),
      })
      const job = await over(await start(jobs, setup()))
      expect(job.status).toBe(status)
      expect(failures.map(String).at(-1)).toMatch(/ENOSPC/)
    }
  })
})

describe('an interrupted job', () => {
  it.each([1, 2, 5, 17])('is resumed to the same weights, in chunks of %i steps', async (steps) => {
    const folder = await temporaryFolder()
    const first = jobsOf({ folder, steps })
    const job = await start(first.jobs, setup())
    await until(job, 4)
    await first.jobs.close()
    expect(job.status).toBe('interrupted')
    expect(job.progress.step).toBeLessThan(36)

    const second = jobsOf({ folder, steps: steps + 1 })
    expect(await second.jobs.restore()).toEqual({ unbegun: [], broken: [] })
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
    const { jobs, store, job } = await interrupted(await temporaryFolder())
    await jobs.cancel(job)
    expect(job.status).toBe('cancelled')
    const { history = [], parameters } = store.get('dots') ?? {}
    expect(history.length).toBe(job.progress.epoch)
    expect(validationLoss(parameters)).toBeCloseTo(job.progress.best?.loss ?? 0, 12)
  })

  it('is cancelled or resumed, whichever comes first: the other one finds it so', async () => {
    const { jobs, job } = await interrupted(await temporaryFolder(), { save: () => wait(20) })
    const [, resumed] = await Promise.allSettled([jobs.cancel(job), jobs.resume(job)])
    expect(resumed).toMatchObject({ status: 'rejected', reason: { kind: 'not-interrupted' } })
    expect(job.status).toBe('cancelled')
  })

  it('is cancelled while it is resumed', async () => {
    const { jobs, store, job } = await interrupted(await temporaryFolder(), { steps: 1 })
    await Promise.all([jobs.resume(job), jobs.cancel(job)])
    expect(job.status).toBe('cancelled')
    expect(store.get('dots')?.history.length).toBeLessThan(12)
  })

  describe('whose data cannot be read at first', () => {
    async function unreadable() {
      const folder = await temporaryFolder()
      const checkpoints = folderCheckpoints(folder)
      let reads = 0
      const data = async (id: string) => {
        if (++reads === 1) throw diskFull()
        return checkpoints.data(id)
      }
      return interrupted(folder, { checkpoints: { data } })
    }

    it('stays interrupted, and is resumed later', async () => {
      const { jobs, job } = await unreadable()
      await expect(jobs.resume(job)).rejects.toThrow('ENOSPC')
      expect(job.status).toBe('interrupted')
      await jobs.resume(job)
      expect((await over(job)).status).toBe('finished')
    })

    it('is cancelled by who asked for it meanwhile', async () => {
      const { jobs, job } = await unreadable()
      const [resumed] = await Promise.allSettled([jobs.resume(job), jobs.cancel(job)])
      expect(resumed.status).toBe('rejected')
      expect(job.status).toBe('cancelled')
    })
  })

  it('is what a job becomes that was about to begin when the process ended', async () => {
    const folder = await temporaryFolder()
    const { create } = folderCheckpoints(folder)
    const { jobs } = jobsOf({
      folder,
      checkpoints: {
        create: async (...job) => {
          await wait(20)
          await create(...job)
        },
      },
    })
    const starting = start(jobs, setup())
    await jobs.close()
    const job = await starting
    expect([job.status, job.progress.step]).toEqual(['interrupted', 0])
    await expect(start(jobs, setup(), 'late')).rejects.toMatchObject({ kind: 'closing' })
    await expect(jobs.resume(job)).rejects.toMatchObject({ kind: 'closing' })
    const later = jobsOf({ folder }).jobs
    await later.restore()
    expect(later.list()).toMatchObject([{ id: 'job', status: 'interrupted' }])
  })

  it('is named when its job.json is cut off, and does no harm', async () => {
    const folder = await temporaryFolder()
    const first = jobsOf({ folder, steps: 3 })
    await start(first.jobs, setup())
    await first.jobs.close()
    await truncate(join(folder, 'job', 'job.json'), 50)
    const second = jobsOf({ folder })
    const broken = [{ id: 'job', reason: expect.any(String) }]
    expect(await second.jobs.restore()).toEqual({ unbegun: [], broken })
    expect(second.jobs.list()).toEqual([])
  })

  it.each(['data.bin', 'state.bin'])(
    'whose %s is cut off goes on no more, and can be ended',
    async (file) => {
      const folder = await temporaryFolder()
      const first = jobsOf({ folder, steps: 3 })
      await start(first.jobs, setup())
      await first.jobs.close()
      await truncate(join(folder, 'job', file), 50)
      const { jobs } = jobsOf({ folder })
      await jobs.restore()
      const [job] = jobs.list()
      if (!job) throw new Error('the job is not listed')
      const kind = file === 'data.bin' ? 'damaged' : 'not-interrupted'
      await expect(jobs.resume(job)).rejects.toMatchObject({ name: 'JobError', kind })
      await jobs.cancel(job)
      expect(['cancelled', 'failed']).toContain(job.status)
      expect(() => jobs.checkIdle('dots')).not.toThrow()
    },
  )
})
