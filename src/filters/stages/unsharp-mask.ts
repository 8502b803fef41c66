import { rowsWithin } from '../band.ts'
import { elementwise } from '../elementwise.ts'
import { type Matrix, matrixFrom, padded, plusIdentity } from '../matrix.ts'
import type { Stage } from '../stage.ts'
import { correlate } from './correlate.ts'

/** x + strength · (x − blur x) where |x − blur x| > threshold, else x. The blur has odd sides. */
export function unsharpMask(blur: Matrix, strength: number, threshold: number): Stage {
  const itself = padded(matrixFrom([[1]]), blur.rows, blur.columns)
  return {
    reach: blur,
    bands: 2,
    // what does not look at the threshold is linear
    kernel: threshold === 0 ? plusIdentity(blur, -strength, 1 + strength) : undefined,
    run: (x, want, context) => {
      const uncast = { ...context, cast: undefined }
      const blurred = correlate(blur).run(x, want, uncast)
      const isSame = context.setting.size === 'same'
      const original = isSame ? rowsWithin(x, want) : correlate(itself).run(x, want, uncast)
      return elementwise(blurred, (i) => {
        const value = original.data[i] ?? 0
        const detail = value - (blurred.data[i] ?? 0)
        return Math.abs(detail) > threshold ? value + strength * detail : value
      })
    },
  }
}
