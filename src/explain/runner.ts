import type { Backend } from '../core/backend.ts'
import { CoreError } from '../core/errors.ts'
import type { Graph } from '../core/ir/graph.ts'
import { sizeOf } from '../core/ir/shape.ts'
import { type Tensor, tensor } from '../core/ir/tensor.ts'
import { stack } from './batches.ts'
import type { LoadedModel } from './loaded.ts'
import { Clock } from './timings.ts'
import { cachedGraph, forwardGraph, gradientGraph, type Variant, variantKey } from './variants.ts'

/** Answers for a batch of points; each tensor starts with the batch dimension. */
export interface GradientRun {
  readonly logits: Tensor
  /** A, what the gradient is with respect to: the layer's value, or the input */
  readonly activation: Tensor
  readonly gradient: Tensor
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
    return expected(this.clock.measure('forward', () => run([this.#stack(points)]))[0])
  }

  /** The gradient of the target's score at each point; of each point's own largest logit when no target is given. */
  gradient(
    points: readonly Tensor[],
    variant: Omit<Variant, 'cotangent'>,
    target: number | undefined,
  ): GradientRun {
    const full: Variant = { ...variant, cotangent: target === undefined ? 'top' : 'given' }
    const run = this.#program(variantKey(full), () => gradientGraph(this.model, full), points.length)
    const input = this.#stack(points)
    const inputs = target === undefined ? [input] : [input, this.#oneHot(points.length, target)]
    const outputs = this.clock.measure('gradient', () => run(inputs))
    return {
      logits: expected(outputs[0]),
      activation: variant.layer ? expected(outputs[1]) : input,
      gradient: expected(outputs.at(-1)),
    }
  }

  #program(key: string, make: () => Graph, batch: number): (inputs: readonly Tensor[]) => Tensor[] {
    const program = this.clock.measure('plan', () =>
      this.backend.compile(cachedGraph(this.model, key, make), batch),
    )
    return (inputs) => program.run(inputs)
  }

  #stack(points: readonly Tensor[]): Tensor {
    return stack(points, this.backend.precision)
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
