import { CoreError } from '../errors.ts'
import { formatShape, permuted, type Shape, sameShape, sizeOf } from '../ir/shape.ts'
import { layoutsCoincide } from '../plan/layout.ts'
import { transposed } from '../reference/loops.ts'
import type { OpTable } from './op.ts'
import { copyStep, wholeOf } from './strided.ts'
import { imageShape } from './window.ts'

declare module '../ir/graph.ts' {
  interface OpSignatures {
    /** total (1,H,W,C), x (N,C,H,W) → (1,H,W,C) */
    accumulate: Signature<[total: V, x: V]>
  }
}

/** What is carried from run to run. */
export const accumulate: Pick<OpTable, 'accumulate'> = {
  /**
   * total + x₀ + x₁ + … over the batch, in this order: the same bits however the samples are divided into batches. Totals have
   * their channels last, as the kernels' pictures, so that nothing is turned around on its way from one run to the next.
   */
  accumulate: {
    infer: ([total, x]) => {
      const wanted = totalShape(x.shape)
      if (!sameShape(total.shape, wanted))
        throw new CoreError(
          'shape',
          `a total of ${formatShape(x.shape)} is ${formatShape(wanted)}, not ${formatShape(total.shape)}`,
        )
      return { shape: wanted, dtype: x.dtype }
    },
    vjp: (g, { inputs: [, x] }, ct) => [() => ct, () => g.expand(g.transpose(ct, CHANNELS_FIRST), x.shape)],
    lower: {
      kind: 'steps',
      layout: 'any',
      rowMajor: [0],
      steps: ({ inputs: [total, x], output }, context) => {
        const isTurned = context.layout(x) === 'channels-last' || layoutsCoincide(x.shape)
        const samples = isTurned ? x : context.temporary(permuted(x.shape, CHANNELS_LAST))
        const from = { ref: context.ref(x), strides: permuted(context.strides(x), CHANNELS_LAST) }
        return [
          ...(isTurned ? [] : [copyStep(samples.shape, from, wholeOf(samples, context))]),
          {
            kernel: 'accumulate',
            args: {
              total: context.ref(total),
              x: context.ref(samples),
              out: context.ref(output),
              batch: x.shape[0] ?? 0,
              length: sizeOf(output.shape),
            },
          },
        ]
      },
    },
    evaluate: ([total, x], _, { shape }) => {
      const sum = Float64Array.from(total.data)
      const length = sizeOf(shape)
      transposed(x, CHANNELS_LAST).forEach((value, i) => {
        sum[i % length] = (sum[i % length] ?? 0) + value
      })
      return sum
    },
  },
}

export const CHANNELS_LAST = [0, 2, 3, 1]
export const CHANNELS_FIRST = [0, 3, 1, 2]

/** The shape of a total of samples (N,C,H,W). Throws `shape` for others. */
export function totalShape(samples: Shape): Shape {
  const [, ...sample] = permuted(imageShape(samples, 'x'), CHANNELS_LAST)
  return [1, ...sample]
}
