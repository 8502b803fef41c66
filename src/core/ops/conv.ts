import { CoreError } from '../errors.ts'
import type { ValueType } from '../ir/graph.ts'
import { formatShape, isSymbolic, type Shape, sameShape, sizeOf } from '../ir/shape.ts'
import type { Tensor } from '../ir/tensor.ts'
import {
  addConv,
  addConvTranspose,
  addConvWeightGrad,
  type ConvGeometry,
  doubles,
} from '../reference/loops.ts'
import { borderedInputs, convSteps, convTransposeSteps, convWeightGradSteps } from './conv-steps.ts'
import type { OpTable } from './op.ts'
import { geometryOf, imageShape, windowOutput } from './window.ts'

/** Spatial attributes of a 2-D window, (height, width); pads are [top, left, bottom, right] as in ONNX. */
export interface Window2d {
  strides: readonly [number, number]
  dilations: readonly [number, number]
  pads: readonly [number, number, number, number]
}
export interface ConvAttrs extends Window2d {
  groups: number
}
export interface ConvTransposeAttrs extends ConvAttrs {
  /** (height, width) of the result: a strided convolution does not determine its input's size */
  outputSize: readonly [number, number]
}

declare module '../ir/graph.ts' {
  interface OpSignatures {
    /** x (N,C,H,W), w (M,C/groups,kh,kw), bias (M) → (N,M,H',W'). ONNX Conv, 2-D, explicit pads. */
    conv: Signature<[x: V, w: V, bias?: V], ConvAttrs>
    /** x (N,C,H,W), w (C,M/groups,kh,kw), bias (M) → (N,M,…outputSize): the adjoint of `conv` with the same attrs. */
    convTranspose: Signature<[x: V, w: V, bias?: V], ConvTransposeAttrs>
    /** x (N,C,H,W), ct (N,M,H',W') → (M,C/groups,kh,kw): the weight gradient of `conv`. */
    convWeightGrad: Signature<[x: V, ct: V], ConvAttrs & { kernel: readonly [number, number] }>
  }
}

/** 2-D convolutions. One geometry serves all three: `large` is the side the window slides over, `small` its positions. */
export const conv: Pick<OpTable, 'conv' | 'convTranspose' | 'convWeightGrad'> = {
  /** y[m,o] = bias[m] + Σ w[m,c,t]·x[c, o·stride − pad + t·dilation] over the channels c of m's group. (ONNX Conv) */
  conv: {
    infer: ([x, w, bias], attrs) => {
      const [batch, channels, height, width] = imageShape(x.shape, 'x')
      const [filters, perGroup, kh, kw] = imageShape(w.shape, 'w')
      checkGroups(channels, filters, perGroup, attrs.groups, w)
      checkBias(bias, filters)
      return { shape: [batch, filters, ...windowOutput([height, width], [kh, kw], attrs)], dtype: x.dtype }
    },
    vjp: (g, { inputs: [x, w], attrs }, ct) => [
      () => g.emit('convTranspose', [ct, w], { ...attrs, outputSize: spatial(x) }),
      () => g.emit('convWeightGrad', [x, ct], { ...attrs, kernel: spatial(w) }),
      () => g.reduceSum(ct, [0, 2, 3], 'drop'),
    ],
    lower: {
      kind: 'steps',
      layout: 'channels-last',
      rowMajor: [1],
      asTheyAre: borderedInputs,
      steps: convSteps,
    },
    evaluate: ([x, w, bias], attrs, output) => {
      const y = withBias(output.shape, bias)
      addConv(convGeometry(x.shape, output.shape, spatial(w), attrs), doubles(x), doubles(w), y)
      return y
    },
  },

  /** The adjoint of `conv` in x, plus bias: x is `small`, the output of outputSize is `large`. (ONNX ConvTranspose) */
  convTranspose: {
    infer: ([x, w, bias], attrs) => {
      const [batch, channels, height, width] = imageShape(x.shape, 'x')
      const [inputs, perGroup, kh, kw] = imageShape(w.shape, 'w')
      const filters = perGroup * attrs.groups
      checkGroups(filters, inputs, perGroup, attrs.groups, w)
      if (inputs !== channels)
        throw new CoreError(
          'shape',
          `weights ${formatShape(w.shape)} take ${inputs} channels, x has ${channels}`,
        )
      checkBias(bias, filters)
      if (!sameShape(windowOutput(attrs.outputSize, [kh, kw], attrs), [height, width]))
        throw new CoreError(
          'shape',
          `no convolution of ${attrs.outputSize.join('×')} gives ${height}×${width}`,
        )
      return { shape: [batch, filters, ...attrs.outputSize], dtype: x.dtype }
    },
    vjp: (g, { inputs: [x, w], attrs: { outputSize: _, ...attrs } }, ct) => [
      () => g.emit('conv', [ct, w], attrs),
      () => g.emit('convWeightGrad', [ct, x], { ...attrs, kernel: spatial(w) }),
      () => g.reduceSum(ct, [0, 2, 3], 'drop'),
    ],
    lower: { kind: 'steps', layout: 'channels-last', rowMajor: [1], steps: convTransposeSteps },
    evaluate: ([x, w, bias], attrs, output) => {
      const y = withBias(output.shape, bias)
      addConvTranspose(convGeometry(output.shape, x.shape, spatial(w), attrs), doubles(x), doubles(w), y)
      return y
    },
  },

  /** The adjoint of `conv` in w: Σ over samples and positions o of ct[m,o]·x[c, o·stride − pad + t·dilation]. */
  convWeightGrad: {
    infer: ([x, ct], attrs) => {
      const [batch, channels, height, width] = imageShape(x.shape, 'x')
      const [, filters] = imageShape(ct.shape, 'ct')
      const shape = [filters, channels / attrs.groups, ...attrs.kernel]
      checkGroups(channels, filters, channels / attrs.groups, attrs.groups, { shape, dtype: x.dtype })
      const y = [batch, filters, ...windowOutput([height, width], attrs.kernel, attrs)]
      if (!sameShape(y, ct.shape))
        throw new CoreError(
          'shape',
          `the cotangent is ${formatShape(ct.shape)}, the convolution gives ${formatShape(y)}`,
        )
      return { shape, dtype: x.dtype }
    },
    vjp: (g, { inputs: [x, y], attrs: { kernel: _, ...attrs } }, ct) => [
      () => g.emit('convTranspose', [y, ct], { ...attrs, outputSize: spatial(x) }),
      () => g.emit('conv', [x, ct], attrs),
    ],
    lower: { kind: 'steps', layout: 'channels-last', steps: convWeightGradSteps },
    evaluate: ([x, ct], attrs, output) => {
      const w = new Float64Array(sizeOf(output.shape))
      addConvWeightGrad(convGeometry(x.shape, ct.shape, attrs.kernel, attrs), doubles(x), doubles(ct), w)
      return w
    },
  },
}

const spatial = ({ shape }: { shape: Shape }): [number, number] => [shape[2] ?? 1, shape[3] ?? 1]

/** `large` channels in `groups`, each seen by small/groups filters of `perGroup` channels. */
function checkGroups(large: number, small: number, perGroup: number, groups: number, w: ValueType): void {
  const areWhole = Number.isInteger(groups) && Number.isInteger(perGroup) && groups >= 1
  const fits = areWhole && perGroup * groups === large && small % groups === 0
  if (!fits || (isSymbolic(small) && groups !== 1))
    throw new CoreError(
      'shape',
      `weights ${formatShape(w.shape)} in ${groups} groups do not fit ${large} channels`,
    )
}

function checkBias(bias: ValueType | undefined, filters: number): void {
  if (bias && !sameShape(bias.shape, [filters]))
    throw new CoreError(
      'shape',
      `bias ${formatShape(bias.shape)} is not one number for each of ${filters} filters`,
    )
}

function convGeometry(
  large: Shape,
  small: Shape,
  kernel: readonly [number, number],
  attrs: ConvAttrs,
): ConvGeometry {
  const [batch, largeChannels, height, width] = imageShape(large, 'x')
  const [, smallChannels, outHeight, outWidth] = imageShape(small, 'y')
  const window = geometryOf([height, width], [outHeight, outWidth], kernel, attrs)
  return { ...window, batch, largeChannels, smallChannels, groups: attrs.groups }
}

/** An output that begins as its bias. */
function withBias(shape: Shape, bias: Tensor | undefined): Float64Array {
  const [, channels = 1] = shape
  const plane = sizeOf(shape.slice(2))
  const y = new Float64Array(sizeOf(shape))
  if (bias)
    for (let i = 0; i * plane < y.length; i++)
      y.fill(bias.data[i % channels] ?? 0, i * plane, (i + 1) * plane)
  return y
}
