import { CoreError } from '../errors.ts'
import type { ValueType } from '../ir/graph.ts'
import { dimAt, formatShape, isSymbolic, normalizeAxis, type Shape, sizeOf, stridesOf } from '../ir/shape.ts'
import { copyBlock, viewOf } from '../reference/loops.ts'
import { gatherSteps, scatterAddSteps } from './gather-steps.ts'
import type { OpTable } from './op.ts'
import { pad } from './padding.ts'
import { copyStep, fillStep, partOf, wholeOf } from './strided.ts'

declare module '../ir/graph.ts' {
  interface OpSignatures {
    concat: Signature<V[], { axis: number }>
    /** one entry per axis; starts within the axis, steps may be negative, `lengths` of the result */
    slice: Signature<
      [x: V],
      { starts: readonly number[]; steps: readonly number[]; lengths: readonly number[] }
    >
    /** [before…, after…] per axis, all ≥ 0 (negative pads become a slice on import) */
    pad: Signature<[x: V], { pads: readonly number[]; mode: 'constant' | 'reflect' | 'edge'; value: number }>
    /** out[…, i…, …] = x[…, indices[i…], …] along `axis`; indices constant and ≥ 0 */
    gather: Signature<[x: V, indices: V], { axis: number }>
    /** zeros with `length` along `axis`, ct added at the indices: the vjp of `gather` */
    scatterAdd: Signature<[ct: V, indices: V], { axis: number; length: number }>
    /** zeros with x written at starts + i·steps: the vjp of `slice` */
    unslice: Signature<
      [x: V],
      { starts: readonly number[]; steps: readonly number[]; sizes: readonly number[] }
    >
  }
}

type Names = 'concat' | 'slice' | 'pad' | 'gather' | 'scatterAdd' | 'unslice'

/** Ops that choose and place elements. (ONNX Concat, Slice, Pad, Gather; the adjoints have no ONNX name) */
export const indexing: Pick<OpTable, Names> = {
  /** The inputs one after another along `axis`. */
  concat: {
    infer: (inputs, { axis }) => inferConcat(inputs, axis),
    vjp: (g, { inputs, attrs: { axis }, output }, ct) => {
      const at = normalizeAxis(axis, output.shape.length)
      const starts = offsetsAlong(inputs, at)
      return inputs.map((x, i) => () => {
        const start = output.shape.map((_, a) => (a === at ? (starts[i] ?? 0) : 0))
        return g.emit('slice', [ct], { starts: start, steps: ones(output.shape), lengths: x.shape })
      })
    },
    lower: {
      kind: 'steps',
      layout: 'follow',
      steps: ({ inputs, attrs: { axis }, output }, context) => {
        const at = normalizeAxis(axis, output.shape.length)
        const starts = offsetsAlong(inputs, at)
        return inputs.map((x, i) => {
          const start = output.shape.map((_, a) => (a === at ? (starts[i] ?? 0) : 0))
          return copyStep(x.shape, wholeOf(x, context), partOf(output, start, ones(x.shape), context))
        })
      },
    },
    evaluate: (inputs, { axis }, { shape }) => {
      const at = normalizeAxis(axis, shape.length)
      const strides = stridesOf(shape)
      const out = new Float64Array(sizeOf(shape))
      const starts = offsetsAlong(inputs, at)
      inputs.forEach((x, i) => {
        const to = { offset: (starts[i] ?? 0) * (strides[at] ?? 1), strides }
        copyBlock(x.shape, x.data, viewOf(x.shape), out, to)
      })
      return out
    },
  },

  /** y[i…] = x[starts + i·steps] */
  slice: {
    infer: ([x], { starts, steps, lengths }) => {
      checkRange(x.shape, starts, steps, lengths)
      return { shape: lengths, dtype: x.dtype }
    },
    vjp: (g, { inputs: [x], attrs: { starts, steps } }, ct) => [
      () => g.emit('unslice', [ct], { starts, steps, sizes: x.shape }),
    ],
    lower: {
      kind: 'steps',
      layout: 'follow',
      steps: ({ inputs: [x], attrs: { starts, steps }, output }, context) => [
        copyStep(output.shape, partOf(x, starts, steps, context), wholeOf(output, context)),
      ],
    },
    evaluate: ([x], { starts, steps, lengths }) => {
      const out = new Float64Array(sizeOf(lengths))
      copyBlock(lengths, x.data, partView(x.shape, starts, steps), out, viewOf(lengths))
      return out
    },
  },

  /** Zeros of `sizes` with x at starts + i·steps: the adjoint of `slice`. */
  unslice: {
    infer: ([x], { starts, steps, sizes }) => {
      checkRange(sizes, starts, steps, x.shape)
      return { shape: sizes, dtype: x.dtype }
    },
    vjp: (g, { inputs: [x], attrs: { starts, steps } }, ct) => [
      () => g.emit('slice', [ct], { starts, steps, lengths: x.shape }),
    ],
    lower: {
      kind: 'steps',
      layout: 'follow',
      steps: ({ inputs: [x], attrs: { starts, steps }, output }, context) => [
        fillStep(output, 0, context),
        copyStep(x.shape, wholeOf(x, context), partOf(output, starts, steps, context)),
      ],
    },
    evaluate: ([x], { starts, steps, sizes }) => {
      const out = new Float64Array(sizeOf(sizes))
      copyBlock(x.shape, x.data, viewOf(x.shape), out, partView(sizes, starts, steps))
      return out
    },
  },

  pad,

  /** y[a…, i…, b…] = x[a…, indices[i…], b…] */
  gather: {
    infer: ([x, indices], { axis }) => {
      const at = normalizeAxis(axis, x.shape.length)
      if (isSymbolic(dimAt(x.shape, at)))
        throw new CoreError('shape', `gather cannot choose among the free batch of ${formatShape(x.shape)}`)
      return { shape: [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)], dtype: x.dtype }
    },
    vjp: (g, { inputs: [x, indices], attrs: { axis } }, ct) => {
      const at = normalizeAxis(axis, x.shape.length)
      return [() => g.emit('scatterAdd', [ct, indices], { axis: at, length: dimAt(x.shape, at) }), undefined]
    },
    lower: { kind: 'steps', layout: 'follow', rowMajor: [1], steps: gatherSteps },
    evaluate: ([x, indices], { axis }, { shape }) => {
      const at = normalizeAxis(axis, x.shape.length)
      const out = new Float64Array(sizeOf(shape))
      const inner = sizeOf(x.shape.slice(at + 1))
      const length = dimAt(x.shape, at)
      indices.data.forEach((index, i) => {
        checkIndex(index, length)
        for (let o = 0; o < sizeOf(x.shape.slice(0, at)); o++)
          for (let r = 0; r < inner; r++)
            out[(o * indices.data.length + i) * inner + r] = x.data[(o * length + index) * inner + r] ?? 0
      })
      return out
    },
  },

  /** out[a…, indices[i…], b…] += ct[a…, i…, b…], from zeros: the adjoint of `gather`. */
  scatterAdd: {
    infer: ([ct, indices], { axis, length }) => {
      const rank = indices.shape.length
      const middle = ct.shape.slice(axis, axis + rank)
      if (formatShape(middle) !== formatShape(indices.shape))
        throw new CoreError(
          'shape',
          `${formatShape(ct.shape)} has no ${formatShape(indices.shape)} at axis ${axis}`,
        )
      return { shape: [...ct.shape.slice(0, axis), length, ...ct.shape.slice(axis + rank)], dtype: ct.dtype }
    },
    vjp: (g, { inputs: [, indices], attrs: { axis } }, ct) => [
      () => g.emit('gather', [ct, indices], { axis }),
      undefined,
    ],
    lower: { kind: 'steps', layout: 'follow', rowMajor: [1], steps: scatterAddSteps },
    evaluate: ([ct, indices], { axis, length }, { shape }) => {
      const out = new Float64Array(sizeOf(shape))
      const inner = sizeOf(shape.slice(axis + 1))
      indices.data.forEach((index, i) => {
        checkIndex(index, length)
        for (let o = 0; o < sizeOf(shape.slice(0, axis)); o++)
          for (let r = 0; r < inner; r++) {
            const to = (o * length + index) * inner + r
            out[to] = (out[to] ?? 0) + (ct.data[(o * indices.data.length + i) * inner + r] ?? 0)
          }
      })
      return out
    },
  },
}

const ones = (shape: Shape): number[] => shape.map(() => 1)

function inferConcat(inputs: readonly ValueType[], axis: number): ValueType {
  const [first] = inputs
  if (!first) throw new CoreError('shape', 'concat of nothing')
  const at = normalizeAxis(axis, first.shape.length)
  for (const { shape, dtype } of inputs) {
    const fits =
      shape.length === first.shape.length && shape.every((dim, i) => i === at || dim === first.shape[i])
    if (!fits || isSymbolic(dimAt(shape, at)) !== isSymbolic(dimAt(first.shape, at)))
      throw new CoreError(
        'shape',
        `${formatShape(first.shape)} and ${formatShape(shape)} do not join along axis ${at}`,
      )
    if (dtype !== first.dtype)
      throw new CoreError('unsupported', `concat of dtypes ${first.dtype} and ${dtype}`)
  }
  const total = inputs.reduce((sum, { shape }) => sum + dimAt(shape, at), 0)
  return { shape: first.shape.map((dim, i) => (i === at ? total : dim)), dtype: first.dtype }
}

/** Where each input begins along the axis. */
function offsetsAlong(inputs: readonly ValueType[], axis: number): number[] {
  let at = 0
  return inputs.map(({ shape }) => {
    const start = at
    at += dimAt(shape, axis)
    return start
  })
}

/** The elements of `sizes` from `starts` in `steps`, as `lengths`, all lie inside. A free batch is taken whole. */
function checkRange(sizes: Shape, starts: readonly number[], steps: readonly number[], lengths: Shape): void {
  const fits = (size: number, axis: number): boolean => {
    const [start, step, length] = [starts[axis], steps[axis], lengths[axis]]
    if (start === undefined || step === undefined || length === undefined) return false
    if (isSymbolic(size) || isSymbolic(length)) return size === length && start === 0 && step === 1
    const last = start + (length - 1) * step
    return (
      step !== 0 &&
      (length === 0 || (length > 0 && Math.min(start, last) >= 0 && Math.max(start, last) < size))
    )
  }
  if ([starts, steps, lengths].some((list) => list.length !== sizes.length) || !sizes.every(fits))
    throw new CoreError(
      'shape',
      `${formatShape(lengths)} from [${starts}] in steps of [${steps}] does not lie inside ${formatShape(sizes)}`,
    )
}

const partView = (shape: Shape, starts: readonly number[], steps: readonly number[]) => {
  const strides = stridesOf(shape)
  return {
    offset: strides.reduce((at, stride, i) => at + stride * (starts[i] ?? 0), 0),
    strides: strides.map((stride, i) => stride * (steps[i] ?? 1)),
  }
}

function checkIndex(index: number, length: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= length)
    throw new CoreError('shape', `index ${index} is outside an axis of ${length}`)
}
