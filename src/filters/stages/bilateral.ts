import type { Matrix } from '../matrix.ts'
import { type Stage, slideOf } from '../stage.ts'
import { oriented } from '../window.ts'

/** Σ w x / Σ w with w = spatial · exp(−d²/2σ²), d the distance of two colours: all channels weigh alike. */
export const bilateral = (spatial: Matrix, sigma: number): Stage => ({
  reach: spatial,
  run: (x, want, { arithmetic, setting }) =>
    arithmetic.bilateral(
      x,
      { spatial: oriented(spatial, setting.mode), sigma },
      slideOf(spatial, x, want, setting),
    ),
})
