import type { Matrix } from '../matrix.ts'
import { type Stage, slideOf } from '../stage.ts'
import { oriented } from '../window.ts'

/** A linear filter: x correlated with the kernel, or convolved, as the setting's mode says. */
export const correlate = (kernel: Matrix): Stage => ({
  reach: kernel,
  kernel,
  run: (x, want, { arithmetic, setting, cast }) =>
    arithmetic.correlate(x, oriented(kernel, setting.mode), { ...slideOf(kernel, x, want, setting), cast }),
})
