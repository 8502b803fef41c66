import { expect, it } from 'vitest'
import { BUILT_IN, loadNet, noise } from '../../bench/lib/nets.ts'
import { N } from '../../src/core/ir/shape.ts'

it('loads a net for another input size', () => {
  expect(loadNet(BUILT_IN).input.shape).toEqual([N, 3, 224, 224])
  const { input, logits } = loadNet(BUILT_IN, 64)
  expect(input.shape).toEqual([N, 3, 64, 64])
  expect(logits.shape).toEqual([N, 1000])
})

it('makes noise of mean 0 and variance 1, the same each time', () => {
  const { data } = noise([10_000])
  expect(noise([10_000]).data).toEqual(data)
  const numbers = Array.from(data)
  const mean = numbers.reduce((sum, v) => sum + v, 0) / numbers.length
  const square = numbers.reduce((sum, v) => sum + v * v, 0) / numbers.length
  expect(Math.abs(mean)).toBeLessThan(0.05)
  expect(Math.abs(square - 1)).toBeLessThan(0.05)
})
