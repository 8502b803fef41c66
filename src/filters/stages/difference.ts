import { elementwise } from '../elementwise.ts'
import { type Matrix, minus } from '../matrix.ts'
import type { Stage } from '../stage.ts'
import { correlate } from './correlate.ts'

/** x correlated with `a − b`, two kernels of the same sides: run as one after the other, since each may be separable. */
export function difference(a: Matrix, b: Matrix): Stage {
  const kernel = minus(a, b)
  return {
    reach: kernel,
    bands: 2,
    kernel,
    run: (x, want, context) => {
      const uncast = { ...context, cast: undefined }
      const p = correlate(a).run(x, want, uncast)
      const q = correlate(b).run(x, want, uncast)
      return elementwise(p, (i) => (p.data[i] ?? 0) - (q.data[i] ?? 0))
    },
  }
}
