import type { Backend } from '../core/backend.ts'
import { sizeOf } from '../core/ir/shape.ts'
import { scalar, type Tensor, tensor } from '../core/ir/tensor.ts'
import { accuracyOf, type CountRight } from './accuracy.ts'
import { checkTraining } from './check-training.ts'
import { type DataSet, gather, numbersOf, split } from './data.ts'
import { firstNonFinite } from './divergence.ts'
import { type Epoch, epochOf } from './epoch.ts'
import { NetworkError } from './errors.ts'
import { LevenbergMarquardt } from './levenberg-marquardt.ts'
import { type Loss, lossNamed, shareOf, smoothed } from './loss.ts'
import { type Network, type Parameters, parameterTensors, samplesAtOnce } from './network.ts'
import { normOf } from './norm.ts'
import { type GradientOptimizer, moveParameter } from './optimizer.ts'
import { seededRandom, shuffled } from './random.ts'
import { type EpochRecord, measure } from './records.ts'
import { learningRateAt, momentumAt } from './schedule.ts'
import { copied, NO_SUMS, type RunningState, runningFrom, type TrainingState } from './state.ts'
import type { TrainingSpec } from './training.ts'
import { evaluationGraph, trainingGraph } from './training-graph.ts'
import { Watch } from './watch.ts'

/** When to give the thread back: the state goes on from there, to the same weights. It changes with the next step. */
export type Pause = (state: TrainingState) => boolean

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
  readonly #lossOf: Loss
  readonly #countRight: CountRight | undefined
  readonly #epoch: Epoch
  readonly #damped: LevenbergMarquardt | undefined
  readonly #watch: Watch
  /** no step, however short, lowers the loss */
  #isStuck = false

  constructor(network: Network, data: DataSet, spec: TrainingSpec, backend: Backend) {
    checkTraining(network, data, spec)
    const loss = lossNamed(spec.loss)
    this.#network = network
    this.#data = smoothed(data, loss, spec.labelSmoothing)
    this.#lossOf = loss
    this.#countRight = accuracyOf(loss, data)
    this.#spec = spec
    this.#backend = backend
    this.#graphs = { training: trainingGraph(network, loss), evaluation: evaluationGraph(network, loss) }
    this.#samples = split(data, spec.validation, spec.seed)
    this.#epoch = epochOf(data.count, spec)
    this.#watch = new Watch(network, this.#data, spec, backend)
    if (spec.optimizer.type === 'levenberg-marquardt')
      this.#damped = new LevenbergMarquardt(network, this.#data, this.#samples.learning, { spec, backend })
  }

  /** Of the last step. */
  get loss(): number {
    return this.#loss
  }

  /** Goes on until the end, or until `pause` says so after a step. Throws NetworkError `diverged`. */
  run(from: TrainingState, pause: Pause): TrainingState {
    const state = runningFrom(from)
    if (state.step === 0) this.#look(state, new Map())
    while (state.ended === undefined) {
      this.#step(state)
      if (state.batch === this.#epoch.stepsPerEpoch) this.#endEpoch(state)
      if (pause(state)) break
    }
    return state
  }

  /**
   * The state of a training that diverged, without its best weights if they were on their way there: the mean loss of an epoch
   * in which they moved by many steps says little of where they came to.
   */
  checked(state: TrainingState): TrainingState {
    const { best } = state
    if (!best || this.#samples.validation.length > 0 || this.#epoch.stepsPerEpoch === 1) return state
    const loss = this.#evaluate(best.parameters, this.#samples.learning)?.loss ?? Number.NaN
    return loss <= MOST_WORSE * best.loss ? state : { ...state, best: undefined }
  }

  #step(state: RunningState): void {
    const started = performance.now()
    const { precision, optimizer, clipNorm } = this.#spec
    const samples = this.#batch(state)
    const { x, t } = gather(this.#data, samples, precision)
    const { graph, uniforms, states } = this.#graphs.training
    const inputs = [
      x,
      ...parameterTensors(this.#network, state.parameters),
      ...uniforms.map((shape, i) => this.#uniform(shape, samples.length, state.step, i)),
      t,
      this.#one(),
    ]
    const [loss, output, ...rest] = this.#backend.compile(graph, samples.length).run(inputs)
    const value = loss?.data[0] ?? Number.NaN
    this.#loss = value
    if (!Number.isFinite(value)) throw this.#diverged(state, value, inputs)
    const gradients = rest.slice(states.length)
    // of an epoch's last step alone it is told how long the gradients were and how far the weights moved
    const before = state.batch + 1 === this.#epoch.stepsPerEpoch ? copied(state.parameters) : undefined
    const norm = before || clipNorm !== undefined ? normOf(gradients) : 0
    const scale = clipNorm !== undefined && norm > clipNorm ? clipNorm / norm : 1
    if (scale !== 1) for (const { data } of gradients) scaleBy(data, scale)
    const learningRate =
      optimizer.type === 'levenberg-marquardt'
        ? this.#moveDamped(state)
        : this.#moveAlong(gradients, state, optimizer)
    states.forEach((place, i) => {
      state.parameters[place]?.set(rest[i]?.data ?? [])
    })
    if (before) {
      if (!state.parameters.every(allFinite)) throw this.#overflown(state, before)
      this.#last = { learningRate, gradientNorm: norm, before, moves: movesOf(before, state.parameters) }
    }
    state.batch += 1
    state.step += 1
    state.sums = {
      loss: state.sums.loss + value * shareOf(this.#lossOf, samples.length, this.#samples.learning.length),
      correct: state.sums.correct + this.#rightOf(output, t),
      samples: state.sums.samples + samples.length,
      ms: state.sums.ms + performance.now() - started,
    }
  }

  /** One step of an optimiser that follows gradients; answers its learning rate. */
  #moveAlong(gradients: readonly Tensor[], state: RunningState, optimizer: GradientOptimizer): number {
    const { schedule, epochs } = this.#spec
    const steps = epochs * this.#epoch.stepsPerEpoch
    const learningRate = learningRateAt(schedule, optimizer.learningRate, state.step, steps)
    const momentum = momentumAt(schedule, state.step, steps)
    this.#graphs.training.learnt.forEach((place, i) => {
      const values = state.parameters[place]
      const gradient = gradients[i]?.data
      if (!values || !gradient) return
      const role = this.#network.parameters[place]?.role === 'bias' ? 'bias' : 'weight'
      moveParameter(optimizer, values, gradient, state.memory[place] ?? [], {
        step: state.step + 1,
        learningRate,
        momentum,
        role,
      })
    })
    return learningRate
  }

  /** One step of Levenberg and Marquardt, whose steps are whole: the learning rate is 1. */
  #moveDamped(state: RunningState): number {
    const lossOf = (tried: Parameters) => this.#evaluate(tried, this.#samples.learning)?.loss ?? Number.NaN
    const [damping = Number.NaN] = state.memory[0]?.[0] ?? []
    const next = this.#damped?.step(state.parameters, damping, lossOf)
    if (next) for (const [remembered] of state.memory) remembered?.fill(next.damping)
    this.#isStuck = next?.moved === false
    return 1
  }

  #loss = Number.NaN
  /** of an epoch's last step */
  #last: {
    readonly learningRate: number
    readonly gradientNorm: number
    readonly before: Parameters
    readonly moves: readonly Move[]
  } = { learningRate: 0, gradientNorm: 0, before: [], moves: [] }

  #endEpoch(state: RunningState): void {
    const { epochs, patience } = this.#spec
    const { loss, correct, samples, ms } = state.sums
    const { learningRate, gradientNorm, before, moves } = this.#last
    const validation = this.#evaluate(state.parameters, this.#samples.validation)
    const record: EpochRecord = {
      epoch: state.epoch + 1,
      loss,
      ...(this.#countRight && { accuracy: correct / samples }),
      ...(validation && {
        validationLoss: measure(validation.loss),
        validationAccuracy: validation.accuracy,
      }),
      samplesPerSecond: samples / (ms / 1000),
      learningRate,
      gradientNorm: measure(gradientNorm),
      updateRatio: measure(updateRatio(moves)),
    }
    const judged = validation?.loss ?? loss
    const isBest = Number.isFinite(judged) && (state.best === undefined || judged < state.best.loss)
    // the loss of a single step is that of the weights before it
    const judgedWeights = !validation && this.#epoch.stepsPerEpoch === 1 ? before : state.parameters
    if (isBest) state.best = { epoch: record.epoch, loss: judged, parameters: copied(judgedWeights) }
    const waited = record.epoch - (state.best?.epoch ?? record.epoch)
    if (record.epoch >= epochs) state.ended = 'finished'
    else if (this.#isStuck || (patience !== undefined && waited >= patience)) state.ended = 'stopped-early'
    state.epoch = record.epoch
    state.batch = 0
    state.sums = NO_SUMS
    state.history.push(record)
    if (state.ended !== undefined || this.#watch.isDue(record.epoch)) this.#look(state, this.#ratios(moves))
  }

  #look(state: RunningState, updateRatios: ReadonlyMap<string, number>): void {
    const { diagnostics, dead } = this.#watch.look(state.epoch, state.parameters, state.dead, updateRatios)
    state.diagnostics.push(diagnostics)
    state.dead = dead
  }

  /** How much each layer with weights moved. */
  #ratios(moves: readonly Move[]): ReadonlyMap<string, number> {
    const { parameters } = this.#network
    const byLayer = Map.groupBy(moves, (_, place) => parameters[place]?.layer ?? '')
    return new Map([...byLayer].map(([layer, own]) => [layer, updateRatio(own)]))
  }

  /** The loss of some samples and the share that is right; undefined when there are none. */
  #evaluate(
    parameters: Parameters,
    samples: Uint32Array,
  ): { loss: number; accuracy: number | undefined } | undefined {
    if (samples.length === 0) return undefined
    let [loss, correct] = [0, 0]
    const batch = samplesAtOnce(this.#network)
    for (let at = 0; at < samples.length; at += batch) {
      const some = samples.subarray(at, at + batch)
      const { x, t } = gather(this.#data, some, this.#spec.precision)
      const program = this.#backend.compile(this.#graphs.evaluation, some.length)
      const [value, output] = program.run([x, ...parameterTensors(this.#network, parameters), t])
      loss += (value?.data[0] ?? Number.NaN) * shareOf(this.#lossOf, some.length, samples.length)
      correct += this.#rightOf(output, t)
    }
    return { loss, accuracy: this.#countRight && correct / samples.length }
  }

  #rightOf(output: Tensor | undefined, t: Tensor): number {
    return output && this.#countRight ? this.#countRight(output, t) : 0
  }

  #batch({ epoch, batch }: TrainingState): Uint32Array {
    const { learning } = this.#samples
    const { shuffle, seed } = this.#spec
    const from = batch * this.#epoch.samplesPerStep
    const to = Math.min(learning.length, from + this.#epoch.samplesPerStep)
    if (!shuffle || this.#epoch.samplesPerStep === learning.length) return learning.subarray(from, to)
    if (this.#order.epoch !== epoch)
      this.#order = { epoch, places: shuffled(learning.length, seededRandom(seed, epoch)) }
    return this.#order.places.subarray(from, to).map((place) => learning[place] ?? 0)
  }

  #order: { readonly epoch: number; readonly places: Uint32Array } = { epoch: -1, places: new Uint32Array() }

  /** Dropout's numbers, fixed by seed, step and layer. */
  #uniform(shape: readonly number[], batch: number, step: number, layer: number): Tensor {
    const bound = shape.map((dim, axis) => (axis === 0 ? batch : dim))
    const random = seededRandom(this.#spec.seed, DROPOUT, step, layer)
    const data = numbersOf(this.#spec.precision, sizeOf(bound))
    for (let i = 0; i < data.length; i++) data[i] = random.uniform()
    return tensor(bound, data)
  }

  /** Where the numbers first went wrong, and what to try. `inputs`: of the training graph. */
  #diverged({ epoch, step }: TrainingState, loss: number, inputs: readonly Tensor[]): NetworkError {
    // all but targets and cotangent
    const layer = firstNonFinite(this.#network, this.#backend, inputs.slice(0, -2))
    const where =
      layer === undefined
        ? 'every layer is finite, the loss itself is not'
        : `the first layer without finite numbers is ${layer}`
    return diverged(`the loss is ${loss} at step ${step + 1} (epoch ${epoch + 1}); ${where}`)
  }

  /** The last step led where numbers are not finite: it is taken back. */
  #overflown({ epoch, step, parameters }: TrainingState, before: Parameters): NetworkError {
    const place = parameters.findIndex((values) => !allFinite(values))
    parameters.forEach((values, i) => {
      values.set(before[i] ?? values)
    })
    const name = this.#network.parameters[place]?.name
    return diverged(`${name} is not finite after step ${step + 1} (epoch ${epoch + 1})`)
  }

  #one(): Tensor {
    const data = numbersOf(this.#spec.precision, 1).fill(1)
    return { ...scalar(1), data }
  }
}

const diverged = (what: string): NetworkError =>
  new NetworkError(
    'diverged',
    'optimizer.learningRate',
    `${what}: take a smaller learning rate, clipNorm, or inputs scaled to about −1 … 1`,
  )

/** Times the loss that they are kept for, weights may have after all. */
const MOST_WORSE = 2

const DROPOUT = 0xd10

function allFinite(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false
  return true
}

function scaleBy(data: Tensor['data'], factor: number): void {
  for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? 0) * factor
}

/** How far the numbers of a parameter moved, and how large they were before. */
interface Move {
  readonly distance: number
  readonly size: number
}

const movesOf = (before: Parameters, after: Parameters): Move[] =>
  before.map((old, p) => ({ distance: distanceOf(old, after[p] ?? old), size: distanceOf(old, ZEROS) }))

function updateRatio(moves: readonly Move[]): number {
  const distance = moves.reduce((sum, move) => sum + move.distance, 0)
  const size = moves.reduce((sum, move) => sum + move.size, 0)
  return size === 0 ? 0 : distance / size
}

const ZEROS = new Float32Array()

/** Σ |a − b|; b is 0 beyond its end. */
function distanceOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += Math.abs((a[i] ?? 0) - (b[i] ?? 0))
  return sum
}
