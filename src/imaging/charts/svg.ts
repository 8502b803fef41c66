/** A piece of a drawing, as text. Made by `svg` only, so that whatever is not a piece itself is escaped. */
export interface Svg {
  readonly markup: string
}

type Part = string | number | Svg | readonly Svg[]

/** A drawing as a template: strings and numbers in it are escaped, pieces and lists of pieces go in as they are. */
export const svg = ({ raw }: TemplateStringsArray, ...parts: readonly Part[]): Svg => ({
  markup: String.raw({ raw }, ...parts.map(markupOf)),
})

/** Nothing at all. */
export const empty: Svg = { markup: '' }

function markupOf(part: Part): string {
  if (typeof part === 'string') return escaped(part)
  // thousandths of a pixel: no picture shows less
  if (typeof part === 'number') return String(Math.round(part * 1000) / 1000)
  return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('')
}

const entities = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&apos;'],
])

/** What XML cannot hold in any writing becomes U+FFFD. */
const escaped = (content: string): string =>
  content
    .toWellFormed()
    .replace(/\p{Cc}|[\uFFFE\uFFFF]/gu, '\uFFFD')
    .replace(/[&<>"']/g, (character) => entities.get(character) ?? '')
