import { describe, expect, it } from 'vitest'
import { freshMemory, type GradientOptimizer, moveParameter } from '../../src/networks/optimizer.ts'
import { learningRateAt, momentumAt, scheduleSchema } from '../../src/networks/schedule.ts'

describe('one cycle', () => {
  const schedule = scheduleSchema.parse({ type: 'one-cycle' })
  const at = (step: number, steps: number) => [
    learningRateAt(schedule, 1, step, steps).toPrecision(9),
    momentumAt(schedule, step, steps)?.toPrecision(9),
  ]

  it('rises from base/25 to base, and falls to a ten-thousandth of its start; momentum goes the other way', () => {
    expect(at(0, 10)).toEqual(['0.0400000000', '0.950000000'])
    expect(at(2, 10)).toEqual(['1.00000000', '0.850000000'])
    expect(at(9, 10)).toEqual(['0.00000400000000', '0.950000000'])
  })

  it.each([1, 2, 3, 10])('is a number in each of %i steps, also where the warm-up is one step', (steps) => {
    const half = scheduleSchema.parse({ type: 'one-cycle', warmup: 0.5 })
    for (let step = 0; step < steps; step++) {
      expect(learningRateAt(half, 1, step, steps)).toBeGreaterThan(0)
      expect(learningRateAt(half, 1, step, steps)).toBeLessThanOrEqual(1)
    }
  })

  it('leaves momentum alone where it is told to', () => {
    expect(
      momentumAt(scheduleSchema.parse({ type: 'one-cycle', cycleMomentum: false }), 3, 10),
    ).toBeUndefined()
  })
})

describe('decay', () => {
  it.each([
    ['all', 'bias', 0.9],
    ['weights', 'bias', 1],
    ['weights', 'weight', 0.9],
  ] as const)('of %s: a %s goes from 1 to %d', (decays, role, expected) => {
    const spec: GradientOptimizer = {
      type: 'sgd',
      learningRate: 1,
      momentum: 0,
      nesterov: false,
      weightDecay: 0.1,
      decays,
    }
    const values = Float64Array.of(1)
    moveParameter(spec, values, Float64Array.of(0), freshMemory(spec, values), {
      step: 1,
      learningRate: 1,
      momentum: undefined,
      role,
    })
    expect(values[0]).toBeCloseTo(expected, 15)
  })
})
