import { runRotate } from '../../src/augment/run.ts'
import type { Tensor } from '../../src/core/ir/tensor.ts'
import { kernelNames } from '../../src/core/kernels/list.ts'
import { referenceBackend } from '../../src/core/reference/backend.ts'
import type {
  AdmitOptions,
  Engine,
  ListedModel,
  Place,
  ServedModel,
  UnusableModel,
} from '../../src/engine.ts'
import { ExplainError } from '../../src/explain/errors.ts'
import type { ExplainJob, ExplainResult, PredictJob, PredictResult } from '../../src/explain/job.ts'
import { runCompare } from '../../src/filters/compare.ts'
import { runCompose } from '../../src/filters/compose.ts'
import { plain } from '../../src/filters/plain.ts'
import { runFilter } from '../../src/filters/run.ts'
import { runChunk, trainerOf } from '../../src/networks/chunk.ts'
import { runDecisionMap } from '../../src/networks/decision-map.ts'
import { runDiagnose } from '../../src/networks/diagnose.ts'
import { MemoryStore } from '../../src/networks/memory-store.ts'
import { readNetworkBody } from '../../src/networks/network-body.ts'
import { prepareTraining } from '../../src/networks/prepare-training.ts'
import { readTraining } from '../../src/networks/read-training.ts'
import { withoutPast } from '../../src/networks/state.ts'
import type { StoredNetwork } from '../../src/networks/store.ts'
import { runTrace } from '../../src/networks/trace.ts'
import { runTraceMaps } from '../../src/networks/trace-maps.ts'
import { runVjp } from '../../src/networks/vjp.ts'
import { PoolError } from '../../src/pool/errors.ts'
import type { Priority } from '../../src/pool/task.ts'

const input = {
  width: 8,
  height: 8,
  color: 'rgb',
  resize: 'bicubic',
  crop: 0.875,
  mean: [127, 127, 127],
  std: [128, 128, 128],
} as const
const card = {
  version: '1',
  title: 'A model',
  description: '',
  license: 'Apache-2.0',
  source: 'none',
  shape: [3, 8, 8],
  input,
  camLayer: 'conv1',
}

export const labels = [
  'tench',
  'tiger cat',
  'Cardigan',
  'cardigan',
  'crane',
  'crane',
  'línea\r\nx-evil: 1',
  '猫',
]

export const tiny: ServedModel = { ...card, id: 'tiny', labels, status: 'available', together: 1 }
const broken: UnusableModel = {
  id: 'broken',
  status: 'unusable',
  problem: 'model.onnx: the file is truncated',
}

export interface FakeOptions {
  readonly ready?: boolean
  readonly places?: number
  /** what every job does before it answers */
  readonly work?: (signal: AbortSignal) => Promise<void>
  readonly target?: number
  readonly score?: number
  readonly probability?: number
  /** of the model `tiny`, 1 unless said */
  readonly together?: number
  /** of a training, at most */
  readonly chunkMs?: number
  readonly networks?: readonly StoredNetwork[]
}

type Job = PredictJob | ExplainJob

/** What a fake engine was asked. */
export interface FakeEngine extends Engine {
  readonly jobs: Job[]
  readonly held: () => number
  /** of the places that were taken with one: not to look for room */
  readonly priorities: () => readonly Priority[]
}

const classOf = (wanted: number | 'top', { target = 1 }: FakeOptions): number =>
  wanted === 'top' ? target : wanted

const predictResult = ({ input }: PredictJob): PredictResult => {
  const [count = 1] = input.shape
  const rows = (values: readonly number[]): Tensor => ({
    shape: [count, labels.length],
    dtype: 'float',
    data: Float32Array.from({ length: count * labels.length }, (_, i) => values[i % labels.length] ?? 0),
  })
  return {
    logits: rows([0.1, 3, 2, 1, 0, 0, -1, -2]),
    probabilities: rows([0.04, 0.6, 0.2, 0.1, 0.03, 0.02, 0.01, 0]),
    timings: { plan: 0.5, forward: 1.5 },
  }
}

const explainResult = (job: ExplainJob, options: FakeOptions): ExplainResult => {
  const shape = job.channels === 'none' ? [3, 8, 8] : [8, 8]
  const size = shape.reduce((a, b) => a * b, 1)
  return {
    map: { shape, dtype: 'float', data: Float32Array.from({ length: size }, (_, i) => Math.fround(i / 10)) },
    channels: job.channels === 'default' ? 'max' : job.channels,
    layer: job.layer,
    gap: undefined,
    target: {
      index: classOf(job.target, options),
      score: options.score ?? 3,
      probability: options.probability ?? 0.6,
    },
    warnings: [],
    timings: { plan: 0.5, gradient: 2.5 },
  }
}

/** An engine that computes nothing but filters, rotations and networks. */
export function fakeEngine(options: FakeOptions = {}): FakeEngine {
  const { ready = true, places = 4, together = 1, work = async () => {} } = options
  const models = new Map<string, ListedModel>(
    [{ ...tiny, together }, broken].map((model) => [model.id, model]),
  )
  const networks = new MemoryStore()
  for (const network of options.networks ?? []) void networks.save(network)
  const jobs: Job[] = []
  let held = 0

  const priorities: Priority[] = []

  const admit = ({ signal, priority }: AdmitOptions): Place => {
    if (held >= places)
      throw new PoolError('queue-full', `all ${places} places are taken`, { retryAfterSeconds: 7 })
    held++
    if (priority) priorities.push(priority)
    let released = false
    const release = () => {
      if (!released) held--
      released = true
    }
    const run = async <J extends Job, R>(job: J, result: (job: J) => R) => {
      jobs.push(job)
      await work(signal)
      return { result: result(job), queueMs: 0.5 }
    }
    const compute = async <R>(result: () => R) => {
      await work(signal)
      return { result: result(), queueMs: 0.5 }
    }
    return {
      predict: (_model, job) => run(job, predictResult),
      explain: (_model, job) => run(job, (asked) => explainResult(asked, options)),
      filter: (job) => compute(() => runFilter(plain, job)),
      compare: (job) => compute(() => runCompare(plain, job)),
      compose: (job) => compute(() => runCompose(job)),
      decisionMap: (job) => compute(() => runDecisionMap(referenceBackend, job)),
      gradients: (job) => compute(() => runVjp(referenceBackend, job)),
      trace: (job) => compute(() => runTrace(referenceBackend, job)),
      traceMaps: (sample) => compute(() => runTraceMaps(referenceBackend, sample)),
      diagnose: (job) => compute(() => runDiagnose(referenceBackend, job)),
      readNetwork: (body) => compute(() => readNetworkBody(body)),
      readTraining: async (request) => {
        const result = await readTraining(request)
        return { result, queueMs: 0.5 }
      },
      prepareTraining: async (plan) => ({ result: prepareTraining(plan), queueMs: 0.5 }),
      // moving elements needs no model
      rotate: async (job) => {
        await work(signal)
        return { result: runRotate(job), queueMs: 0.5 }
      },
      release,
      [Symbol.dispose]: release,
    }
  }
  return {
    models: { list: () => [...models.values()], get: (id) => models.get(id.replace(/@1$/, '')) },
    networks,
    started: Promise.resolve(),
    ready: () => ready,
    kernels: () => Object.fromEntries(kernelNames.map((name) => [name, `${name}-fma`])),
    checkLayer: async (_model, layer) => {
      if (layer !== 'conv1') throw new ExplainError('unknown-layer', `the model has no layer "${layer}"`)
    },
    modelFile: async () => new Uint8Array([1, 2, 3]),
    admit,
    admitTraining: (setup) => {
      const trainer = trainerOf(setup, referenceBackend)
      return {
        train: async (state, milliseconds) => {
          await work(new AbortController().signal)
          const until = performance.now() + Math.min(milliseconds, options.chunkMs ?? milliseconds)
          return runChunk(trainer, withoutPast(state), () => performance.now() >= until)
        },
        release: () => {},
        [Symbol.dispose]: () => {},
      }
    },
    stats: () => ({ workers: 2, busy: 0 }),
    close: async () => {},
    jobs,
    held: () => held,
    priorities: () => priorities,
  }
}
