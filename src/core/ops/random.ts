import { CoreError } from '../errors.ts'
import { formatShape, type Shape, sizeOf } from '../ir/shape.ts'
import { keyOf, normalDeviate } from '../kernels/normal.ts'
import type { OpTable } from './op.ts'

declare module '../ir/graph.ts' {
  interface OpSignatures {
    /** keys: (N,2), the upper and lower 16 bits of a key for each sample */
    normal: Signature<[keys: V], { shape: Shape }>
  }
}

/** Random numbers that their keys fix. */
export const random: Pick<OpTable, 'normal'> = {
  /** Standard normal deviates (N,…shape): of each sample's key and the place in the sample, whatever batch it is in. */
  normal: {
    infer: ([keys], { shape }) => {
      const [samples, halves, ...more] = keys.shape
      if (samples === undefined || halves !== 2 || more.length > 0)
        throw new CoreError('shape', `keys must be (N,2), not ${formatShape(keys.shape)}`)
      return { shape: [samples, ...shape], dtype: 'float' }
    },
    vjp: 'nonDifferentiable',
    lower: {
      kind: 'steps',
      layout: 'row-major',
      steps: ({ inputs: [keys], attrs: { shape }, output }, context) => [
        {
          kernel: 'normal',
          args: {
            keys: context.ref(keys),
            out: context.ref(output),
            batch: keys.shape[0] ?? 0,
            length: sizeOf(shape),
          },
        },
      ],
    },
    evaluate: ([{ data }], { shape }, output) => {
      const length = sizeOf(shape)
      return Float64Array.from({ length: sizeOf(output.shape) }, (_, i) => {
        const sample = Math.floor(i / length)
        return normalDeviate(keyOf(data[2 * sample] ?? 0, data[2 * sample + 1] ?? 0), i % length)
      })
    },
  },
}
