import { describe, expect, it } from 'vitest'
import { blur } from '../../src/imaging/blur.ts'
import { quantile } from '../../src/imaging/quantile.ts'
import { strengthOf } from '../../src/imaging/strength.ts'
import { randomNumbers } from './fixtures.ts'

const mapOf = (shape: readonly number[], data: ArrayLike<number>) =>
  ({ shape, dtype: 'float', data: Float64Array.from(data) }) as const
const plain = { signed: false, sigma: 0 }

describe('quantile', () => {
  it('finds what sorting finds, ties and all', () => {
    const random = randomNumbers(4)
    for (const n of [...Array.from({ length: 200 }, (_, i) => i + 1), 601, 602, 5000]) {
      const values = Float32Array.from({ length: n }, () => Math.floor(random() * 20) - 10)
      const sorted = Float32Array.from(values).sort()
      for (const q of [0, 0.02, 0.5, 0.99, 1])
        expect(quantile(values, q)).toBe(sorted[Math.round(q * (n - 1))])
    }
  })

  it.each<[string, (i: number) => number]>([
    ['in random order', (i) => Math.sin(i * i)],
    ['rising', (i) => i],
    ['falling', (i) => -i],
    ['all the same', () => 3],
    ['of two values', (i) => i % 2],
  ])('finds it among many numbers %s', (_, number) => {
    const values = Float32Array.from({ length: 50_000 }, (_, i) => number(i))
    const sorted = values.slice().sort()
    for (const q of [0.02, 0.99, 0.5, 0, 1])
      expect(quantile(values, q)).toBe(sorted[Math.round(q * (values.length - 1))])
  })
})

describe('blur', () => {
  it('spreads a point like a Gaussian of the same σ', () => {
    const point = new Float32Array(81 * 81)
    point[40 * 81 + 40] = 1
    const blurred = blur(point, 81, 4)
    let sum = 0
    let variance = 0
    blurred.forEach((value, i) => {
      sum += value
      variance += value * ((i % 81) - 40) ** 2
    })
    expect(sum).toBeCloseTo(1, 4)
    expect(Math.sqrt(variance)).toBeCloseTo(4, 0)
  })

  it('leaves a constant as it is, up to the edges', () => {
    const blurred = blur(new Float32Array(35).fill(2.5), 7, 3)
    for (const value of blurred) expect(value).toBeCloseTo(2.5, 5)
  })

  it.each([1e3, 1e7, 1e300])('of σ = %d ends, and leaves no detail of the map', (sigma) => {
    const random = randomNumbers(6)
    const blurred = blur(
      Float32Array.from({ length: 224 * 112 }, () => random()),
      224,
      sigma,
    )
    expect(Math.max(...blurred) - Math.min(...blurred)).toBeLessThan(0.05)
  })
})

describe('strengthOf', () => {
  it('leaves the empty part of a sparse map empty: what rounding leaves of a blur is not its scale', () => {
    const cells: readonly [x: number, y: number, value: number][] = [
      [26, 33, 1.581415745022241e-5],
      [25, 36, 1.4341439818963408e-3],
      [24, 31, 1.54426452354528e-5],
      [25, 32, 3.6831163119366295e-10],
      [24, 32, 0.4572107891900635],
      [25, 31, 3.1390797812491655e-3],
    ]
    const map = new Float32Array(112 * 112)
    for (const [x, y, value] of cells) map[y * 112 + x] = value
    const { values } = strengthOf(mapOf([112, 112], map), { signed: false, sigma: 0.6 })
    expect(values[32 * 112 + 24]).toBe(1)
    expect(values.filter((value) => value > 0.9).length).toBeLessThan(0.01 * map.length)
    expect(values[0]).toBe(0)
  })

  it.each([
    ['zero', [0, 0, 0, 0]],
    ['one value everywhere', [0.3, 0.3, 0.3, 0.3]],
    ['NaN', [NaN, NaN, NaN, NaN]],
    ['infinity', [Infinity, -Infinity, Infinity, NaN]],
  ])('finds no strength in a map of %s', (_, data) => {
    expect([...strengthOf(mapOf([2, 2], data), plain).values]).toEqual([0, 0, 0, 0])
    expect([...strengthOf(mapOf([2, 2], data), { signed: true, sigma: 2 }).values]).toEqual([0, 0, 0, 0])
  })

  it('does not depend on the scale of the map', () => {
    const random = randomNumbers(5)
    const data = Float64Array.from({ length: 400 }, () => random() - 0.5)
    const one = strengthOf(mapOf([20, 20], data), { signed: true, sigma: 1 }).values
    const small = strengthOf(
      mapOf(
        [20, 20],
        data.map((v) => v * 2 ** -60),
      ),
      { signed: true, sigma: 1 },
    ).values
    expect(small).toEqual(one)
  })

  it('lets one outlier in a hundred saturate', () => {
    const data = Float64Array.from({ length: 1000 }, (_, i) => (i === 500 ? 1e6 : i))
    const { values } = strengthOf(mapOf([10, 100], data), plain)
    expect(values[500]).toBe(1)
    expect(values[499]).toBeGreaterThan(0.45)
  })

  it('shows a single pixel', () => {
    const data = new Float64Array(10_000)
    data[1234] = -2
    expect(strengthOf(mapOf([100, 100], data), plain).values[1234]).toBe(1)
    expect(strengthOf(mapOf([100, 100], data), { ...plain, signed: true }).values[1234]).toBe(-1)
  })

  it('keeps the sign only when asked', () => {
    const map = mapOf([1, 4], [0, -1, 1, 0.5])
    expect([...strengthOf(map, { signed: true, sigma: 0 }).values]).toEqual([0, -1, 1, 0.5])
    expect([...strengthOf(map, plain).values]).toEqual([0, 1, 1, 0.5])
  })

  it('takes the strongest channel', () => {
    const map = mapOf([2, 1, 3], [0, -4, 1, 0, 2, -2])
    expect([...strengthOf(map, { signed: true, sigma: 0 }).values]).toEqual([0, -1, -0.5])
  })
})
