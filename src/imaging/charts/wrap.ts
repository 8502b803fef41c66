import { type Type, textWidth } from './text-width.ts'

/** What lies behind so many characters would not be read in a picture. */
const LONGEST = 600

/**
 * A text in lines at most `width` wide, broken at spaces, or anywhere in a word that is wider than a line. What more than
 * `most` lines would take is cut off, and the last of them ends in `…`.
 */
export function wrapped(content: string, width: number, type: Type, most: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of wordsOf(content).flatMap((word) => broken(word, width, type))) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line === '' || textWidth(longer, type) <= width) line = longer
    else if (lines.length === most - 1) return [...lines, shortened(longer, width, type)]
    else {
      lines.push(line)
      line = word
    }
  }
  return [...lines, line]
}

function wordsOf(content: string): string[] {
  const characters = [...content]
  const kept = characters.length > LONGEST ? `${characters.slice(0, LONGEST).join('')}…` : content
  return kept.trim().split(/\s+/)
}

/** A word as pieces that fit a line: one piece, mostly. */
function broken(word: string, width: number, type: Type): string[] {
  const pieces: string[] = []
  let piece = ''
  for (const character of word) {
    if (piece !== '' && textWidth(piece + character, type) > width) {
      pieces.push(piece)
      piece = ''
    }
    piece += character
  }
  return [...pieces, piece]
}

/** As much of the start of a line as fits with an `…`. */
function shortened(line: string, width: number, type: Type): string {
  const characters = [...line]
  while (characters.length > 0 && textWidth(`${characters.join('').trimEnd()}…`, type) > width)
    characters.pop()
  return `${characters.join('').trimEnd()}…`
}
