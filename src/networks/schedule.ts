import * as z from 'zod'

/** How the learning rate changes from step to step. */
export const scheduleSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('constant').describe('Always the same') }).meta({
    id: 'ConstantSchedule',
    description: 'The learning rate as it is given',
    example: { type: 'constant' },
  }),
  z
    .strictObject({
      type: z.literal('cosine').describe('Down along half a cosine'),
      minimum: z.number().min(0).max(1000).default(0).describe('Learning rate at the end'),
    })
    .meta({
      id: 'CosineSchedule',
      description: 'minimum + (learningRate − minimum) · (1 + cos(π · step/steps))/2',
      example: { type: 'cosine', minimum: 0 },
    }),
  z
    .strictObject({
      type: z.literal('one-cycle').describe('Up, then down'),
      warmup: z.number().gt(0).lt(1).default(0.3).describe('Share of all steps in which the rate rises'),
      startDivisor: z.number().gt(1).max(1e6).default(25).describe('It starts at the learning rate ÷ this'),
      endDivisor: z.number().gt(1).max(1e9).default(1e4).describe('It ends at the start ÷ this'),
      cycleMomentum: z
        .boolean()
        .default(true)
        .describe(
          "Whether momentum (Adam's beta1) falls from 0.95 to 0.85 while the rate rises, and back; sgd without momentum stays without",
        ),
    })
    .meta({
      id: 'OneCycleSchedule',
      description:
        'Half a cosine up from learningRate/startDivisor, then half a cosine down to that ÷ endDivisor (PyTorch: OneCycleLR)',
      example: { type: 'one-cycle', warmup: 0.3, startDivisor: 25, endDivisor: 10_000, cycleMomentum: true },
    }),
  z
    .strictObject({
      type: z.literal('step').describe('Cut at times'),
      every: z.int().min(1).max(1e9).describe('Steps between two cuts'),
      factor: z.number().gt(0).lt(1).default(0.1).describe('What each cut leaves'),
    })
    .meta({
      id: 'StepSchedule',
      description: 'learningRate · factor^⌊step/every⌋',
      example: { type: 'step', every: 1000, factor: 0.1 },
    }),
])
export type Schedule = z.output<typeof scheduleSchema>

/** Half a cosine from `from` to `to` as `share` goes from 0 to 1. */
const cosine = (from: number, to: number, share: number): number =>
  to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share))

/** The learning rate of step `step`, counted from 0, of `steps`. As PyTorch's CosineAnnealingLR, OneCycleLR and StepLR. */
export function learningRateAt(schedule: Schedule, base: number, step: number, steps: number): number {
  switch (schedule.type) {
    case 'constant':
      return base
    case 'cosine':
      return cosine(base, schedule.minimum, step / steps)
    case 'step':
      return base * schedule.factor ** Math.floor(step / schedule.every)
    case 'one-cycle': {
      const start = base / schedule.startDivisor
      return cycled([start, base, start / schedule.endDivisor], schedule.warmup, step, steps)
    }
  }
}

/** What takes the place of momentum, or of Adam's beta1, in a step; undefined where the schedule leaves them. */
export function momentumAt(schedule: Schedule, step: number, steps: number): number | undefined {
  if (schedule.type !== 'one-cycle' || !schedule.cycleMomentum) return undefined
  return cycled([MOST_MOMENTUM, LEAST_MOMENTUM, MOST_MOMENTUM], schedule.warmup, step, steps)
}

/** PyTorch's base_momentum and max_momentum. */
const LEAST_MOMENTUM = 0.85
const MOST_MOMENTUM = 0.95

/** From the start to the turn, which is the warm-up's last step, and on to the end. A warm-up of one step begins at the turn. */
function cycled(
  [start, turn, end]: readonly [number, number, number],
  warmup: number,
  step: number,
  steps: number,
): number {
  const last = warmup * steps - 1
  if (step < last) return cosine(start, turn, step / last)
  return cosine(turn, end, (step - last) / (steps - 1 - last))
}
