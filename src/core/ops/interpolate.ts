import { CoreError } from '../errors.ts'
import type { GraphBuilder } from '../ir/builder.ts'
import type { Value } from '../ir/graph.ts'
import { formatShape, permuted, type Shape, sameShape, sizeOf } from '../ir/shape.ts'
import { transposed } from '../reference/loops.ts'
import { CHANNELS_FIRST, CHANNELS_LAST } from './accumulate.ts'
import type { OpTable } from './op.ts'

declare module '../ir/graph.ts' {
  interface OpSignatures {
    /** from (1,H,W,C), way (1,H,W,C), shares (N) → (N,C,H,W) */
    interpolate: Signature<[from: V, way: V, shares: V]>
  }
}

/** Many pictures from two. */
export const interpolate: Pick<OpTable, 'interpolate'> = {
  /**
   * from + share·way for each share. The two have their channels last, as the kernels' pictures: what comes of one run is given to
   * the next without being turned around.
   */
  interpolate: {
    infer: ([from, way, shares]) => {
      const [one, ...sample] = from.shape
      const fits = from.shape.length === 4 && one === 1 && sameShape(way.shape, from.shape)
      const [count, ...others] = shares.shape
      if (!fits || count === undefined || others.length > 0)
        throw new CoreError(
          'shape',
          `from ${formatShape(from.shape)}, way ${formatShape(way.shape)} and shares ${formatShape(shares.shape)} are not two of [1,H,W,C] and one of [N]`,
        )
      return { shape: permuted([count, ...sample], CHANNELS_FIRST), dtype: from.dtype }
    },
    vjp: (g, { inputs: [from, way, shares] }, ct) => [
      () => summed(g, lastChannels(g, ct), from.shape),
      () => summed(g, g.mul(lastChannels(g, ct), perSample(g, shares)), way.shape),
      () => g.reduceSum(g.mul(lastChannels(g, ct), g.expand(way, lastShape(ct.shape))), [1, 2, 3], 'drop'),
    ],
    lower: {
      kind: 'steps',
      layout: 'channels-last',
      rowMajor: [0, 1, 2],
      steps: ({ inputs: [from, way, shares], output }, context) => [
        {
          kernel: 'interpolate',
          args: {
            ...{ from: context.ref(from), way: context.ref(way), shares: context.ref(shares) },
            ...{ out: context.ref(output), batch: output.shape[0] ?? 0, length: sizeOf(from.shape) },
            ...{ clampMin: Number.NEGATIVE_INFINITY, clampMax: Number.POSITIVE_INFINITY },
          },
        },
      ],
    },
    evaluate: ([from, way, shares], _, { shape }) => {
      const last = lastShape(shape)
      const length = from.data.length
      const samples = Float64Array.from({ length: sizeOf(last) }, (_, i) => {
        const share = shares.data[Math.floor(i / length)] ?? 0
        return (from.data[i % length] ?? 0) + share * (way.data[i % length] ?? 0)
      })
      return transposed({ shape: last, data: samples }, CHANNELS_FIRST)
    },
  },
}

const lastShape = (shape: Shape): Shape => permuted(shape, CHANNELS_LAST)
const lastChannels = (g: GraphBuilder, x: Value): Value => g.transpose(x, CHANNELS_LAST)
const perSample = (g: GraphBuilder, shares: Value): Value =>
  g.reshape(shares, [shares.shape[0] ?? 0, 1, 1, 1])
const summed = (g: GraphBuilder, x: Value, shape: Shape): Value =>
  g.reshape(g.reduceSum(x, [0], 'keep'), shape)
