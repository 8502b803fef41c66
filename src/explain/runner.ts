import type { Backend, Program } from '../core/backend.ts'
import { CoreError } from '../core/errors.ts'
import type { Graph } from '../core/ir/graph.ts'
import { sizeOf } from '../core/ir/shape.ts'
import { type Tensor, tensor } from '../core/ir/tensor.ts'
import { stack } from './batches.ts'
import type { LoadedModel } from './loaded.ts'
import type { Points } from './points.ts'
import { Clock } from './timings.ts'
import { cachedGraph, forwardGraph, gradientGraph, type Variant, variantKey } from './variants.ts'

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

/** What is differentiated, and where; `target` undefined: each point's own largest logit. */
export interface AskedGradient extends Omit<Variant, 'cotangent' | 'points'> {
  readonly target: number | undefined
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

  #prepared({ points, begin, end }: Batch, { target, ...variant }: AskedGradient) {
    const cotangent = target === undefined ? 'top' : 'given'
    const full: Variant = { ...variant, cotangent, points: points.form }
    const count = end - begin
    const program = this.#program(variantKey(full), () => gradientGraph(this.model, full), count)
    const made = points.inputs(begin, end, this.backend.precision)
    return { program, inputs: target === undefined ? made : [...made, this.#oneHot(count, target)] }
  }

  #program(key: string, make: () => Graph, batch: number): Program {
    return this.clock.measure('plan', () => this.backend.compile(cachedGraph(this.model, key, make), batch))
  }

  #oneHot(batch: number, target: number): Tensor {
    const sample = this.model.logits.shape.slice(1)
    const classes = sizeOf(sample)
    const data = new Float64Array(batch * classes)
    for (let i = 0; i < batch; i++) data[i * classes + target] = 1
    return tensor([batch, ...sample], data)
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
