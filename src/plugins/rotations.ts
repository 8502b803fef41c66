import { drawAll, type NonCubic } from '../augment/draws.ts'
import { isBatch } from '../augment/layout.ts'
import { apply, type Draw, restore } from '../augment/orientation.ts'
import { sizeOf } from '../core/ir/shape.ts'
import { invalidParameters } from '../errors.ts'
import type { RotateQuery } from '../schemas/read-augment.ts'
import { rotateArrays } from './rotate-arrays.ts'
import { rotatePictures } from './rotate-pictures.ts'
import type { Rotated, Rotating, Turn } from './rotating.ts'
import type { RotationInputs } from './rotation-inputs.ts'

/** Numbers are written out one by one: a whole picture would fill the memory of whoever reads them. */
const MAX_JSON_ELEMENTS = 1_000_000

/** Draws, and does or undoes what was drawn. Throws AugmentError where the draws do not fit, and HttpError. */
export async function rotateAll(rotating: Rotating, inputs: RotationInputs): Promise<Rotated> {
  const { query, format } = rotating
  const { source, p, sameOnBatch, seed } = query
  if (format === 'json') checkCount(inputs)
  const nonCubic = query.nonCubic ?? usual(inputs, query)
  const draws = drawAll(inputs.samples, { source, p, sameOnBatch, seed, nonCubic })
  const move = query.inverse ? restore : apply
  const turn: Turn = (view, sample) => move(view, drawOf(draws, sample))
  return inputs.kind === 'pictures'
    ? { draws, ...(await rotatePictures(rotating, inputs.uploads, turn)) }
    : { draws, files: await rotateArrays(rotating, inputs.arrays, turn), warnings: [] }
}

function drawOf(draws: readonly Draw[], sample: number): Draw {
  const draw = draws[sample]
  if (!draw) throw new RangeError(`no draw for sample ${sample}`)
  return draw
}

/** Pictures need not be alike, and who names the turns knows what they do to the shape. */
const usual = ({ kind }: RotationInputs, { source }: RotateQuery): NonCubic =>
  kind === 'arrays' && source.kind === 'group' ? 'error' : 'ragged'

function checkCount({ samples }: RotationInputs): void {
  const shapes = samples.map(({ shape, layout }) => (isBatch(layout) ? shape.slice(1) : shape))
  // a side of 0 leaves no numbers, but all the lists around them
  const sides = shapes.map((shape) => shape.map((side) => Math.max(1, side)))
  const elements = sides.reduce((sum, shape) => sum + sizeOf(shape), 0)
  if (elements > MAX_JSON_ELEMENTS)
    throw invalidParameters([
      {
        parameter: 'format',
        message: `expected at most ${MAX_JSON_ELEMENTS.toLocaleString('en')} numbers for json, got ${elements.toLocaleString('en')}: take npy`,
      },
    ])
}
