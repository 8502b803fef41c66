import { Resvg } from '@resvg/resvg-js'
import { FAMILY, fontOf, type Weight } from './font.ts'
import { svg } from './svg.ts'

/** How text is set, as far as its width goes. */
export interface Type {
  /** of the font, units */
  readonly size: number
  /** 400 unless said */
  readonly weight?: Weight
}

/** Characters are measured at this size. */
const EM = 100

/** Beyond it there are no letters that the font has: a character takes a whole em. */
const LAST_MEASURED = 0x2fff

/** Extents of characters between two bars, as a space has none of its own; each is measured when it is first met. */
const extents: Readonly<Record<Weight, Map<string, number>>> = { 400: new Map(), 600: new Map() }

/** How wide a line of text becomes: the sum of its characters, which kerning makes a little less. */
export function textWidth(content: string, { size, weight = 400 }: Type): number {
  let ems = 0
  for (const character of content) ems += characterWidth(character, weight)
  return ems * size
}

function characterWidth(character: string, weight: Weight): number {
  if ((character.codePointAt(0) ?? 0) > LAST_MEASURED) return 1
  return (extent(character, weight) - extent('', weight)) / EM
}

function extent(character: string, weight: Weight): number {
  const known = extents[weight].get(character)
  if (known !== undefined) return known
  const line = svg`<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1" font-family="${FAMILY}" font-size="${EM}" font-weight="${weight}"><text xml:space="preserve">${`|${character}|`}</text></svg>`
  const width = new Resvg(line.markup, { font: fontOf(weight), logLevel: 'off' }).getBBox()?.width ?? 0
  extents[weight].set(character, width)
  return width
}
