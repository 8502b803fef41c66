import type { Rule } from '../core/autodiff/differentiate.ts'
import type { Value } from '../core/ir/graph.ts'
import type { Tensor } from '../core/ir/tensor.ts'
import { item } from './batches.ts'
import { Company } from './company.ts'
import { ExplainError } from './errors.ts'
import { classCount, findLayer } from './loaded.ts'
import type { Explained, GradientOptions, ScoreOf } from './method.ts'
import { given, type Points } from './points.ts'
import { batchesOf, type GradientRun, type Runner } from './runner.ts'
import { argmax, scoreOf } from './scores.ts'
import type { Variant } from './variants.ts'

export interface Question {
  /** the input explained, (C,H,W) */
  readonly x: Tensor
  readonly of: ScoreOf
  readonly target: number | 'top'
  /** asked by name, or the card's */
  readonly layer: string | undefined
}

/**
 * F: one class of one model, as methods see it. Points run in batches of a size that is fixed for the model. The logits of a
 * single point come with its gradient and are remembered; for `top`, the first gradient at x finds the class on its way.
 */
export class ModelScore implements Explained {
  readonly #runner: Runner
  readonly #company: Company
  readonly #question: Question
  readonly #logits = new WeakMap<Tensor, Tensor>()
  #target: number | undefined

  /** In `company` are the inputs of other such questions, and this one's. Throws `bad-target` when the model has no such class. */
  constructor(runner: Runner, question: Question, company = new Company(runner, [question.x])) {
    const classes = classCount(runner.model)
    const { target } = question
    if (target !== 'top' && !(Number.isInteger(target) && target >= 0 && target < classes))
      throw new ExplainError(
        'bad-target',
        `target ${target} is not a class of the model: 0 to ${classes - 1}, or top`,
      )
    this.#runner = runner
    this.#company = company
    this.#question = question
    this.#target = target === 'top' ? undefined : target
  }

  /** The class explained. */
  get target(): number {
    this.#target ??= argmax(this.logits(this.#question.x).data)
    return this.#target
  }

  /** Throws `unknown-layer`. */
  get layerValue(): Value {
    return findLayer(this.#runner.model, this.#question.layer)
  }

  /** (K) */
  logits(x: Tensor): Tensor {
    const known = this.#logits.get(x)
    if (known) return known
    const logits = item(this.#runner.logits([x]), 0)
    this.#logits.set(x, logits)
    return logits
  }

  score(x: Tensor): number {
    return scoreOf(this.logits(x).data, this.target, this.#question.of)
  }

  gradient(x: Tensor, rules: readonly Rule[] = []): Tensor {
    return item(this.#at(x, { rules }).gradient, 0)
  }

  gradients(
    points: Points,
    visit: (gradient: Tensor, index: number) => void,
    { rules = [], answer = 'gradient' }: GradientOptions = {},
  ): void {
    const { of } = this.#question
    const asked = { of, rules, layer: undefined, answer, target: this.target }
    for (const batch of batchesOf(points, this.#runner.model))
      this.#runner.visitGradient(batch, asked, ({ gradient }) => {
        for (let i = batch.begin; i < batch.end; i++) visit(item(gradient, i - batch.begin), i)
      })
  }

  gradientSum(
    points: Points,
    weights: readonly number[],
    { rules = [], answer = 'gradient' }: GradientOptions = {},
  ): Tensor {
    const asked = { of: this.#question.of, rules, answer, target: this.target }
    return item(this.#runner.gradientSum(points, weights, asked), 0)
  }

  layer(x: Tensor): { readonly activation: Tensor; readonly gradient: Tensor } {
    const { activation, gradient } = this.#at(x, { layer: this.layerValue })
    if (!activation) throw new Error('a run with a layer answers its value')
    return { activation: item(activation, 0), gradient: item(gradient, 0) }
  }

  matches(rules: readonly Rule[]): boolean {
    const { nodes } = this.#runner.model.graph
    return nodes.some((node, index) => rules.some((rule) => rule.match(node, { index, count: nodes.length })))
  }

  /** One run at `x`; where x is the input explained and no target is known, it finds the target too. */
  #at(x: Tensor, { rules = [], layer }: Partial<Pick<Variant, 'rules' | 'layer'>>): GradientRun {
    const asked = { of: this.#question.of, rules, layer, answer: 'gradient' } as const
    const alone = (target: number) =>
      this.#runner.gradient({ points: given([x]), begin: 0, end: 1 }, { ...asked, target })
    const isInput = x === this.#question.x
    const findsTop = isInput && this.#target === undefined
    // the class that was found is this question's own
    const isShared = findsTop || (isInput && this.#question.target !== 'top')
    const target = findsTop ? undefined : this.target
    const run = isShared ? this.#company.gradient(x, { ...asked, target }) : alone(this.target)
    this.#logits.set(x, item(run.logits, 0))
    return findsTop && isTied(run.logits.data, this.target) ? alone(this.target) : run
  }
}

/** Whether the largest logit is not the only one of its size. */
const isTied = (logits: ArrayLike<number>, largest: number): boolean =>
  Array.from(logits).lastIndexOf(logits[largest] ?? NaN) !== largest
