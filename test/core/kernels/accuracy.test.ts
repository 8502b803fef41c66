import { describe, expect, it } from 'vitest'
import { unaryFunctions } from '../../../src/core/kernels/elementwise-functions.ts'
import { binaryOps, unaryOps } from '../../../src/core/kernels/list.ts'
import { Sandbox } from './sandbox.ts'

const contiguousRow = [0, 0, 0, 0, 0, 1]

/** f(x) for each x, by the kernel. */
function apply(op: (typeof unaryOps)[number], x: readonly number[], p = 0, q = 0): number[] {
  const box = new Sandbox()
  const out = box.empty(x.length)
  box.run('unary', { x: box.place(x), out, length: x.length, op: unaryOps.indexOf(op), p, q })
  return [...box.floats.subarray(out / 4, out / 4 + x.length)]
}

function applyBinary(op: (typeof binaryOps)[number], a: readonly number[], b: readonly number[]): number[] {
  const box = new Sandbox()
  const out = box.empty(a.length)
  box.run('binary', {
    ...{ a: box.place(a), b: box.place(b), out, op: binaryOps.indexOf(op), p: 0, q: 0 },
    ...{ dims: [1, 1, 1, 1, 1, a.length], aStrides: contiguousRow, bStrides: contiguousRow },
  })
  return [...box.floats.subarray(out / 4, out / 4 + a.length)]
}

/** Numbers from low to high, and as many around 0 as there are powers of ten. */
function grid(low: number, high: number): number[] {
  const even = Array.from({ length: 20_001 }, (_, i) => low + ((high - low) * i) / 20_000)
  const small = Array.from({ length: 36 }, (_, i) => 10 ** -i)
  return [...even, ...small, ...small.map((x) => -x)].filter((x) => x >= low && x <= high).map(Math.fround)
}

/** Smallest normal number of f32: below it, and only there, relative accuracy ends. */
const SMALLEST = 2 ** -126
const ulp = 2 ** -23

/** The function, its range and the relative error allowed in it. */
const accuracy: readonly (readonly [(typeof unaryOps)[number], number, number, number])[] = [
  ['exp', -87, 88.7, 2 * ulp],
  ['log', 1e-30, 1e6, 2 * ulp],
  ['log', 0.5, 2, 2 * ulp],
  ['sigmoid', -87, 87, 4 * ulp],
  ['sigmoid', -3, 3, 4 * ulp],
  ['tanh', -20, 20, 4 * ulp],
  ['tanh', -1, 1, 4 * ulp],
  ['softplus', -87, 100, 5 * ulp],
  ['softplus', -2, 2, 4 * ulp],
  ['elu', -100, 5, 5 * ulp],
  ['elu', -0.5, 0.5, 5 * ulp],
  ['erf', -0.5, 0.5, 4 * ulp],
  ['gelu', -3, 10, 8 * ulp],
  // the tail falls as e^(−x²/2)
  ['gelu', -12, -3, 16 * ulp],
  ['geluTanh', -3, 10, 16 * ulp],
  ['hardSwish', -2.5, 8, 16 * ulp],
]

describe('a function of the unary kernel', () => {
  it.each(accuracy)('%s is accurate from %f to %f', (op, low, high, tolerance) => {
    const x = grid(low, high)
    const expected = x.map((value) => unaryFunctions[op](value, 1, 0))
    const worst = apply(op, x, 1).reduce(
      (most, got, i) => {
        const e = expected[i] ?? 0
        if (Math.abs(e) < SMALLEST) return most
        const error = Math.abs(got - e) / Math.abs(e)
        return error <= most.error ? most : { error, x: x[i], got, expected: e }
      },
      { error: 0, x: 0 as number | undefined, got: 0, expected: 0 },
    )
    expect(worst.error, JSON.stringify(worst)).toBeLessThan(tolerance)
  })

  it('erf is within 2e-7 everywhere', () => {
    const x = grid(-8, 8)
    apply('erf', x).forEach((got, i) => {
      expect(Math.abs(got - unaryFunctions.erf(x[i] ?? 0, 0, 0))).toBeLessThan(2e-7)
    })
  })

  it('is finite and right far out', () => {
    const far = [-1000, 1000]
    expect(apply('sigmoid', far)).toEqual([0, 1])
    expect(apply('tanh', far)).toEqual([-1, 1])
    expect(apply('softplus', far)).toEqual([0, 1000])
    expect(apply('elu', far, 1)).toEqual([-1, 1000])
    expect(apply('erf', far)).toEqual([-1, 1])
    expect(apply('gelu', far).map(Math.abs)).toEqual([0, 1000])
    expect(apply('geluTanh', far).map(Math.abs)).toEqual([0, 1000])
    expect(apply('hardSwish', far).map(Math.abs)).toEqual([0, 1000])
  })

  it('exp reaches 0 and ∞ where f32 does', () => {
    expect(apply('exp', [-Infinity, -104, -1000, 0, 89, 1000, Infinity])).toEqual([
      0,
      0,
      0,
      1,
      Infinity,
      Infinity,
      Infinity,
    ])
    // results below the smallest normal number lose bits, not more
    const step = 2 ** -149
    expect(Math.abs((apply('exp', [-100])[0] ?? 0) - Math.exp(-100))).toBeLessThan(2 * step)
  })

  it('log answers the limits', () => {
    expect(apply('log', [0, -0, 1, Infinity, -1, -Infinity])).toEqual([
      -Infinity,
      -Infinity,
      0,
      Infinity,
      Number.NaN,
      Number.NaN,
    ])
    expect(apply('log', [1e-40])[0]).toBeCloseTo(Math.log(Math.fround(1e-40)), 4)
  })

  it.each(unaryOps)('%s passes NaN on, in vectors and alone', (op) => {
    expect(apply(op, new Array<number>(11).fill(Number.NaN), 0.1, 0.5)).toEqual(
      new Array<number>(11).fill(Number.NaN),
    )
  })
})

describe('pow', () => {
  it('is right for negative bases and whole exponents', () => {
    expect(applyBinary('pow', [-2, -2, -2, -2, -3, -2], [2, 3, -1, -2, 0, 0.5])).toEqual([
      4,
      -8,
      -0.5,
      0.25,
      1,
      Number.NaN,
    ])
  })

  it('answers as C and PyTorch do at the limits', () => {
    const cases = [
      [0, 0, 1],
      [1, Number.NaN, 1],
      [1, Infinity, 1],
      [-1, Infinity, 1],
      [Number.NaN, 0, 1],
      [0, -1, Infinity],
      [-0, -1, -Infinity],
      [-0, -2, Infinity],
      [-0, 3, -0],
      [0, 0.5, 0],
      [2, Infinity, Infinity],
      [0.5, Infinity, 0],
      [2, -Infinity, 0],
      [-Infinity, 3, -Infinity],
      [-Infinity, 2, Infinity],
      [Infinity, -1, 0],
      [10, 40, Infinity],
      [10, -50, 0],
      [-10, 39, -Infinity],
      [2, Number.NaN, Number.NaN],
    ] as const
    expect(
      applyBinary(
        'pow',
        cases.map(([a]) => a),
        cases.map(([, b]) => b),
      ),
    ).toEqual(cases.map(([, , expected]) => expected))
  })

  it('rounds squares and roots as multiplication and sqrt do', () => {
    const x = grid(0, 50)
    const f = Math.fround
    expect(applyBinary('pow', x, new Array<number>(x.length).fill(2))).toEqual(x.map((v) => f(v * v)))
    expect(applyBinary('pow', x, new Array<number>(x.length).fill(0.5))).toEqual(
      x.map((v) => f(Math.sqrt(v))),
    )
  })

  it('is within one ulp of f64', () => {
    const a = grid(1e-3, 60)
    const b = a.map((_, i) => Math.fround(((i * 37) % 401) / 20 - 10))
    applyBinary('pow', a, b).forEach((got, i) => {
      const expected = Math.fround((a[i] ?? 0) ** (b[i] ?? 0))
      expect(Math.abs(got - expected)).toBeLessThanOrEqual(Math.abs(expected) * ulp)
    })
  })
})

describe('limits of the other kernels', () => {
  it('max-pool answers NaN where its window holds one, and starts from −∞', () => {
    const box = new Sandbox()
    const window = {
      batch: 1,
      inH: 1,
      inW: 5,
      outH: 1,
      outW: 3,
      kernelH: 1,
      kernelW: 3,
      strideH: 1,
      strideW: 1,
    }
    const rest = {
      dilationH: 1,
      dilationW: 1,
      padTop: 0,
      padLeft: 0,
      padBottom: 0,
      padRight: 0,
      channels: 1,
      mode: 0,
    }
    const out = box.empty(3)
    box.run('pool', {
      x: box.place([Number.NaN, -Infinity, -Infinity, -Infinity, -7]),
      out,
      ...window,
      ...rest,
    })
    expect([...box.floats.subarray(out / 4, out / 4 + 3)]).toEqual([Number.NaN, -Infinity, -7])
  })

  it('a convolution over NaN keeps it through the clamp', () => {
    const box = new Sandbox()
    const window = {
      batch: 1,
      inH: 1,
      inW: 1,
      outH: 1,
      outW: 1,
      kernelH: 1,
      kernelW: 1,
      strideH: 1,
      strideW: 1,
    }
    const rest = {
      dilationH: 1,
      dilationW: 1,
      padTop: 0,
      padLeft: 0,
      groups: 1,
      inPerGroup: 1,
      outPerGroup: 16,
      turned: 0,
      sparse: 0,
    }
    const epilogue = {
      ...{ bias: 0, addend: 0, clampMin: 0, clampMax: 6 },
      ...{ gate: 0, gateMin: 0, gateMax: 0, gateBits: 0, maskBits: 0 },
    }
    const out = box.empty(16)
    const w = box.place(new Array<number>(16).fill(1))
    box.run('conv', { x: box.place([Number.NaN]), w, out, ...window, ...rest, transposed: 0, ...epilogue })
    expect([...box.floats.subarray(out / 4, out / 4 + 16)]).toEqual(new Array<number>(16).fill(Number.NaN))
  })
})
