import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { differentiate } from '../../../src/core/autodiff/differentiate.ts'
import { GraphBuilder } from '../../../src/core/ir/builder.ts'
import type { Value } from '../../../src/core/ir/graph.ts'
import type { Shape } from '../../../src/core/ir/shape.ts'
import { type Tensor, tensor } from '../../../src/core/ir/tensor.ts'
import { verify } from '../../../src/core/ir/verify.ts'
import type { ConvAttrs } from '../../../src/core/ops/conv.ts'
import { windowOutput } from '../../../src/core/ops/window.ts'
import { runReference } from '../../../src/core/reference/backend.ts'
import { seeded, uniform } from '../../helpers/random.ts'
import '../../helpers/to-be-close.ts'

/** f64 sums of at most a few hundred terms of order 1. */
const ROUNDING = { relative: 1e-12, absolute: 1e-12 }

/** Runs what `build` emits from inputs of the tensors' shapes. */
function run(tensors: readonly Tensor[], build: (g: GraphBuilder, inputs: Value[]) => Value): Tensor {
  const g = new GraphBuilder()
  const inputs = tensors.map((t, i) => g.input(`input${i}`, t.shape))
  const [result] = runReference(verify(g.build([build(g, inputs)])), tensors)
  if (!result) throw new Error('a graph without an output')
  return result
}

const at = <T>(list: readonly T[], i: number): T => {
  const item = list[i]
  if (item === undefined) throw new Error(`nothing at ${i}`)
  return item
}

const dot = (a: Tensor, b: Tensor): Tensor =>
  tensor([], [Float64Array.from(a.data, (v, i) => v * (b.data[i] ?? 0)).reduce((x, y) => x + y, 0)])

/** ⟨A x, ct⟩ = ⟨x, Aᵀ ct⟩ for random x and ct. */
function expectAdjoint(
  from: Shape,
  seed: number,
  forward: (g: GraphBuilder, x: Value) => Value,
  adjoint: (g: GraphBuilder, ct: Value) => Value,
): void {
  const random = seeded(seed)
  const x = uniform(from, random)
  const y = run([x], (g, inputs) => forward(g, at(inputs, 0)))
  const ct = uniform(y.shape, random)
  const back = run([ct], (g, inputs) => adjoint(g, at(inputs, 0)))
  expect(back.shape).toEqual(from)
  expect(dot(x, back)).toBeClose(dot(y, ct), ROUNDING)
}

const seed = fc.nat(1_000_000)
const small = (max: number) => fc.integer({ min: 1, max })
const pair = (max: number) => fc.tuple(small(max), small(max))

interface Geometry {
  readonly size: readonly [number, number]
  readonly kernel: readonly [number, number]
  readonly batch: number
  readonly inPerGroup: number
  readonly outPerGroup: number
  readonly attrs: ConvAttrs
}
const fits = ({ size, kernel, attrs: { dilations, pads } }: Geometry): boolean =>
  ([0, 1] as const).every(
    (i) => size[i] + pads[i] + pads[i === 0 ? 2 : 3] >= (kernel[i] - 1) * dilations[i] + 1,
  )

/** Any window that fits its input at least once. */
const geometry = fc
  .record({
    size: pair(8),
    kernel: pair(4),
    batch: small(2),
    inPerGroup: small(3),
    outPerGroup: small(5),
    attrs: fc.record({
      groups: small(3),
      strides: pair(3),
      dilations: pair(3),
      pads: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3)),
    }),
  })
  .filter(fits)

const shapesOf = ({ size, kernel, batch, inPerGroup, outPerGroup, attrs }: Geometry) => ({
  x: [batch, inPerGroup * attrs.groups, ...size],
  w: [outPerGroup * attrs.groups, inPerGroup, ...kernel],
  y: [batch, outPerGroup * attrs.groups, ...windowOutput(size, kernel, attrs)],
})

describe('a convolution of any geometry', () => {
  it('has the transposed convolution as its adjoint in x', () => {
    fc.assert(
      fc.property(geometry, seed, (geo, s) => {
        const shapes = shapesOf(geo)
        const w = uniform(shapes.w, seeded(s + 1))
        expectAdjoint(
          shapes.x,
          s,
          (g, x) => g.emit('conv', [x, g.constant(w)], geo.attrs),
          (g, ct) => g.emit('convTranspose', [ct, g.constant(w)], { ...geo.attrs, outputSize: geo.size }),
        )
      }),
    )
  })

  it('has the weight gradient as its adjoint in w', () => {
    fc.assert(
      fc.property(geometry, seed, (geo, s) => {
        const shapes = shapesOf(geo)
        const x = uniform(shapes.x, seeded(s + 1))
        expectAdjoint(
          shapes.w,
          s,
          (g, w) => g.emit('conv', [g.constant(x), w], geo.attrs),
          (g, ct) => g.emit('convWeightGrad', [g.constant(x), ct], { ...geo.attrs, kernel: geo.kernel }),
        )
      }),
    )
  })

  it('is linear in x and in w', () => {
    fc.assert(
      fc.property(geometry, seed, fc.constantFrom(0, 1), (geo, s, which) => {
        const random = seeded(s)
        const { x, w } = shapesOf(geo)
        const [a, b] = [uniform(which === 0 ? x : w, random), uniform(which === 0 ? x : w, random)]
        const other = uniform(which === 0 ? w : x, random)
        const conv = (g: GraphBuilder, u: Value, v: Value) =>
          g.emit('conv', which === 0 ? [u, v] : [v, u], geo.attrs)
        const inputs = [a, b, other]
        const together = run(inputs, (g, v) => conv(g, g.sub(at(v, 0), at(v, 1)), at(v, 2)))
        const apart = run(inputs, (g, v) => g.sub(conv(g, at(v, 0), at(v, 2)), conv(g, at(v, 1), at(v, 2))))
        expect(together).toBeClose(apart, ROUNDING)
      }),
    )
  })

  it('is one sum over its window, written out', () => {
    fc.assert(
      fc.property(geometry, seed, (geo, s) => {
        const random = seeded(s)
        const shapes = shapesOf(geo)
        const [x, w] = [uniform(shapes.x, random), uniform(shapes.w, random)]
        const y = run([x, w], (g, v) => g.emit('conv', [at(v, 0), at(v, 1)], geo.attrs))
        expect(y).toBeClose({ shape: shapes.y, data: plainConv(x, w, shapes.y, geo.attrs) }, ROUNDING)
      }),
    )
  })
})

/** The definition: y[n,m,oy,ox] = Σ w[m,c,ky,kx]·x[n, group·perGroup + c, oy·s − pad + ky·d, …]. */
function plainConv(
  x: Tensor,
  w: Tensor,
  shape: Shape,
  { groups, strides, dilations, pads }: ConvAttrs,
): number[] {
  const read = (t: Tensor, ...index: number[]): number =>
    index.every((i, axis) => i >= 0 && i < at(t.shape, axis))
      ? (t.data[index.reduce((flat, i, axis) => flat * at(t.shape, axis) + i, 0)] ?? 0)
      : 0
  const [, perGroup = 1, kh = 1, kw = 1] = w.shape
  const [batch = 1, filters = 1, height = 1, width = 1] = shape
  const y: number[] = []
  for (let n = 0; n < batch; n++)
    for (let m = 0; m < filters; m++)
      for (let oy = 0; oy < height; oy++)
        for (let ox = 0; ox < width; ox++) {
          const first = Math.floor(m / (filters / groups)) * perGroup
          let sum = 0
          for (let c = 0; c < perGroup; c++)
            for (let ky = 0; ky < kh; ky++)
              for (let kx = 0; kx < kw; kx++) {
                const iy = oy * strides[0] - pads[0] + ky * dilations[0]
                const ix = ox * strides[1] - pads[1] + kx * dilations[1]
                sum += read(w, m, c, ky, kx) * read(x, n, first + c, iy, ix)
              }
          y.push(sum)
        }
  return y
}

const shape = fc.array(small(4), { minLength: 1, maxLength: 4 })

describe('moving numbers', () => {
  it('scatters as the adjoint of gathering, repeated indices included', () => {
    const table = fc.record({
      shape,
      axis: fc.nat(3),
      picks: fc.array(fc.nat(3), { minLength: 1, maxLength: 6 }),
    })
    fc.assert(
      fc.property(table, seed, ({ shape, axis: anyAxis, picks }, s) => {
        const axis = anyAxis % shape.length
        const length = at(shape, axis)
        const indices = tensor(
          [picks.length],
          picks.map((i) => i % length),
          'int',
        )
        expectAdjoint(
          shape,
          s,
          (g, x) => g.emit('gather', [x, g.constant(indices)], { axis }),
          (g, ct) => g.emit('scatterAdd', [ct, g.constant(indices)], { axis, length }),
        )
      }),
    )
  })

  it('unslices as the adjoint of slicing, steps of any sign', () => {
    const part = fc
      .tuple(small(6), fc.nat(5), fc.constantFrom(1, 2, 3, -1, -2), fc.nat(5))
      .map(([size, anyStart, step, wanted]) => {
        const start = anyStart % size
        const most = step > 0 ? Math.ceil((size - start) / step) : Math.floor(start / -step) + 1
        return { size, start, step, length: Math.min(wanted, most) }
      })
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), seed, (parts, s) => {
        const sizes = parts.map((p) => p.size)
        const [starts, steps] = [parts.map((p) => p.start), parts.map((p) => p.step)]
        const lengths = parts.map((p) => p.length)
        expectAdjoint(
          sizes,
          s,
          (g, x) => g.emit('slice', [x], { starts, steps, lengths }),
          (g, ct) => g.emit('unslice', [ct], { starts, steps, sizes }),
        )
      }),
    )
  })

  it('has a gradient of padding that is its adjoint, in every mode', () => {
    const sizes = fc.array(fc.tuple(fc.integer({ min: 2, max: 4 }), fc.nat(1), fc.nat(1)), {
      minLength: 1,
      maxLength: 3,
    })
    const modes = fc.constantFrom('constant' as const, 'reflect' as const, 'edge' as const)
    fc.assert(
      fc.property(sizes, modes, seed, (axes, mode, s) => {
        const from = axes.map(([size]) => size)
        const pads = [...axes.map(([, before]) => before), ...axes.map(([, , after]) => after)]
        const g = new GraphBuilder()
        const x = g.input('x', from)
        const y = g.emit('pad', [x], { pads, mode, value: 0 })
        const graph = verify(differentiate(g.build([y]), { output: y, wrt: [x], keep: [y] }))
        const random = seeded(s)
        const [input, ct] = [uniform(from, random), uniform(y.shape, random)]
        const results = runReference(graph, [input, ct])
        expect(dot(input, at(results, 1))).toBeClose(dot(at(results, 0), ct), ROUNDING)
      }),
    )
  })

  it('rotates back as the adjoint of rotating', () => {
    const turned = fc.array(small(4), { minLength: 2, maxLength: 5 }).chain((dims) =>
      fc.record({
        dims: fc.constant(dims),
        k: fc.integer({ min: -5, max: 5 }),
        axes: fc.shuffledSubarray([...dims.keys()], { minLength: 2, maxLength: 2 }),
      }),
    )
    fc.assert(
      fc.property(turned, seed, ({ dims, k, axes: [a = 0, b = 1] }, s) => {
        expectAdjoint(
          dims,
          s,
          (g, x) => g.emit('rot90', [x], { k, axes: [a, b] }),
          (g, ct) => g.emit('rot90', [ct], { k: -k, axes: [a, b] }),
        )
      }),
    )
  })

  it('transposes back with the inverse permutation', () => {
    const permuted = shape.chain((dims) =>
      fc.tuple(
        fc.constant(dims),
        fc.shuffledSubarray([...dims.keys()], { minLength: dims.length, maxLength: dims.length }),
      ),
    )
    fc.assert(
      fc.property(permuted, seed, ([dims, perm], s) => {
        const x = uniform(dims, seeded(s))
        const inverse = perm.map((_, axis) => perm.indexOf(axis))
        const back = run([x], (g, v) =>
          g.emit('transpose', [g.emit('transpose', [at(v, 0)], { perm })], { perm: inverse }),
        )
        expect(back).toBeClose(x, {})
      }),
    )
  })
})

describe('a product of matrices', () => {
  it('has ⟨ct, J·v⟩ = ⟨Jᵀ·ct, v⟩ in both operands, batches broadcast', () => {
    const dims = fc.record({
      m: small(4),
      k: small(5),
      n: small(4),
      batch: fc.array(small(3), { maxLength: 2 }),
    })
    const dropped = fc.array(fc.boolean(), { minLength: 2, maxLength: 2 })
    fc.assert(
      fc.property(dims, dropped, seed, ({ m, k, n, batch }, ones, s) => {
        const random = seeded(s)
        const a = uniform([...batch.map((d, i) => (ones[i] ? 1 : d)), m, k], random)
        const b = uniform([...batch, k, n], random)
        const g = new GraphBuilder()
        const [left, right] = [g.input('a', a.shape), g.input('b', b.shape)]
        const y = g.emit('matMul', [left, right], {})
        const graph = verify(differentiate(g.build([y]), { output: y, wrt: [left, right], keep: [y] }))
        const ct = uniform(y.shape, random)
        const [value, toA, toB] = runReference(graph, [a, b, ct])
        // Linear in a and in b: J·a = J·b = y.
        if (!value || !toA || !toB) throw new Error('three outputs')
        expect(dot(a, toA)).toBeClose(dot(value, ct), ROUNDING)
        expect(dot(b, toB)).toBeClose(dot(value, ct), ROUNDING)
      }),
    )
  })
})
