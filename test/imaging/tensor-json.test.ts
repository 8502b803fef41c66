import { describe, expect, it } from 'vitest'
import { parseTensorJson } from '../../src/imaging/read-tensor-json.ts'
import { shortestFloat } from '../../src/imaging/shortest-float.ts'
import { tensorToJson } from '../../src/imaging/tensor-json.ts'
import { randomNumbers } from './fixtures.ts'

/** The shortest decimal of a float32 by trying: the right answer except where only an unrounded decimal is shorter. */
function byTrying(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const decimal = Number(value.toPrecision(digits))
    if (Math.fround(decimal) === value) return decimal
  }
  return Number(value.toPrecision(9))
}
const digitsOf = (value: number) => value.toExponential().replace(/e.*|[.-]/g, '').length

/** Every kind of exponent, by random bits; finite only. */
function randomFloats(count: number): Float32Array {
  const random = randomNumbers(6)
  const bits = Uint32Array.from({ length: count }, () => random() * 2 ** 32)
  return new Float32Array(bits.buffer).map((value) => (Number.isFinite(value) ? value : 1))
}

/** Floats next to powers of 2 and of 10, where intervals are lopsided or edges are short decimals. */
function edgeFloats(): Float32Array {
  const centres = [
    ...Array.from({ length: 277 }, (_, i) => 2 ** (i - 149)),
    ...Array.from({ length: 84 }, (_, i) => Number(`1e${i - 45}`)),
    ...Array.from({ length: 500 }, (_, i) => (2 ** 24 + i) * 2),
  ]
  const bits = new Uint32Array(Float32Array.from(centres).buffer)
  const neighbours = [...bits].flatMap((pattern) =>
    [-2, -1, 0, 1, 2].map((step) => Math.max(1, pattern + step)),
  )
  return new Float32Array(Uint32Array.from(neighbours).buffer).filter((value) => Number.isFinite(value))
}

describe('shortestFloat', () => {
  it.each([
    [0.1, '0.1'],
    [1 / 3, '0.33333334'],
    [16_777_216, '16777216'],
    [1e-45, '1e-45'],
    [1.1754942e-38, '1.1754942e-38'],
    [1.1754944e-38, '1.1754944e-38'],
    [3.4028235e38, '3.4028235e+38'],
    [-2.5e-7, '-2.5e-7'],
    // 5.684342e-14 = 2^-44: below a power of 2 the floats lie closer
    [2 ** -44, '5.684342e-14'],
    // NumPy 2.4.6 agrees: 3.355445e+07 and 8.589935e+09, which lie on the edge and round to even
    [33_554_448, '33554450'],
    [8_589_934_592, '8589935000'],
  ])('prints %d as %s', (value, text) => {
    expect(String(shortestFloat(Math.fround(value)))).toBe(text)
  })

  it.each([0, -0, NaN, Infinity, -Infinity])('leaves %d as it is', (value) => {
    expect(shortestFloat(value)).toBe(value)
  })

  it.each([
    ['random floats', randomFloats(200_000)],
    ['floats at edges', edgeFloats()],
  ])('prints %s with the fewest digits that read back', (_, floats) => {
    for (const value of floats) {
      const shortest = shortestFloat(value)
      const tried = byTrying(value)
      if (Math.fround(shortest) !== value || digitsOf(shortest) > digitsOf(tried))
        expect.fail(`${value}: got ${shortest}, expected ${tried}`)
      if (digitsOf(shortest) === digitsOf(tried) && Math.abs(shortest - value) > Math.abs(tried - value))
        expect.fail(`${value}: got ${shortest}, but ${tried} is nearer`)
    }
  })
})

describe('tensorToJson', () => {
  it('nests row by row', () => {
    const tensor = tensorToJson({ shape: [2, 1, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) })
    expect(JSON.stringify(tensor)).toBe('{"shape":[2,1,3],"datatype":"FP32","data":[[[1,2,3]],[[4,5,6]]]}')
  })

  it.each([
    ['FP32', Float32Array.of(0.1, -0, 1e-40), '[0.1,-0,1e-40]'],
    ['FP32', Float64Array.of(0.1, 1 / 3, 16_777_217), '[0.1,0.33333334,16777216]'],
    ['FP64', Float64Array.of(0.1, -0, 5e-324), '[0.1,-0,5e-324]'],
    ['FP64', Float32Array.of(0.1, NaN, Infinity), '[0.10000000149011612,null,null]'],
    ['INT64', Float64Array.of(1, -2, 2 ** 53 - 1), '[1,-2,9007199254740991]'],
    ['BOOL', Float64Array.of(0, 1, 2), '[false,true,true]'],
  ] as const)('writes %s', (datatype, data, text) => {
    expect(JSON.stringify(tensorToJson({ shape: [3], data }, datatype).data)).toBe(text)
  })

  it('writes a scalar as a list of one, and nothing as an empty list', () => {
    expect(JSON.stringify(tensorToJson({ shape: [], data: Float64Array.of(7) }).data)).toBe('[7]')
    expect(JSON.stringify(tensorToJson({ shape: [2, 0], data: new Float64Array(0) }).data)).toBe('[[],[]]')
  })

  it('reads back bit by bit', () => {
    const data = randomFloats(3000)
    const back = parseTensorJson(JSON.parse(JSON.stringify(tensorToJson({ shape: [3, 10, 100], data }))))
    expect(new Uint32Array(back.data.buffer)).toEqual(new Uint32Array(data.buffer))
  })
})
