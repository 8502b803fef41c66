import { AugmentError } from './errors.ts'

/** What the axes of an array may be: batch, channels, depth, height, width. */
export const LAYOUTS = [
  'HW',
  'HWC',
  'CHW',
  'NHW',
  'NHWC',
  'NCHW',
  'DHW',
  'DHWC',
  'CDHW',
  'NDHW',
  'NDHWC',
  'NCDHW',
] as const
/** See `LAYOUTS`. */
export type Layout = (typeof LAYOUTS)[number]

/** What an array is taken for by its number of dimensions: volumes, since pictures come as pictures. */
const byRank: ReadonlyMap<number, Layout> = new Map([
  [2, 'HW'],
  [3, 'DHW'],
  [4, 'NDHW'],
  [5, 'NCDHW'],
])

/** The layout of an array of this shape. Throws AugmentError naming `layout`. */
export function layoutOf(shape: readonly number[], asked: Layout | undefined): Layout {
  const layout = asked ?? byRank.get(shape.length)
  if (layout === undefined)
    throw new AugmentError(
      'bad-parameter',
      'layout',
      `expected an array of 2 to 5 dimensions, got shape (${shape.join(', ')})`,
    )
  if (layout.length !== shape.length)
    throw new AugmentError(
      'bad-parameter',
      'layout',
      `expected a layout of ${shape.length} letters for shape (${shape.join(', ')}), got ${layout}`,
    )
  return layout
}

/** The axes that may be rotated, outermost first: those of space. */
export const spaceOf = (layout: Layout): readonly number[] =>
  [...layout].flatMap((letter, axis) => ('DHW'.includes(letter) ? [axis] : []))

/** Whether the first axis counts samples. */
export const isBatch = (layout: Layout): boolean => layout.startsWith('N')
