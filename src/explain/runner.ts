import type { Backend } from '../core/backend.ts'
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

/** Runs one model's graphs on a backend, and keeps the time. */
export class Runner {
  /** `plan`: making graphs and programs; `forward`: logits alone; `gradient`: logits and gradient, in one run */
  readonly clock = new Clock<'plan' | 'forward' | 'gradient'>()
  readonly model: LoadedModel
  readonly backend: Backend

  constructor(model: LoadedModel, backend: Backend) {
    this.model = model
    this.backend = backend
  }

  /** (N,K) */
  logits(points: readonly Tensor[]): Tensor {
    const run = this.#program('forward', () => forwardGraph(this.model), points.length)
    return expected(this.clock.measure('forward', () => run([stack(points, this.backend.precision)]))[0])
  }

  /** The gradient of the target's score at each point; of each point's own largest logit when no target is given. */
  gradient(
    { points, begin, end }: Batch,
    variant: Omit<Variant, 'cotangent' | 'points'>,
    target: number | undefined,
  ): GradientRun {
    const cotangent = target === undefined ? 'top' : 'given'
    const full: Variant = { ...variant, cotangent, points: points.form }
    const count = end - begin
    const run = this.#program(variantKey(full), () => gradientGraph(this.model, full), count)
    const made = points.inputs(begin, end, this.backend.precision)
    const inputs = target === undefined ? made : [...made, this.#oneHot(count, target)]
    const outputs = this.clock.measure('gradient', () => run(inputs))
    return {
      logits: expected(outputs[0]),
      activation: variant.layer && expected(outputs[1]),
      gradient: expected(outputs.at(-1)),
    }
  }

  #program(key: string, make: () => Graph, batch: number): (inputs: readonly Tensor[]) => Tensor[] {
    const program = this.clock.measure('plan', () =>
      this.backend.compile(cachedGraph(this.model, key, make), batch),
    )
    return (inputs) => program.run(inputs)
  }

  #oneHot(batch: number, target: number): Tensor {
    const sample = this.model.logits.shape.slice(1)
    const classes = sizeOf(sample)
    const data = new Float64Array(batch * classes)
    for (let i = 0; i < batch; i++) data[i * classes + target] = 1
    return tensor([batch, ...sample], data)
  }
}

function expected(output: Tensor | undefined): Tensor {
  if (!output) throw new CoreError('graph', 'a program answered fewer outputs than its graph has')
  return output
}
