import { CoreError } from '../errors.ts'
import type { GraphBuilder } from '../ir/builder.ts'
import type { Value, ValueType } from '../ir/graph.ts'
import { formatShape, type Shape, sameShape, sizeOf } from '../ir/shape.ts'
import { fold, larger, sum } from '../reference/loops.ts'
import { divideByCount, where } from './build.ts'
import type { Window2d } from './conv.ts'
import type { OpTable } from './op.ts'
import { averagePlanes, firstMaxima, spreadPlanes } from './pool-loops.ts'
import { averageMode, poolGradStep, poolStep } from './pool-steps.ts'
import { imageShape, windowOutput } from './window.ts'

export interface PoolAttrs extends Window2d {
  kernel: readonly [number, number]
  /** the last window may start inside and end outside of the padded input (never start in the right padding) */
  ceilMode: boolean
}
export interface AveragePoolAttrs extends PoolAttrs {
  /** divide by the whole window, not only by its part inside the input */
  countIncludePad: boolean
}

declare module '../ir/graph.ts' {
  interface OpSignatures {
    /** padding never wins: it counts as −∞ */
    maxPool: Signature<[x: V], PoolAttrs>
    /** routes ct to the first maximum of each window in row-major order */
    maxPoolGrad: Signature<[ct: V, x: V], PoolAttrs>
    averagePool: Signature<[x: V], AveragePoolAttrs>
    averagePoolGrad: Signature<[ct: V], AveragePoolAttrs & { inputSize: readonly [number, number] }>
    /** mean over all spatial axes, kept as 1 */
    globalAveragePool: Signature<[x: V], NoAttrs>
    /** maximum over all spatial axes, kept as 1; the gradient goes to the first maximum */
    globalMaxPool: Signature<[x: V], NoAttrs>
  }
}

type Names =
  | 'maxPool'
  | 'maxPoolGrad'
  | 'averagePool'
  | 'averagePoolGrad'
  | 'globalAveragePool'
  | 'globalMaxPool'

/** Windows over the pixels of each channel. (ONNX ops of the same names; the gradients are ours) */
export const pool: Pick<OpTable, Names> = {
  /** y = max of x over the window; NaN where it holds one. The gradient goes to the first maximum, row-major. */
  maxPool: {
    infer: ([x], attrs) => inferPool(x, attrs),
    vjp: (g, { inputs: [x], attrs }, ct) => [() => g.emit('maxPoolGrad', [ct, x], attrs)],
    lower: {
      kind: 'steps',
      layout: 'channels-last',
      steps: ({ inputs: [x], attrs, output }, context) => [poolStep(x, output, attrs, 0, context)],
    },
    evaluate: ([x], attrs, output) =>
      firstMaxima(x, output, attrs).map((at) => (at < 0 ? Number.NEGATIVE_INFINITY : (x.data[at] ?? 0))),
  },

  /** x̄ = ct, each summed into the first maximum of its window. Linear in ct; x only chooses. */
  maxPoolGrad: {
    infer: ([ct, x], attrs) => {
      const pooled = inferPool(x, attrs)
      if (!sameShape(pooled.shape, ct.shape))
        throw new CoreError(
          'shape',
          `the cotangent is ${formatShape(ct.shape)}, the pool gives ${formatShape(pooled.shape)}`,
        )
      return { shape: x.shape, dtype: ct.dtype }
    },
    vjp: (g, { inputs: [, x], attrs }, ct) => [() => atFirstMaxima(g, ct, x, attrs), undefined],
    lower: {
      kind: 'steps',
      layout: 'channels-last',
      steps: ({ inputs: [ct, x], attrs, output }, context) => [
        poolGradStep(ct, x, output, attrs, 0, context),
      ],
    },
    evaluate: ([ct, x], attrs, output) => {
      const out = new Float64Array(sizeOf(output.shape))
      firstMaxima(x, ct, attrs).forEach((at, o) => {
        if (at >= 0) out[at] = (out[at] ?? 0) + (ct.data[o] ?? 0)
      })
      return out
    },
  },

  /** y = mean of x over the window's part inside the input, or, counting padding as zeros, inside the padded input. */
  averagePool: {
    infer: ([x], attrs) => inferPool(x, attrs),
    vjp: (g, { inputs: [x], attrs }, ct) => [
      () => g.emit('averagePoolGrad', [ct], { ...attrs, inputSize: spatial(x) }),
    ],
    lower: {
      kind: 'steps',
      layout: 'channels-last',
      steps: ({ inputs: [x], attrs, output }, context) => [
        poolStep(x, output, attrs, averageMode(attrs), context),
      ],
    },
    evaluate: ([x], attrs, output) => averagePlanes(x, output, attrs),
  },

  /** The adjoint of `averagePool`: each ct spread evenly over its window. */
  averagePoolGrad: {
    infer: ([ct], attrs) => {
      const [batch, channels, height, width] = imageShape(ct.shape, 'ct')
      if (!sameShape(windowOutput(attrs.inputSize, attrs.kernel, attrs, attrs.ceilMode), [height, width]))
        throw new CoreError('shape', `no pool of ${attrs.inputSize.join('×')} gives ${height}×${width}`)
      return { shape: [batch, channels, ...attrs.inputSize], dtype: ct.dtype }
    },
    vjp: (g, { attrs: { inputSize: _, ...attrs } }, ct) => [() => g.emit('averagePool', [ct], attrs)],
    lower: {
      kind: 'steps',
      layout: 'channels-last',
      steps: ({ inputs: [ct], attrs, output }, context) => [
        poolGradStep(ct, undefined, output, attrs, averageMode(attrs), context),
      ],
    },
    evaluate: ([ct], attrs, output) => spreadPlanes(ct, output, attrs),
  },

  /** y = mean of x over all pixels of a channel. */
  globalAveragePool: {
    infer: ([x]) => inferGlobal(x),
    vjp: (g, { inputs: [x] }, ct) => [() => g.expand(divideByCount(g, ct, x.shape, pixelAxes(x)), x.shape)],
    lower: {
      kind: 'decompose',
      expand: (g, { inputs: [x] }) => g.emit('reduceMean', [x], { axes: pixelAxes(x), keepDims: true }),
    },
    evaluate: ([x]) => {
      const pixels = sizeOf(x.shape.slice(2))
      return sum(x, pixelAxes(x)).map((total) => total / pixels)
    },
  },

  /** y = max of x over all pixels of a channel. The gradient goes to the first maximum, row-major. */
  globalMaxPool: {
    infer: ([x]) => inferGlobal(x),
    vjp: (g, { inputs: [x] }, ct) => [
      () => {
        const plane = asPlane(x.shape)
        const pooled = g.reshape(ct, [...plane.slice(0, 2), 1, 1])
        return g.reshape(g.emit('maxPoolGrad', [pooled, g.reshape(x, plane)], wholePlane(plane)), x.shape)
      },
    ],
    lower: {
      kind: 'decompose',
      expand: (g, { inputs: [x] }) => g.emit('reduceMax', [x], { axes: pixelAxes(x), keepDims: true }),
    },
    evaluate: ([x]) => fold(x, pixelAxes(x), Number.NEGATIVE_INFINITY, larger),
  },
}

const spatial = ({ shape }: ValueType): [number, number] => [shape[2] ?? 1, shape[3] ?? 1]
const pixelAxes = ({ shape }: ValueType): number[] => shape.map((_, axis) => axis).slice(2)

function inferPool(x: ValueType, attrs: PoolAttrs): ValueType {
  const [batch, channels, height, width] = imageShape(x.shape, 'x')
  const output = windowOutput([height, width], attrs.kernel, attrs, attrs.ceilMode)
  return { shape: [batch, channels, ...output], dtype: x.dtype }
}

function inferGlobal(x: ValueType): ValueType {
  if (x.shape.length < 3) throw new CoreError('shape', `${formatShape(x.shape)} has no pixels to pool`)
  return { shape: x.shape.map((dim, axis) => (axis < 2 ? dim : 1)), dtype: x.dtype }
}

/** (N,C,…) as (N,C,H,W) with the same pixels in the same order. */
const asPlane = (shape: Shape): Shape =>
  shape.length === 4 ? shape : [...shape.slice(0, 2), sizeOf(shape.slice(2)), 1]

const wholePlane = ([, , height = 1, width = 1]: Shape): PoolAttrs => ({
  kernel: [height, width],
  strides: [1, 1],
  dilations: [1, 1],
  pads: [0, 0, 0, 0],
  ceilMode: false,
})

/**
 * c read at the first maximum of each window of x: the adjoint of `maxPoolGrad` in ct. The taps are laid over each other
 * from the last to the first, so that the first one that holds the maximum stays.
 */
function atFirstMaxima(g: GraphBuilder, c: Value, x: Value, attrs: PoolAttrs): Value {
  const top = g.emit('maxPool', [x], attrs)
  const { kernel, strides, dilations, pads } = attrs
  const after = ([0, 1] as const).map((i) => {
    const reach = ((top.shape[2 + i] ?? 1) - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1
    return Math.max(0, reach - (x.shape[2 + i] ?? 1) - pads[i])
  })
  const padding = [0, 0, pads[0], pads[1], 0, 0, ...after]
  const padded = (v: Value, value: number) => g.emit('pad', [v], { pads: padding, mode: 'constant', value })
  const [paddedX, paddedC] = [padded(x, Number.NEGATIVE_INFINITY), padded(c, 0)]
  let result = g.expand(g.scalar(0), top.shape)
  for (let tap = kernel[0] * kernel[1] - 1; tap >= 0; tap--) {
    const [ky, kx] = [Math.floor(tap / kernel[1]), tap % kernel[1]]
    const starts = [0, 0, ky * dilations[0], kx * dilations[1]]
    const at = (v: Value) => g.emit('slice', [v], { starts, steps: [1, 1, ...strides], lengths: top.shape })
    result = where(g, g.emit('equal', [at(paddedX), top], {}), at(paddedC), result)
  }
  return result
}
