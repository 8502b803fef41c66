import type { FastifyRequest } from 'fastify'
import type { Draw } from '../augment/orientation.ts'
import type { StridedView } from '../core/ir/shape.ts'
import type { Place } from '../engine.ts'
import type { RotateFormat } from '../schemas/augment.ts'
import type { RotateQuery } from '../schemas/read-augment.ts'

/** One rotated picture, array or sample, in its format. */
export interface RotatedFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** What a request made of its samples. */
export interface Rotated {
  readonly draws: readonly Draw[]
  readonly files: readonly RotatedFile[]
  readonly warnings: readonly string[]
}

/** How a request's samples are answered. */
export interface Rotating {
  readonly request: FastifyRequest
  readonly place: Place
  readonly query: RotateQuery
  readonly format: RotateFormat
}

/** What becomes of the view of a sample. */
export type Turn = (view: StridedView, sample: number) => StridedView
