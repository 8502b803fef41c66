import { z } from 'zod'

const rate = z.number().gt(0).max(1000)
const share = z.number().min(0).lt(1)
const weightDecay = z.number().min(0).max(1).default(0).describe('Pulls weights towards 0; not biases')

/** How weights follow their gradients. The formulas are PyTorch's. */
export const optimizerSchema = z.discriminatedUnion('type', [
  z
    .object({
      type: z.literal('sgd').describe('w ← w − η g, with momentum w ← w − η v, v ← m v + g'),
      learningRate: rate.default(0.01).describe('η'),
      momentum: share.default(0).describe("The last step's share of the next one"),
      nesterov: z.boolean().default(false).describe('Looks ahead by the momentum'),
      weightDecay,
    })
    .meta({
      example: { type: 'sgd', learningRate: 0.01, momentum: 0.9, nesterov: false, weightDecay: 0 },
    }),
  z
    .object({
      type: z
        .enum(['adam', 'adamw'])
        .describe('Steps by the means of g and g²; adamw decays weights themselves'),
      learningRate: rate.default(0.001).describe('η'),
      beta1: share.default(0.9).describe("The past's share of the mean of g"),
      beta2: share.default(0.999).describe("The past's share of the mean of g²"),
      epsilon: z.number().gt(0).max(1).default(1e-8).describe('Added to the root of the mean of g²'),
      weightDecay,
    })
    .meta({
      example: {
        type: 'adam',
        learningRate: 0.001,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        weightDecay: 0,
      },
    }),
])
export type OptimizerSpec = z.output<typeof optimizerSchema>

type Numbers = Float32Array | Float64Array

/** What an optimiser remembers of a parameter: one array of its length, or two. */
export type Memory = readonly Numbers[]

/** Arrays of zeros for each parameter. */
export function freshMemory(spec: OptimizerSpec, like: Numbers): Memory {
  const zeros = () =>
    like instanceof Float32Array ? new Float32Array(like.length) : new Float64Array(like.length)
  if (spec.type === 'sgd') return spec.momentum === 0 ? [] : [zeros()]
  return [zeros(), zeros()]
}

interface Step {
  /** counted from 1 */
  readonly step: number
  readonly learningRate: number
  /** whether the parameter decays */
  readonly decays: boolean
}

/** Moves a parameter's numbers by one step, in place. */
export function moveParameter(
  spec: OptimizerSpec,
  values: Numbers,
  gradient: Numbers,
  memory: Memory,
  { step, learningRate, decays }: Step,
): void {
  const decay = decays ? spec.weightDecay : 0
  if (spec.type === 'sgd') moveBySgd(values, gradient, memory[0], { ...spec, learningRate, decay, step })
  else moveByAdam(values, gradient, memory, { ...spec, learningRate, decay, step })
}

/** v ← m v + g; w ← w − η v, or w − η (g + m v) with Nesterov. */
function moveBySgd(
  values: Numbers,
  gradient: Numbers,
  velocity: Numbers | undefined,
  of: { momentum: number; nesterov: boolean; learningRate: number; decay: number; step: number },
): void {
  for (let i = 0; i < values.length; i++) {
    const w = values[i] ?? 0
    const g = (gradient[i] ?? 0) + of.decay * w
    let direction = g
    if (velocity) {
      const v = of.step === 1 ? g : of.momentum * (velocity[i] ?? 0) + g
      velocity[i] = v
      direction = of.nesterov ? g + of.momentum * v : v
    }
    values[i] = w - of.learningRate * direction
  }
}

/** m ← β₁m + (1−β₁)g; s ← β₂s + (1−β₂)g²; w ← w − η m̂/(√ŝ + ε). adamw decays w itself (Loshchilov and Hutter 2019). */
function moveByAdam(
  values: Numbers,
  gradient: Numbers,
  [means, squares]: Memory,
  of: {
    type: 'adam' | 'adamw'
    beta1: number
    beta2: number
    epsilon: number
    learningRate: number
    decay: number
    step: number
  },
): void {
  if (!means || !squares) throw new RangeError('adam remembers two arrays')
  const meanScale = 1 / (1 - of.beta1 ** of.step)
  const squareScale = 1 / (1 - of.beta2 ** of.step)
  for (let i = 0; i < values.length; i++) {
    let w = values[i] ?? 0
    let g = gradient[i] ?? 0
    if (of.type === 'adamw') w -= of.learningRate * of.decay * w
    else g += of.decay * w
    const m = of.beta1 * (means[i] ?? 0) + (1 - of.beta1) * g
    const s = of.beta2 * (squares[i] ?? 0) + (1 - of.beta2) * g * g
    means[i] = m
    squares[i] = s
    values[i] = w - (of.learningRate * m * meanScale) / (Math.sqrt(s * squareScale) + of.epsilon)
  }
}
