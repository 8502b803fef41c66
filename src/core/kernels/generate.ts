import { depthwiseTile, STRIP_ROWS, type StripSize, stripName, stripTile } from './depthwise-template.ts'
import { elementwiseKernels } from './elementwise-template.ts'
import { foldRows } from './fold-template.ts'
import { kernelLayouts } from './layout.ts'
import { type KernelName, kernelNames } from './list.ts'
import { medianRows } from './median-template.ts'
import { narrowDispatch, narrowSizes, narrowTile } from './narrow-template.ts'
import { pictureTiles } from './picture-template.ts'
import { rowSizes, rowTile } from './row-template.ts'
import { listedSumsName, listedSumsTile, sparseName, sparseTile } from './sparse-template.ts'
import { denseName, denseTile, sumsName, sumsTile, type TileSize } from './tile-template.ts'
import { weightGradTile } from './weight-grad-template.ts'
import { pointStrides, WINOGRAD_BLOCK, type WinogradTile } from './winograd.ts'
import { factorsSource, winogradInput, winogradOutput, winogradWeights } from './winograd-template.ts'

const header = '// Generated from src/core/kernels by build.ts.\n'

const pascal = (name: string): string => name.replace(/^./, (c) => c.toUpperCase())
const kebab = (name: string): string => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)

function argsClass(name: string, fields: readonly { name: string; type: string; count: number }[]): string {
  const lines = fields.flatMap(({ name, type, count }) =>
    Array.from(
      { length: count },
      (_, i) => `  ${name}${count > 1 ? i : ''}: ${type === 'ptr' ? 'usize' : type}`,
    ),
  )
  return `@unmanaged\nexport class ${name} {\n${lines.join('\n')}\n}\n`
}

/** The words that two kernels begin with, so that both can be walked by the same code. */
function sharedFields(one: KernelName, another: KernelName) {
  const other = kernelLayouts[another].fields
  const fields = kernelLayouts[one].fields
  const end = fields.findIndex((field, i) => field.name !== other[i]?.name)
  return fields.slice(0, end)
}

function argsSource(): string {
  const classes = kernelNames.map((name) => argsClass(`${pascal(name)}Args`, kernelLayouts[name].fields))
  const shared = [
    argsClass('WindowArgs', sharedFields('conv', 'depthwise')),
    argsClass('PictureArgs', sharedFields('separable', 'correlate')),
  ]
  return `${header}${[...shared, ...classes].join('\n')}`
}

function dispatchSource(): string {
  const imports = kernelNames.map((name) => `import { ${kernelFunction(name)} } from '../${kebab(name)}'`)
  const cases = kernelNames.map(
    (name, id) => `    case ${id}:\n      ${kernelFunction(name)}(args, unit)\n      break`,
  )
  return `${header}${imports.join('\n')}

/** Runs unit ${'`unit`'} of a call of kernel ${'`kernel`'}, whose arguments are at ${'`args`'}. */
export function runUnit(kernel: i32, args: usize, unit: i32): void {
  switch (kernel) {
${cases.join('\n')}
  }
}
`
}

/** AssemblyScript knows a global `select`. */
const kernelFunction = (name: KernelName): string => `${name}Kernel`

/**
 * The tiles of 16 columns: 6 rows with fused multiply-add, whose accumulators fill 12 of the 16 registers (98 % of the peak,
 * 4 rows: 80 %), and 5 where they come out even. A separate multiplication needs further registers.
 */
const wideTiles = (fma: boolean): readonly [TileSize, ...TileSize[]] =>
  fma
    ? [
        { rows: 6, width: 16, unroll: 4 },
        { rows: 5, width: 16, unroll: 4 },
      ]
    : [{ rows: 4, width: 16, unroll: 2 }]

/** Rows of a register tile in which product-lists.ts looks for zeros, at most. */
const LISTED_ROWS = 6

const shortTiles: readonly TileSize[] = [
  { rows: 8, width: 8, unroll: 2 },
  { rows: 8, width: 4, unroll: 2 },
]

/** Windows of 3, 5 and 7 with strides 1 and 2, and what phases of their adjoints are: 1, 2 or 3 taps a line, stride 1. */
const strips: readonly StripSize[] = [
  ...[1, 2, 3, 5, 7].map((taps) => ({ taps, stride: 1 })),
  ...[3, 5].map((taps) => ({ taps, stride: 2 })),
]

const winogradTiles = [2, 4] as const

/** A strip's number for the dispatch below. */
const stripId = ({ taps, stride }: StripSize): number => taps * 16 + stride

/** What the kernel and its scratch memory know of `winograd.ts`. */
const winogradSource = (): string => `${header}
export const MAX_TILES: i32 = ${WINOGRAD_BLOCK.tiles}
export const CHANNELS_AT_ONCE: i32 = ${WINOGRAD_BLOCK.channels}
${winogradTiles.map(strideLines).join('')}${factorsSource()}`

const strideLines = (tile: WinogradTile): string =>
  Object.entries(pointStrides[tile])
    .map(([name, bytes]) => `export const ${name.toUpperCase()}_STRIDE_${tile}: usize = ${bytes}\n`)
    .join('')

function stripDispatch(): string {
  const cases = strips.map(
    (size) => `    case ${stripId(size)}:\n      ${stripName(size)}(job, count, begin, end)\n      break`,
  )
  return `
/** Whether there is a strip of \`taps\` a line and \`stride\`. */
export function hasStrip(taps: i32, stride: i32): bool {
  switch ((taps << 4) + stride) {
${strips.map((size) => `    case ${stripId(size)}:`).join('\n')}
      return true
  }
  return false
}

/** Runs the strip of \`taps\` a line and \`stride\`. */
export function strip(taps: i32, stride: i32, job: TileJob, count: i32, begin: usize, end: usize): void {
  switch ((taps << 4) + stride) {
${cases.join('\n')}
  }
}
`
}

function tilesSource(fma: boolean): string {
  const wide = wideTiles(fma)
  const [tall] = wide
  const low = wide.at(-1) ?? tall
  if (tall.rows > LISTED_ROWS) throw new Error(`product lists are of ${LISTED_ROWS} rows, not ${tall.rows}`)
  return `${header}import { madd } from '../madd'
import { laneBits, narrowSums, winogradFactors, winogradScratch, zeroRow } from '../scratch'
import { gated, maskOf16, maskOf8, TileJob } from '../tile-job'
import { stripBytes, stripOffset, stripRowBytes } from '../window'
${[...wide, ...shortTiles].map(denseTile).join('')}${wide.map(sparseTile).join('')}${wide.map(sumsTile).join('')}${wide.map(listedSumsTile).join('')}${rowSizes.map(rowTile).join('')}${narrowSizes.map(narrowTile).join('')}${narrowDispatch()}${[16, 4, 1].map(depthwiseTile).join('')}${strips.map(stripTile).join('')}${stripDispatch()}${winogradTiles.map((tile) => winogradInput(tile) + winogradWeights(tile) + winogradOutput(tile)).join('')}${weightGradTile(tall.rows)}
/** Rows of a tile of 16 columns: of most of them, and of the last ones */
export const TALL_ROWS: i32 = ${tall.rows}
export const LOW_ROWS: i32 = ${low.rows}

/** Outputs of a strip */
export const STRIP_ROWS: i32 = ${STRIP_ROWS}

/** Of \`rows\`, those that tiles of ${tall.rows} take, where there are as few tiles as can be, the last ones of ${low.rows}: so that few rows are repeated. */
export function tallRows(rows: i32): i32 {
  const tiles = (rows + ${tall.rows - 1}) / ${tall.rows}
  return (tiles - min(tiles, tiles * ${tall.rows} - rows)) * ${tall.rows}
}

/** Tiles of 16 columns for \`rows\` */
export function wideTiles(rows: i32): i32 {
  const tall = tallRows(rows)
  return tall / ${tall.rows} + (rows - tall + ${low.rows - 1}) / ${low.rows}
}
${wideTile('denseWide', denseName(tall), denseName(low))}
${wideTile('sparseWide', sparseName(tall), sparseName(low))}
/** \`count\` rows of \`k\` numbers, \`rowBytes\` apart, times 16 columns, to rows of 16, or added to them; up to ${low.rows - 1} rows more are read and written. */
export function sumsWide(count: i32, x: usize, rowBytes: usize, w: usize, k: i32, out: usize, adds: bool): void {
  const done = tallRows(count)
  ${sumsName(tall)}(done, x, rowBytes, w, k, out, adds)
  ${sumsName(low)}(count - done, x + done * rowBytes, rowBytes, w, k, out + (done << 6), adds)
}

/** As sumsWide, of the listed products. */
export function listedSumsWide(count: i32, x: usize, rowBytes: usize, w: usize, counts: usize, products: usize, out: usize, adds: bool): void {
  const done = tallRows(count)
  const next = ${listedSumsName(tall)}(done, x, rowBytes, w, counts, products, out, adds)
  const rest = counts + (done / ${tall.rows}) * 4
  ${listedSumsName(low)}(count - done, x + done * rowBytes, rowBytes, w, rest, next, out + (done << 6), adds)
}
`
}

/** A function that lets two sizes of tiles of 16 columns share a job's rows. */
const wideTile = (name: string, tall: string, low: string): string => `
export function ${name}(job: TileJob): void {
  const rows = job.rows
  const list = job.list
  const offsets = job.offsets
  const done = tallRows(rows)
  job.rows = done
  ${tall}(job)
  job.list += done << 2
  job.offsets += done << 2
  job.rows = rows - done
  ${low}(job)
  job.rows = rows
  job.list = list
  job.offsets = offsets
}
`

/** Sources that follow from the list and the templates, by file name in `assembly/generated`. */
export function generatedSources(fma: boolean): Map<string, string> {
  return new Map([
    ['args.ts', argsSource()],
    ['dispatch.ts', dispatchSource()],
    ['tiles.ts', tilesSource(fma)],
    ['picture-tiles.ts', `${header}import { madd } from '../madd'\n${pictureTiles()}`],
    ['fold-rows.ts', `${header}${foldRows()}`],
    ['median-rows.ts', `${header}${medianRows()}`],
    ['elementwise.ts', `${header}${elementwiseKernels()}`],
    [
      'options.ts',
      `${header}/** Fused multiply-add (relaxed SIMD) or multiply and add. */\nexport const FMA: bool = ${fma}\n`,
    ],
    ['winograd.ts', winogradSource()],
  ])
}
