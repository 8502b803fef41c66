import { describe, expect, test } from 'vitest'
import { tensor } from '../../src/core/ir/tensor.ts'
import { largest } from '../../src/explain/tensor.ts'

describe.each([
  ['f32', (values: readonly number[]) => Float32Array.from(values)],
  ['f64', (values: readonly number[]) => Float64Array.from(values)],
])('the largest magnitude of %s', (_, data) => {
  const of = (...values: number[]) => largest(tensor([values.length], data(values)))

  test('is that of the number farthest from 0, whatever its sign', () => {
    expect(of(0.5, -2, 1)).toBe(2)
    expect(of(-0.25, 0.125)).toBe(0.25)
    expect(of(0, 2 ** -149)).toBe(2 ** -149)
  })

  test('is 0 of zeros, with and without a sign, and of nothing', () => {
    expect(of(0, -0)).toBe(0)
    expect(of()).toBe(0)
  })

  test('shows numbers that are not finite, of all NaN', () => {
    expect(of(1, -Infinity, 3)).toBe(Infinity)
    expect(of(1, NaN, Infinity)).toBeNaN()
    expect(of(-NaN, 1)).toBeNaN()
  })
})
