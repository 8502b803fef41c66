import * as z from 'zod'

const rate = z.number().gt(0).max(1000).describe('How far weights follow their gradients')
const share = z.number().min(0).lt(1)
const decay = z.number().min(0).max(1).describe('Pulls what decays towards 0')
const decays = z
  .enum(['all', 'weights'])
  .default('all')
  .describe('What decays: all that is learnt, as in PyTorch, or not biases')
const moments = {
  learningRate: rate.default(0.001),
  beta1: share.default(0.9).describe("The past's share of the mean gradient"),
  beta2: share.default(0.999).describe("The past's share of the mean square"),
  epsilon: z.number().gt(0).max(1).default(1e-8).describe('Added to the root of the mean square'),
  decays,
}

const momentsExample = { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decays: 'all' }

const ADAM =
  'w ← w − learningRate · m/(√s + epsilon), m and s the running means of g and g², corrected for their start at 0'

/** How weights follow their gradients, each number its own. Formulas and defaults are PyTorch's. */
export const gradientOptimizerSchema = z.discriminatedUnion('type', [
  z
    .strictObject({
      type: z.literal('sgd').describe('Stochastic gradient descent'),
      learningRate: rate.default(0.01),
      momentum: share.default(0).describe("The last step's share of the next one"),
      nesterov: z.boolean().default(false).describe('Looks ahead by the momentum'),
      weightDecay: decay.default(0),
      decays,
    })
    .meta({
      id: 'SgdOptimizer',
      description: 'v ← momentum · v + g; w ← w − learningRate · v, or with Nesterov · (g + momentum · v)',
      example: {
        type: 'sgd',
        learningRate: 0.01,
        momentum: 0.9,
        nesterov: false,
        weightDecay: 0,
        decays: 'all',
      },
    }),
  z
    .strictObject({ type: z.literal('adam').describe('Adam'), ...moments, weightDecay: decay.default(0) })
    .meta({
      id: 'AdamOptimizer',
      description: ADAM,
      example: { type: 'adam', ...momentsExample, weightDecay: 0 },
    }),
  z
    .strictObject({
      type: z.literal('adamw').describe('Adam that decays the weights themselves'),
      ...moments,
      weightDecay: decay.default(0.01),
    })
    .meta({
      id: 'AdamWOptimizer',
      description: `${ADAM}; before that w ← w − learningRate · weightDecay · w`,
      example: { type: 'adamw', ...momentsExample, weightDecay: 0.01 },
    }),
])
export type GradientOptimizer = z.output<typeof gradientOptimizerSchema>

/** What moves weights in trainings. */
export const optimizerSchema = z.discriminatedUnion('type', [
  ...gradientOptimizerSchema.options,
  z
    .strictObject({
      type: z
        .literal('levenberg-marquardt')
        .describe('Levenberg and Marquardt: few weights, squared errors, all samples at once'),
      damping: z
        .number()
        .gt(0)
        .max(1e10)
        .default(0.001)
        .describe('At the start: small as Gauss and Newton, large as short steps down the slope'),
    })
    .meta({
      id: 'LevenbergMarquardtOptimizer',
      description:
        'w ← w − (JᵀJ + damping · I)⁻¹ Jᵀ r; damping falls after a step that helps, and rises until one does',
      example: { type: 'levenberg-marquardt', damping: 0.001 },
    }),
])
export type OptimizerSpec = z.output<typeof optimizerSchema>

type Numbers = Float32Array | Float64Array

/** What an optimiser remembers of a parameter: one array of its length, or two; Levenberg–Marquardt its damping, the same for all. */
export type Memory = readonly Numbers[]

/** What it remembers before the first step. */
export function freshMemory(spec: OptimizerSpec, like: Numbers): Memory {
  const zeros = () =>
    like instanceof Float32Array ? new Float32Array(like.length) : new Float64Array(like.length)
  if (spec.type === 'levenberg-marquardt') return [Float64Array.of(spec.damping)]
  if (spec.type === 'sgd') return spec.momentum === 0 ? [] : [zeros()]
  return [zeros(), zeros()]
}

interface Step {
  /** counted from 1 */
  readonly step: number
  readonly learningRate: number
  /** in place of the optimiser's momentum or beta1 */
  readonly momentum: number | undefined
  readonly role: 'weight' | 'bias'
}

/** Moves a parameter's numbers by one step, in place. */
export function moveParameter(
  spec: GradientOptimizer,
  values: Numbers,
  gradient: Numbers,
  memory: Memory,
  { step, learningRate, momentum, role }: Step,
): void {
  const decay = spec.decays === 'all' || role === 'weight' ? spec.weightDecay : 0
  const now = { learningRate, decay, step }
  if (spec.type === 'sgd')
    moveBySgd(values, gradient, memory[0], { ...spec, ...now, momentum: momentum ?? spec.momentum })
  else moveByAdam(values, gradient, memory, { ...spec, ...now, beta1: momentum ?? spec.beta1 })
}

/** v ← m v + g; w ← w − η v, or w − η (g + m v) with Nesterov. */
function moveBySgd(
  values: Numbers,
  gradient: Numbers,
  velocity: Numbers | undefined,
  of: { momentum: number; nesterov: boolean; learningRate: number; decay: number },
): void {
  const { momentum, nesterov, learningRate, decay } = of
  for (let i = 0; i < values.length; i++) {
    const w = values[i] ?? 0
    const g = (gradient[i] ?? 0) + decay * w
    let direction = g
    if (velocity) {
      const v = momentum * (velocity[i] ?? 0) + g
      velocity[i] = v
      direction = nesterov ? g + momentum * v : v
    }
    values[i] = w - learningRate * direction
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
  const { beta1, beta2, learningRate, decay, step } = of
  // η m̂/(√ŝ + ε) with the corrections taken out of the loop
  const correction = Math.sqrt(1 - beta2 ** step)
  const rate = (learningRate * correction) / (1 - beta1 ** step)
  const epsilon = of.epsilon * correction
  const kept = of.type === 'adamw' ? 1 - learningRate * decay : 1
  const coupled = of.type === 'adam' ? decay : 0
  for (let i = 0; i < values.length; i++) {
    const w = values[i] ?? 0
    const g = (gradient[i] ?? 0) + coupled * w
    const m = beta1 * (means[i] ?? 0) + (1 - beta1) * g
    const s = beta2 * (squares[i] ?? 0) + (1 - beta2) * g * g
    means[i] = m
    squares[i] = s
    values[i] = kept * w - (rate * m) / (Math.sqrt(s) + epsilon)
  }
}
