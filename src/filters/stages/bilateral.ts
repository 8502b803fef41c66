import type { Matrix } from '../matrix.ts'
import { type Stage, slideOf } from '../stage.ts'
import { oriented, windowOf } from '../window.ts'

/** Σ w x / Σ w with w = spatial · exp(−d²/2σ²), d the distance of two colours: all channels weigh alike. */
export const bilateral = (spatial: Matrix, sigma: number): Stage => ({
  reach: spatial,
  run(x, want, { arithmetic, setting }) {
    // colours are compared to that of a window's own middle, whichever places the result has
    const { top: row, left: column } = windowOf(spatial, { ...setting, size: 'same' })
    const options = { spatial: oriented(spatial, setting.mode), centre: { row, column }, sigma }
    return arithmetic.bilateral(x, options, slideOf(spatial, x, want, setting))
  },
})
