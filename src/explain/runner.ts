import type { Backend, Program } from '../core/backend.ts'
import { CoreError } from '../core/errors.ts'
import type { Graph, Value } from '../core/ir/graph.ts'
import { sizeOf } from '../core/ir/shape.ts'
import type { Tensor } from '../core/ir/tensor.ts'
import { totalShape } from '../core/ops/accumulate.ts'
import { stack } from './batches.ts'
import { type LoadedModel, pointsPerRun } from './loaded.ts'
import type { Points } from './points.ts'
import { addTo, zeros } from './tensor.ts'
import { Clock } from './timings.ts'
import {
  cachedGraph,
  type Derivative,
  derivativeKey,
  forwardGraph,
  gradientGraph,
  gradientSumGraph,
  imageGraph,
  lineMadeAt,
  sumAtInputGraph,
  summedAt,
  type Variant,
  variantKey,
} from './variants.ts'

/** Answers for a batch of points; each tensor starts with the batch dimension. */
export interface GradientRun {
  readonly logits: Tensor
  /** the value of the layer asked for */
  readonly activation: Tensor | undefined
  readonly gradient: Tensor
}

/** Which of the points make up a run. */
export interface Batch {
  readonly points: Points
  readonly begin: number
  readonly end: number
}

/**
 * Points whose gradients are added up in f32: one after the other, whatever the batches, for the same bits. Of nearly equal ones, as
 * along a line, the rounding error grows with their number.
 */
const SUMMED_AT_ONCE = 64

/** The points from `begin` to `end`, or their last one, in as few batches as the model takes: about equal ones, the larger first. */
export function* batchesOf(
  points: Points,
  model: LoadedModel,
  begin = 0,
  end: number = points.count,
): Generator<Batch> {
  const last = Math.min(end, points.count)
  let at = begin
  for (let left = Math.ceil((last - begin) / pointsPerRun(model)); left > 0; left--) {
    const next = at + Math.ceil((last - at) / left)
    yield { points, begin: at, end: next }
    at = next
  }
}

/** The batches by their sizes, one or two, and in their order: larger ones come first. */
function equalBatches(batches: Iterable<Batch>): ReadonlyMap<number, readonly Batch[]> {
  return Map.groupBy(batches, ({ begin, end }) => end - begin)
}

/** What is differentiated, and where; `target` undefined: each point's own largest logit. */
export interface AskedGradient extends Omit<Variant, 'cotangent' | 'points'> {
  readonly target: number | undefined
}

/** What is added up over points. */
export interface AskedSum extends Omit<Derivative, 'points'> {
  readonly target: number
}

/** Runs one model's graphs on a backend, and keeps the time. */
export class Runner {
  /**
   * `plan`: making graphs and programs; `forward`: logits alone; `gradient`: logits and gradient, in one run, with what is added
   * up of them
   */
  readonly clock = new Clock<'plan' | 'forward' | 'gradient'>()
  readonly model: LoadedModel
  readonly backend: Backend

  constructor(model: LoadedModel, backend: Backend) {
    this.model = model
    this.backend = backend
  }

  /** (N,K) */
  logits(points: readonly Tensor[]): Tensor {
    const program = this.#program('forward', () => forwardGraph(this.model), points.length)
    const inputs = [stack(points, this.backend.precision)]
    return expected(this.clock.measure('forward', () => program.run(inputs))[0])
  }

  /** The gradient of the target's score at each point; of each point's own largest logit when no target is given. */
  gradient(batch: Batch, asked: AskedGradient): GradientRun {
    const { program, inputs } = this.#prepared(batch, asked)
    return gradientRun(
      this.clock.measure('gradient', () => program.run(inputs)),
      asked,
    )
  }

  /** As `gradient`, without a copy: valid during `use` only. */
  visitGradient(batch: Batch, asked: AskedGradient, use: (answer: GradientRun) => void): void {
    const { program, inputs } = this.#prepared(batch, asked)
    this.clock.measure('gradient', () => program.visit(inputs, (outputs) => use(gradientRun(outputs, asked))))
  }

  /**
   * Σ weightᵢ · what is answered of pointᵢ, (1,C,H,W): added up in the runs themselves, in f64 from one part of the points to the
   * next. With rules that are linear in the cotangent only where it keeps its sign, weights are not below 0.
   */
  gradientSum(asked: Points, weights: readonly number[], { target, ...derivative }: AskedSum): Tensor {
    const full: Derivative = { ...derivative, points: asked.form }
    const at = summedAt(this.model, full)
    const { points, made } = this.#made(asked, full)
    const key = `${derivativeKey(full)} made at ${made.name}`
    const none = zeros(totalShape(at.shape), this.backend.precision)
    const whole = points.count > SUMMED_AT_ONCE ? new Float64Array(none.data.length) : undefined
    // a gradient is linear in its cotangent: a point's weight is its one-hot's
    const inputsOf = ({ begin, end }: Batch) => [
      ...points.inputs(begin, end, this.backend.precision),
      this.#oneHot(target, weights.slice(begin, end)),
    ]
    let total = none
    for (let first = 0; first < points.count; first += SUMMED_AT_ONCE) {
      total = none
      const batches = batchesOf(points, this.model, first, first + SUMMED_AT_ONCE)
      for (const [size, equal] of equalBatches(batches)) {
        const program = this.#program(key, () => gradientSumGraph(this.model, full, made), size)
        total = this.clock.measure('gradient', () => program.fold(total, equal.values().map(inputsOf)))
      }
      if (whole) addTo(whole, total)
    }
    if (whole) total.data.set(whole)
    const program = this.#program(`${key} at the input`, () => sumAtInputGraph(this.model, at), 1)
    return expected(this.clock.measure('gradient', () => program.run([total]))[0])
  }

  /** The points where they are made: at the input, or, of a line, their images at the end of a dear stem. */
  #made(points: Points, derivative: Derivative): { readonly points: Points; readonly made: Value } {
    const { imagesUnder } = points
    const made = imagesUnder ? lineMadeAt(this.model, derivative) : this.model.input
    if (!imagesUnder || made === this.model.input) return { points, made }
    const program = this.#program(`${derivativeKey(derivative)} made`, () => imageGraph(this.model, made), 1)
    const image = (x: Tensor) => {
      const input = stack([x], this.backend.precision)
      return expected(this.clock.measure('forward', () => program.run([input]))[0])
    }
    return { points: imagesUnder(image), made }
  }

  #prepared({ points, begin, end }: Batch, { target, ...variant }: AskedGradient) {
    const cotangent = target === undefined ? 'top' : 'given'
    const full: Variant = { ...variant, cotangent, points: points.form }
    const count = end - begin
    const program = this.#program(variantKey(full), () => gradientGraph(this.model, full), count)
    const made = points.inputs(begin, end, this.backend.precision)
    const weights = new Array<number>(count).fill(1)
    return { program, inputs: target === undefined ? made : [...made, this.#oneHot(target, weights)] }
  }

  #program(key: string, make: () => Graph, batch: number): Program {
    return this.clock.measure('plan', () => this.backend.compile(cachedGraph(this.model, key, make), batch))
  }

  /** A row for each weight, which stands at the target. */
  #oneHot(target: number, weights: readonly number[]): Tensor {
    const sample = this.model.logits.shape.slice(1)
    const classes = sizeOf(sample)
    const rows = zeros([weights.length, ...sample], this.backend.precision)
    weights.forEach((weight, i) => {
      rows.data[i * classes + target] = weight
    })
    return rows
  }
}

const gradientRun = (outputs: readonly Tensor[], { layer }: AskedGradient): GradientRun => ({
  logits: expected(outputs[0]),
  activation: layer && expected(outputs[1]),
  gradient: expected(outputs.at(-1)),
})

function expected(output: Tensor | undefined): Tensor {
  if (!output) throw new CoreError('graph', 'a program answered fewer outputs than its graph has')
  return output
}
