import { Resvg } from '@resvg/resvg-js'
import { FAMILY, font } from './font.ts'
import { svg } from './svg.ts'

/** How text is set, as far as its width goes. */
export interface Type {
  /** of the font, units */
  readonly size: number
  /** 400 unless said */
  readonly weight?: 400 | 600
}

/** Characters are measured at this size. */
const EM = 100

/** Beyond it there are no letters that the font has: a character takes a whole em. */
const LAST_MEASURED = 0x2fff

/** Widths of characters in ems; each is measured when it is first met. */
const widths = { 400: new Map<string, number>(), 600: new Map<string, number>() }

/** How wide a line of text becomes: the sum of its characters, which kerning makes a little less. */
export function textWidth(content: string, { size, weight = 400 }: Type): number {
  let ems = 0
  for (const character of content) ems += characterWidth(character, weight)
  return ems * size
}

function characterWidth(character: string, weight: 400 | 600): number {
  if ((character.codePointAt(0) ?? 0) > LAST_MEASURED) return 1
  const known = widths[weight].get(character)
  if (known !== undefined) return known
  // between two bars, as a space has no extent of its own
  const width = (extent(`|${character}|`, weight) - extent('||', weight)) / EM
  widths[weight].set(character, width)
  return width
}

function extent(content: string, weight: number): number {
  const line = svg`<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1" font-family="${FAMILY}" font-size="${EM}" font-weight="${weight}"><text xml:space="preserve">${content}</text></svg>`
  return new Resvg(line.markup, { font, logLevel: 'off' }).getBBox()?.width ?? 0
}
