import * as z from 'zod'
import { type Shape, sizeOf } from '../core/ir/shape.ts'
import type { Random } from './random.ts'

export const INITIALIZERS = ['he', 'xavier', 'ones', 'zeros'] as const
export type Initializer = (typeof INITIALIZERS)[number] | { readonly given: Float64Array }

export const initializerSchema = z.enum(INITIALIZERS).meta({
  id: 'Initializer',
  description:
    'he: normal, variance 2/fan-in (He 2015); xavier: uniform, ±√(6/(fan-in + fan-out)) (Glorot 2010); ones; zeros',
  example: 'he',
})

/** Numbers of a parameter of shape (out, in, …) before training. */
export function initialValues(shape: Shape, init: Initializer, random: Random): Float64Array {
  const length = sizeOf(shape)
  if (typeof init === 'object') return Float64Array.from(init.given)
  const [out = 1, ...rest] = shape
  const fanIn = sizeOf(rest)
  const fanOut = out * sizeOf(rest.slice(1))
  switch (init) {
    case 'ones':
      return new Float64Array(length).fill(1)
    case 'zeros':
      return new Float64Array(length)
    case 'he': {
      const deviation = Math.sqrt(2 / fanIn)
      return Float64Array.from({ length }, () => deviation * random.normal())
    }
    case 'xavier': {
      const bound = Math.sqrt(6 / (fanIn + fanOut))
      return Float64Array.from({ length }, () => bound * (2 * random.uniform() - 1))
    }
  }
}
