import type { Case } from './case.ts'
import type { Sandbox } from './sandbox.ts'

/** Samples, and the numbers of each. */
const sizes = [
  [1, 1],
  [2, 15],
  [3, 16],
  [0, 5],
  [5, 40_003],
].map(([batch = 0, length = 1]) => ({ title: `${batch} samples of ${length}`, batch, length }))

export const accumulate: readonly Case<'accumulate'>[] = sizes.map(({ title, batch, length }) => ({
  title,
  args: (box) => ({
    total: box.whole(length),
    x: box.whole(batch * length),
    out: box.empty(length),
    batch,
    length,
  }),
}))

const unclamped = { clampMin: -Infinity, clampMax: Infinity }

export const interpolate: readonly Case<'interpolate'>[] = [
  ...sizes.map((size) => ({ ...size, ...unclamped })),
  { title: 'clamped', batch: 3, length: 77, clampMin: 0, clampMax: 5 },
].map(({ title, batch, length, clampMin, clampMax }) => ({
  title,
  args: (box: Sandbox) => ({
    from: box.whole(length),
    way: box.whole(length),
    shares: box.whole(batch),
    out: box.empty(batch * length),
    ...{ batch, length, clampMin, clampMax },
  }),
}))
