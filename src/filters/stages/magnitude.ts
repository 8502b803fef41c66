import { elementwise } from '../elementwise.ts'
import type { Matrix } from '../matrix.ts'
import type { Stage } from '../stage.ts'
import { correlate } from './correlate.ts'

/** factor · √(a² + b²) of x correlated with two kernels of the same sides: the length of a gradient. */
export const magnitude = (a: Matrix, b: Matrix, factor = 1): Stage => ({
  reach: a,
  bands: 2,
  unsigned: true,
  run: (x, want, context) => {
    const uncast = { ...context, cast: undefined }
    const p = correlate(a).run(x, want, uncast)
    const q = correlate(b).run(x, want, uncast)
    return elementwise(p, (i) => factor * Math.sqrt((p.data[i] ?? 0) ** 2 + (q.data[i] ?? 0) ** 2))
  },
})
