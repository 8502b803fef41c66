import type { Tensor } from '../core/ir/tensor.ts'
import { alone, item } from './batches.ts'
import { given } from './points.ts'
import { type AskedGradient, batchesOf, type GradientRun, type Runner } from './runner.ts'

/**
 * The inputs, (C,H,W), of requests that ask the same of one model: the gradient that one of them asks for at its input is computed at all
 * inputs, in as few runs as the model takes, and the others find it there.
 */
export class Company {
  readonly #runner: Runner
  readonly #inputs: readonly Tensor[]
  readonly #known = new Map<string, readonly GradientRun[]>()

  constructor(runner: Runner, inputs: readonly Tensor[]) {
    this.#runner = runner
    this.#inputs = inputs
  }

  /** A batch of one: the gradient at one of the inputs. */
  gradient(x: Tensor, asked: AskedGradient): GradientRun {
    const key = JSON.stringify([
      ...[asked.of, asked.answer, asked.rules.map(({ name }) => name)],
      ...[asked.layer?.name, asked.target],
    ])
    const known = this.#known.get(key) ?? this.#everywhere(asked)
    this.#known.set(key, known)
    const run = known[this.#inputs.indexOf(x)]
    if (!run) throw new Error('company keeps the gradients at its own inputs')
    return run
  }

  #everywhere(asked: AskedGradient): readonly GradientRun[] {
    const batches = [...batchesOf(given(this.#inputs), this.#runner.model)]
    return batches.flatMap((batch) => {
      const run = this.#runner.gradient(batch, asked)
      return Array.from({ length: batch.end - batch.begin }, (_, i) => sampleOf(run, i))
    })
  }
}

/** One sample of a run, as a batch of one over the same numbers. */
const sampleOf = ({ logits, activation, gradient }: GradientRun, index: number): GradientRun => ({
  logits: alone(item(logits, index)),
  activation: activation && alone(item(activation, index)),
  gradient: alone(item(gradient, index)),
})
