import { CoreError } from '../errors.ts'
import { type QuarterTurns, turn, undo } from '../ir/rotation.ts'
import { formatShape, isSymbolic, normalizeAxis, stridesOf } from '../ir/shape.ts'
import { copyBlock, viewOf } from '../reference/loops.ts'
import type { OpTable } from './op.ts'
import { copyStep, wholeOf } from './strided.ts'

declare module '../ir/graph.ts' {
  interface OpSignatures {
    /** k counter-clockwise quarter turns in the plane of two axes; neither may be the free batch */
    rot90: Signature<[x: V], QuarterTurns>
  }
}

/** Rotations. (numpy.rot90; ONNX has no name for them) */
export const rotation: Pick<OpTable, 'rot90'> = {
  /** k = 1: y[…iₐ…i_b…] = x[…i_b…n_b−1−iₐ…]. The vjp is the rotation back: the matrix is a permutation. */
  rot90: {
    infer: ([x], turns) => {
      const { shape } = turn({ offset: 0, shape: x.shape, strides: [] }, turns)
      if (turns.axes.some((axis) => isSymbolic(x.shape[normalizeAxis(axis, x.shape.length)] ?? 1)))
        throw new CoreError('shape', `the free batch of ${formatShape(x.shape)} is no axis to rotate`)
      return { shape, dtype: x.dtype }
    },
    vjp: (g, { attrs }, ct) => [() => g.emit('rot90', [ct], undo(attrs))],
    lower: {
      kind: 'steps',
      layout: 'follow',
      steps: ({ inputs: [x], attrs, output }, context) => {
        const seen = turn({ offset: 0, shape: x.shape, strides: context.strides(x) }, attrs)
        const from = { ref: context.ref(x, seen.offset), strides: seen.strides }
        return [copyStep(output.shape, from, wholeOf(output, context))]
      },
    },
    evaluate: ([x], attrs, { shape }) => {
      const y = new Float64Array(x.data.length)
      const from = turn({ offset: 0, shape: x.shape, strides: stridesOf(x.shape) }, attrs)
      copyBlock(shape, x.data, from, y, viewOf(shape))
      return y
    },
  },
}
