import type { Value } from '../ir/graph.ts'
import type { LoweringContext, Step } from '../plan/lowering.ts'
import type { AveragePoolAttrs, PoolAttrs } from './pool.ts'
import { imageShape, windowArgs } from './window.ts'

/** Modes of the pool kernels: 0 maximum, 1 and 2 average without and with the padding. */
type Mode = 0 | 1 | 2

export const averageMode = ({ countIncludePad }: AveragePoolAttrs): Mode => (countIncludePad ? 2 : 1)

function geometry(large: Value, small: Value, attrs: PoolAttrs, mode: Mode) {
  const [batch, channels, inH, inW] = imageShape(large.shape, 'x')
  const [, , outH, outW] = imageShape(small.shape, 'y')
  const window = windowArgs(batch, [inH, inW], [outH, outW], attrs.kernel, attrs)
  return { ...window, padBottom: attrs.pads[2], padRight: attrs.pads[3], channels, mode }
}

export const poolStep = (
  x: Value,
  out: Value,
  attrs: PoolAttrs,
  mode: Mode,
  context: LoweringContext,
): Step => ({
  kernel: 'pool',
  args: { x: context.ref(x), out: context.ref(out), ...geometry(x, out, attrs, mode) },
})

export const poolGradStep = (
  ct: Value,
  x: Value | undefined,
  out: Value,
  attrs: PoolAttrs,
  mode: Mode,
  context: LoweringContext,
): Step => ({
  kernel: 'poolGrad',
  args: {
    ct: context.ref(ct),
    x: x && context.ref(x),
    out: context.ref(out),
    ...geometry(out, ct, attrs, mode),
  },
})
