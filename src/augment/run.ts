import { sizeOf } from '../core/ir/shape.ts'
import { copyElementsInto } from '../imaging/copy-elements.ts'
import { numbersOf } from '../imaging/npy.ts'
import { npyFile } from '../imaging/npy-file.ts'
import { datatypeOf, tensorToJson } from '../imaging/tensor-json.ts'
import type { RotateJob, RotatePiece, RotateResult } from './job.ts'

/** Moves the elements of every piece. Throws TensorError `value` for integers that JSON cannot hold. */
export function runRotate({ pieces }: RotateJob): RotateResult {
  const from = performance.now()
  const moved = pieces.map(written)
  return { pieces: moved, timings: { rotate: performance.now() - from } }
}

function elementsOf({ source, elementBytes, views }: RotatePiece): Uint8Array<ArrayBuffer> {
  const lengths = views.map(({ shape }) => sizeOf(shape) * elementBytes)
  const elements = new Uint8Array(lengths.reduce((a, b) => a + b, 0))
  let at = 0
  views.forEach((view, i) => {
    const length = lengths[i] ?? 0
    copyElementsInto(elements.subarray(at, at + length), source, elementBytes, view)
    at += length
  })
  return elements
}

const text = new TextEncoder()

function written(piece: RotatePiece): Uint8Array<ArrayBuffer> {
  const { as, elementBytes } = piece
  const data = elementsOf(piece)
  switch (as.kind) {
    case 'elements':
      return data
    case 'npy':
      return npyFile({ ...as, data })
    case 'json': {
      const numbers = numbersOf({ ...as, elementBytes, order: 'C', data })
      return text.encode(JSON.stringify(tensorToJson(numbers, datatypeOf(as.dtype))))
    }
  }
}
