import type { Backend } from '../core/backend.ts'
import { sizeOf } from '../core/ir/shape.ts'
import { scalar, type Tensor, tensor } from '../core/ir/tensor.ts'
import { type DataSet, gather, numbersOf, split } from './data.ts'
import { NetworkError } from './errors.ts'
import { lossNamed } from './loss.ts'
import type { Network, Parameters } from './network.ts'
import { moveParameter } from './optimizer.ts'
import { seededRandom, shuffled } from './random.ts'
import { learningRateAt } from './schedule.ts'
import { type EpochRecord, NO_SUMS, type TrainingState } from './state.ts'
import type { TrainingSpec } from './training.ts'
import { evaluationGraph, trainingGraph } from './training-graph.ts'

/** When to give the thread back: the state goes on from there, to the same weights. */
export type Pause = (state: TrainingState) => boolean

/** Samples that are evaluated at once. */
const EVALUATED_AT_ONCE = 256

/** A training of one network on one set of data; its graphs are made once. */
export class Trainer {
  readonly #network: Network
  readonly #data: DataSet
  readonly #spec: TrainingSpec
  readonly #backend: Backend
  readonly #graphs: {
    readonly training: ReturnType<typeof trainingGraph>
    readonly evaluation: ReturnType<typeof evaluationGraph>
  }
  readonly #samples: ReturnType<typeof split>

  constructor(network: Network, data: DataSet, spec: TrainingSpec, backend: Backend) {
    const loss = lossNamed(spec.loss)
    this.#network = network
    this.#data = smoothed(data, spec.labelSmoothing)
    this.#spec = spec
    this.#backend = backend
    this.#graphs = { training: trainingGraph(network, loss), evaluation: evaluationGraph(network, loss) }
    this.#samples = split(data, spec.validation, spec.seed)
  }

  /** Steps of an epoch. */
  get stepsPerEpoch(): number {
    return Math.ceil(this.#samples.learning.length / this.#batchSize)
  }

  /** Goes on until the end, or until `pause` says so after a step. Throws NetworkError `diverged`. */
  run(from: TrainingState, pause: Pause): TrainingState {
    let state = from
    while (state.ended === undefined) {
      state = this.#step(state)
      if (state.batch === this.stepsPerEpoch) state = this.#endEpoch(state)
      if (pause(state)) break
    }
    return state
  }

  get #batchSize(): number {
    const { batchSize } = this.#spec
    return batchSize === 'full'
      ? this.#samples.learning.length
      : Math.min(batchSize, this.#samples.learning.length)
  }

  #step(state: TrainingState): TrainingState {
    const started = performance.now()
    const { precision, optimizer, schedule, epochs, clipNorm } = this.#spec
    const samples = this.#batch(state)
    const { x, t } = gather(this.#data, samples, precision)
    const { graph, uniforms, states, learnt } = this.#graphs.training
    const inputs = [
      x,
      t,
      ...this.#tensors(state.parameters),
      ...uniforms.map((shape, i) => this.#uniform(shape, samples.length, state.step, i)),
      this.#one(),
    ]
    const [loss, output, ...rest] = this.#backend.compile(graph, samples.length).run(inputs)
    const value = loss?.data[0] ?? Number.NaN
    if (!Number.isFinite(value)) throw diverged(state, value)
    const gradients = rest.slice(states.length)
    const norm = normOf(gradients)
    const scale = clipNorm !== undefined && norm > clipNorm ? clipNorm / norm : 1
    const parameters = state.parameters.map((values) => values.slice())
    const memory = state.memory.map((arrays) => arrays.map((array) => array.slice()))
    const learningRate = learningRateAt(
      schedule,
      optimizer.learningRate,
      state.step,
      epochs * this.stepsPerEpoch,
    )
    learnt.forEach((place, i) => {
      const values = parameters[place]
      const gradient = gradients[i]?.data
      if (!values || !gradient) return
      if (scale !== 1) for (let j = 0; j < gradient.length; j++) gradient[j] = (gradient[j] ?? 0) * scale
      const decays = this.#network.parameters[place]?.role === 'weight'
      moveParameter(optimizer, values, gradient, memory[place] ?? [], {
        step: state.step + 1,
        learningRate,
        decays,
      })
    })
    states.forEach((place, i) => {
      parameters[place]?.set(rest[i]?.data ?? [])
    })
    this.#last = { learningRate, gradientNorm: norm, updateRatio: updateRatio(state.parameters, parameters) }
    return {
      ...state,
      batch: state.batch + 1,
      step: state.step + 1,
      parameters,
      memory,
      losses: [...state.losses, value],
      sums: {
        loss: state.sums.loss + value * samples.length,
        correct: state.sums.correct + (correctOf(output, t) ?? 0),
        samples: state.sums.samples + samples.length,
        ms: state.sums.ms + performance.now() - started,
      },
    }
  }

  #last = { learningRate: 0, gradientNorm: 0, updateRatio: 0 }

  #endEpoch(state: TrainingState): TrainingState {
    const { epochs, patience } = this.#spec
    const { loss, correct, samples, ms } = state.sums
    const validation = this.#evaluate(state.parameters, this.#samples.validation)
    const record: EpochRecord = {
      epoch: state.epoch + 1,
      loss: loss / samples,
      ...(this.#classifies && { accuracy: correct / samples }),
      ...(validation && { validationLoss: validation.loss, validationAccuracy: validation.accuracy }),
      samplesPerSecond: samples / (ms / 1000),
      ...this.#last,
    }
    const judged = validation?.loss ?? record.loss
    const isBest = state.best === undefined || judged < state.best.loss
    const best = isBest ? { epoch: record.epoch, loss: judged, parameters: state.parameters } : state.best
    const waited = record.epoch - (best?.epoch ?? record.epoch)
    const ended =
      record.epoch >= epochs
        ? 'finished'
        : patience !== undefined && waited >= patience
          ? 'stopped early'
          : undefined
    return {
      ...state,
      epoch: record.epoch,
      batch: 0,
      sums: NO_SUMS,
      history: [...state.history, record],
      best,
      ended,
    }
  }

  /** Mean loss and share of right classes of some samples; undefined when there are none. */
  #evaluate(
    parameters: Parameters,
    samples: Uint32Array,
  ): { loss: number; accuracy: number | undefined } | undefined {
    if (samples.length === 0) return undefined
    let [loss, correct] = [0, 0]
    for (let at = 0; at < samples.length; at += EVALUATED_AT_ONCE) {
      const some = samples.subarray(at, at + EVALUATED_AT_ONCE)
      const { x, t } = gather(this.#data, some, this.#spec.precision)
      const program = this.#backend.compile(this.#graphs.evaluation, some.length)
      const [value, output] = program.run([x, t, ...this.#tensors(parameters)])
      loss += (value?.data[0] ?? Number.NaN) * some.length
      correct += correctOf(output, t) ?? 0
    }
    return { loss: loss / samples.length, accuracy: this.#classifies ? correct / samples.length : undefined }
  }

  get #classifies(): boolean {
    const [classes = 0, ...more] = this.#data.targetShape
    return classes > 1 && more.length === 0
  }

  #batch({ epoch, batch }: TrainingState): Uint32Array {
    const { learning } = this.#samples
    const { shuffle, seed } = this.#spec
    const from = batch * this.#batchSize
    const to = Math.min(learning.length, from + this.#batchSize)
    if (!shuffle || this.#batchSize === learning.length) return learning.subarray(from, to)
    if (this.#order.epoch !== epoch)
      this.#order = { epoch, places: shuffled(learning.length, seededRandom(seed, epoch)) }
    return this.#order.places.subarray(from, to).map((place) => learning[place] ?? 0)
  }

  #order: { readonly epoch: number; readonly places: Uint32Array } = { epoch: -1, places: new Uint32Array() }

  #tensors(parameters: Parameters): Tensor[] {
    return this.#network.parameters.map(({ shape }, i) => tensor(shape, parameters[i] ?? []))
  }

  /** Dropout's numbers, fixed by seed, step and layer. */
  #uniform(shape: readonly number[], batch: number, step: number, layer: number): Tensor {
    const bound = shape.map((dim, axis) => (axis === 0 ? batch : dim))
    const random = seededRandom(this.#spec.seed, DROPOUT, step, layer)
    const data = numbersOf(this.#spec.precision, sizeOf(bound))
    for (let i = 0; i < data.length; i++) data[i] = random.uniform()
    return tensor(bound, data)
  }

  #one(): Tensor {
    const data = numbersOf(this.#spec.precision, 1).fill(1)
    return { ...scalar(1), data }
  }
}

const DROPOUT = 0xd10

/** Targets of classes moved towards all of them alike: (1 − s) t + s/K. */
function smoothed(data: DataSet, smoothing: number): DataSet {
  if (smoothing === 0) return data
  const classes = sizeOf(data.targetShape)
  const even = classes > 1 ? 1 / classes : 0.5
  return { ...data, targets: data.targets.map((t) => (1 - smoothing) * t + smoothing * even) }
}

/** How many outputs are largest where their targets are; undefined for outputs that are not classes. */
function correctOf(output: Tensor | undefined, t: Tensor): number | undefined {
  const [count = 0, classes = 0, ...more] = t.shape
  if (!output || classes < 2 || more.length > 0) return undefined
  let correct = 0
  for (let i = 0; i < count; i++)
    if (largestAt(output.data, i * classes, classes) === largestAt(t.data, i * classes, classes)) correct++
  return correct
}

function largestAt(data: ArrayLike<number>, from: number, length: number): number {
  let best = 0
  for (let i = 1; i < length; i++) if ((data[from + i] ?? 0) > (data[from + best] ?? 0)) best = i
  return best
}

function normOf(gradients: readonly Tensor[]): number {
  let sum = 0
  for (const { data } of gradients) for (let i = 0; i < data.length; i++) sum += (data[i] ?? 0) ** 2
  return Math.sqrt(sum)
}

function updateRatio(before: Parameters, after: Parameters): number {
  let [moved, size] = [0, 0]
  before.forEach((old, p) => {
    const now = after[p]
    for (let i = 0; i < old.length; i++) {
      moved += Math.abs((now?.[i] ?? 0) - (old[i] ?? 0))
      size += Math.abs(old[i] ?? 0)
    }
  })
  return size === 0 ? 0 : moved / size
}

const diverged = ({ epoch, step }: TrainingState, loss: number): NetworkError =>
  new NetworkError(
    'diverged',
    'optimizer.learningRate',
    `the loss is ${loss} at step ${step + 1} (epoch ${epoch + 1}): take a smaller learning rate, clipNorm, or inputs scaled to about −1 … 1`,
  )
