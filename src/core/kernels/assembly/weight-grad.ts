import { WeightGradArgs } from './generated/args'
import { WEIGHT_GRAD_ROWS, weightGradTile } from './generated/tiles'
import { rowList, winogradInput } from './scratch'
import { columnBegin, columnEnd, openUnit, rowBegin, rowEnd } from './unit'

/** Output channels of a tile. */
const TILE: i32 = 16
const TILE_BYTES: usize = 64
/** Pixels that are worked on together: their cotangents fit the first cache. */
const BLOCK: i32 = 256

/** Rows are parts; columns are tiles of 16 output channels, group after group. */
export function weightGradKernel(pointer: usize, unit: i32): void {
  const args = changetype<WeightGradArgs>(pointer)
  const tiles = (args.outPerGroup + TILE - 1) / TILE
  openUnit(unit, args.parts, args.groups * tiles, args.rowsPerUnit, args.columnsPerUnit)
  for (let part = rowBegin; part < rowEnd; part++) {
    for (let column = columnBegin; column < columnEnd; column++) {
      sumTile(args, part, column / tiles, column % tiles, tiles)
    }
  }
}

/** All rows of 16 columns: the taps' channels, over the samples of a part. */
function sumTile(args: WeightGradArgs, part: i32, group: i32, tile: i32, tiles: i32): void {
  const rows = args.kernelH * args.kernelW * args.inPerGroup
  const outStep: usize = tiles * TILE * 4
  const out = args.out + (part * args.groups + group) * rows * outStep + tile * TILE_BYTES
  for (let row = 0; row < rows; row++) memory.fill(out + row * outStep, 0, TILE_BYTES)
  const width = min(BLOCK, args.outW)
  const lines = BLOCK / width
  const end = (args.batch * (part + 1)) / args.parts
  for (let n = (args.batch * part) / args.parts; n < end; n++) {
    for (let y = 0; y < args.outH; y += lines) {
      for (let x = 0; x < args.outW; x += width) {
        addBlock(args, group, tile, n, y, x, min(lines, args.outH - y), min(width, args.outW - x), out, outStep)
      }
    }
  }
}

/** Adds what `lines` lines of `width` pixels, from (y, x) on, have to all rows. */
function addBlock(
  args: WeightGradArgs,
  group: i32,
  tile: i32,
  n: i32,
  y: i32,
  x: i32,
  lines: i32,
  width: i32,
  out: usize,
  outStep: usize,
): void {
  const xStep: usize = args.groups * args.inPerGroup * 4
  const corner = (n * args.inH + y * args.strideH) * args.inW + x * args.strideW
  const from = args.x + corner * xStep + group * args.inPerGroup * 4
  const ct = cotangents(args, group, tile, (n * args.outH + y) * args.outW + x, lines, width)
  const rows = args.kernelH * args.kernelW * args.inPerGroup
  const inputs = rowList()
  const outputs = inputs + (WEIGHT_GRAD_ROWS << 2)
  for (let row = 0; row < rows; row += WEIGHT_GRAD_ROWS) {
    for (let i = 0; i < WEIGHT_GRAD_ROWS; i++) {
      const own = min(row + i, rows - 1)
      store<usize>(inputs + (i << 2), from + rowOffset(args, own, xStep))
      store<usize>(outputs + (i << 2), out + own * outStep)
    }
    weightGradTile(
      inputs,
      args.inW * args.strideH * xStep,
      args.strideW * xStep,
      ct,
      lines,
      width,
      outputs,
    )
  }
}

/** Where row `row` reads, from the window's corner. */
// @ts-ignore: decorator
@inline
function rowOffset(args: WeightGradArgs, row: i32, xStep: usize): usize {
  const tap = row / args.inPerGroup
  const y = (tap / args.kernelW) * args.dilationH
  const x = (tap % args.kernelW) * args.dilationW
  return (y * args.inW + x) * xStep + ((row % args.inPerGroup) << 2)
}

/** The block's cotangents of 16 channels, pixel after pixel: where they lie so already, or copied; 0 beyond the channels. */
function cotangents(args: WeightGradArgs, group: i32, tile: i32, pixel: i32, lines: i32, width: i32): usize {
  const step: usize = args.groups * args.outPerGroup * 4
  const channels = min(TILE, args.outPerGroup - tile * TILE)
  let from = args.ct + pixel * step + ((group * args.outPerGroup + tile * TILE) << 2)
  if (step == TILE_BYTES && channels == TILE && width == args.outW) return from
  const block = winogradInput()
  let to = block
  for (let line = 0; line < lines; line++) {
    let at = from
    for (let i = 0; i < width; i++) {
      if (channels == TILE) {
        v128.store(to, v128.load(at, 48), 48)
        v128.store(to, v128.load(at, 32), 32)
        v128.store(to, v128.load(at, 16), 16)
        v128.store(to, v128.load(at))
      } else {
        for (let channel = 0; channel < channels; channel++) {
          store<f32>(to + (channel << 2), load<f32>(at + (channel << 2)))
        }
        memory.fill(to + (channels << 2), 0, (TILE - channels) << 2)
      }
      at += step
      to += TILE_BYTES
    }
    from += args.outW * step
  }
  return block
}
