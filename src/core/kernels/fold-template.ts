import { lines, range, storedDown } from './template.ts'

/** How two numbers are folded into one; f32x4.min and max would take several instructions to be exact about NaN. */
const folds = [
  ['Sum', 'f32x4.add'],
  ['Least', 'f32x4.pmin'],
  ['Most', 'f32x4.pmax'],
] as const
/** Vectors that are loaded before any of them is stored: a row may be folded onto itself. */
const VECTORS = 4

const rowLoop = (body: readonly string[]): string => `
  for (let at: usize = 0; at < bytes; at += ${16 * VECTORS}) {
${lines(body, 4)}
  }
`
const each = (line: (v: number) => string): string[] => range(VECTORS).map(line)
const load = (name: string): string[] => each((v) => `const ${name}${v} = v128.load(${name} + at, ${16 * v})`)
const store = (value: (v: number) => string): string[] =>
  storedDown(each((v) => `v128.store(to + at, ${value(v)}, ${16 * v})`))

const functions = ([name, combine]: (typeof folds)[number]): string => `
function pairs${name}(a: usize, b: usize, to: usize, bytes: usize): void {${rowLoop([
  ...load('a'),
  ...load('b'),
  ...store((v) => `${combine}(a${v}, b${v})`),
])}}

function triples${name}(a: usize, b: usize, c: usize, to: usize, bytes: usize): void {${rowLoop([
  ...load('a'),
  ...load('b'),
  ...load('c'),
  ...store((v) => `${combine}(${combine}(a${v}, b${v}), c${v})`),
])}}
`

const dispatch = (call: (name: string) => string): string =>
  folds
    .map(
      ([name], i) =>
        `${i ? '  else ' : '  '}${i + 1 < folds.length ? `if (fold == ${i}) ` : ''}${call(name)}`,
    )
    .join('\n')

/** Folding of whole rows: codes, and functions of two and three rows. */
export const foldRows = (): string => `
${folds.map(([name], code) => `export const ${name.toUpperCase()}: i32 = ${code}`).join('\n')}
${folds.map(functions).join('')}
/** to = a folded with b, element by element; \`to\` may be a, or b where that lies behind. bytes: a multiple of ${16 * VECTORS}. */
export function foldPairs(fold: i32, a: usize, b: usize, to: usize, bytes: usize): void {
${dispatch((name) => `pairs${name}(a, b, to, bytes)`)}
}

/** to = a, b and c folded; as \`foldPairs\`. */
export function foldTriples(fold: i32, a: usize, b: usize, c: usize, to: usize, bytes: usize): void {
${dispatch((name) => `triples${name}(a, b, c, to, bytes)`)}
}
`
