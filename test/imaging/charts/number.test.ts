import { describe, expect, it } from 'vitest'
import { readable } from '../../../src/imaging/charts/number.ts'

describe('readable', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [1, '1'],
    [-4.444, '−4.44'],
    [0.17, '0.17'],
    [0.1 + 0.2, '0.3'],
    [0.001, '0.001'],
    [0.00099, '9.9×10⁻⁴'],
    [2.220446049250313e-16, '2.22×10⁻¹⁶'],
    [-1e-10, '−1×10⁻¹⁰'],
    [65535, '65535'],
    [1234.5, '1230'],
    [123456.7, '1.23×10⁵'],
    [12345678, '1.23×10⁷'],
    [Infinity, '∞'],
    [-Infinity, '−∞'],
    [Number.NaN, 'not a number'],
  ])('writes %d as %s', (value, written) => {
    expect(readable(value)).toBe(written)
  })
})
