import { binaryFunctions, clip, unaryFunctions } from './elementwise-functions.ts'
import { binaryOps, type KernelArgs, type KernelName, unaryOps } from './list.ts'
import { keyOf, normalDeviate } from './normal.ts'
import { pictureTwins } from './picture-twins.ts'
import { bytes, read, type Twin, write } from './twin.ts'
import { winogradMatrices } from './winograd.ts'

type Window = KernelArgs['depthwise' | 'conv' | 'weightGrad' | 'narrow' | 'pool' | 'poolGrad']
type Epilogue = KernelArgs['conv' | 'narrow' | 'depthwise' | 'winograd']

/** Calls `visit` with each tap of output pixel (oy, ox) that reads inside the input: its number and input pixel. */
function eachTap(
  a: Window,
  transposed: number,
  oy: number,
  ox: number,
  visit: (tap: number, iy: number, ix: number) => void,
): void {
  for (let ky = 0; ky < a.kernelH; ky++)
    for (let kx = 0; kx < a.kernelW; kx++) {
      const iy = transposed
        ? (oy + a.padTop - ky * a.dilationH) / a.strideH
        : oy * a.strideH - a.padTop + ky * a.dilationH
      const ix = transposed
        ? (ox + a.padLeft - kx * a.dilationW) / a.strideW
        : ox * a.strideW - a.padLeft + kx * a.dilationW
      const inside = iy >= 0 && iy < a.inH && ix >= 0 && ix < a.inW
      if (inside && Number.isInteger(iy) && Number.isInteger(ix)) visit(ky * a.kernelW + kx, iy, ix)
    }
}

function eachPixel(a: Window, visit: (n: number, oy: number, ox: number) => void): void {
  for (let n = 0; n < a.batch; n++)
    for (let oy = 0; oy < a.outH; oy++) for (let ox = 0; ox < a.outW; ox++) visit(n, oy, ox)
}

const inPixel = (a: Window, n: number, iy: number, ix: number): number => (n * a.inH + iy) * a.inW + ix
const outPixel = (a: Window, n: number, oy: number, ox: number): number => (n * a.outH + oy) * a.outW + ox

/** Writes one result of a convolution: bias, addend, clamp, gate. */
function finish(memory: Float32Array, a: Epilogue, channel: number, element: number, sum: number): void {
  let value = sum
  if (a.bias) value += read(memory, a.bias, channel)
  if (a.addend) value += read(memory, a.addend, element)
  value = clip(value, a.clampMin, a.clampMax)
  if (a.gate && !isWithin(a, read(memory, a.gate, element))) value = 0
  if ('gateBits' in a && a.gateBits && !bitAt(memory, a.gateBits, element)) value = 0
  write(memory, a.out, element, value)
  if ('maskBits' in a && a.maskBits) setBit(memory, a.maskBits, element, isWithin(a, Math.fround(value)))
}

const isWithin = (a: Epilogue, value: number): boolean => a.gateMin < value && value < a.gateMax

const bitAt = (memory: Float32Array, address: number, element: number): boolean =>
  (((bytes(memory)[address + (element >> 3)] ?? 0) >> (element & 7)) & 1) === 1

function setBit(memory: Float32Array, address: number, element: number, on: boolean): void {
  const all = bytes(memory)
  const at = address + (element >> 3)
  const rest = (all[at] ?? 0) & ~(1 << (element & 7))
  all[at] = rest | (on ? 1 << (element & 7) : 0)
}

/** Where kernel `conv` looks for a weight, as the list says. */
const packedIndex = (a: KernelArgs['conv'], group: number, tap: number, k: number, n: number): number => {
  if (a.turned)
    return packedIndex(
      { ...a, turned: 0, inPerGroup: a.outPerGroup, outPerGroup: a.inPerGroup },
      0,
      tap,
      n,
      k,
    )
  const tiles = Math.ceil(a.outPerGroup / 16)
  const tile = group * tiles + Math.floor(n / 16)
  return ((tile * a.kernelH * a.kernelW + tap) * a.inPerGroup + k) * 16 + (n % 16)
}

const conv: Twin<'conv'> = (memory, a) => {
  const inChannels = a.groups * a.inPerGroup
  const outChannels = a.groups * a.outPerGroup
  eachPixel(a, (n, oy, ox) => {
    for (let channel = 0; channel < outChannels; channel++) {
      const group = Math.floor(channel / a.outPerGroup)
      let sum = 0
      eachTap(a, a.transposed, oy, ox, (tap, iy, ix) => {
        const first = inPixel(a, n, iy, ix) * inChannels + group * a.inPerGroup
        for (let k = 0; k < a.inPerGroup; k++)
          sum +=
            read(memory, a.x, first + k) *
            read(memory, a.w, packedIndex(a, group, tap, k, channel % a.outPerGroup))
      })
      finish(memory, a, channel, outPixel(a, n, oy, ox) * outChannels + channel, sum)
    }
  })
}

const weightGrad: Twin<'weightGrad'> = (memory, a) => {
  const width = 16 * Math.ceil(a.outPerGroup / 16)
  const taps = a.kernelH * a.kernelW
  eachIndex(
    [a.parts, a.groups, taps, a.inPerGroup, width],
    ([part = 0, group = 0, wanted = 0, c = 0, m = 0], position) => {
      let sum = 0
      eachPixel(a, (n, oy, ox) => {
        const own =
          n >= Math.floor((a.batch * part) / a.parts) && n < Math.floor((a.batch * (part + 1)) / a.parts)
        if (!own || m >= a.outPerGroup) return
        const at = (outPixel(a, n, oy, ox) * a.groups + group) * a.outPerGroup + m
        eachTap(a, 0, oy, ox, (tap, iy, ix) => {
          if (tap !== wanted) return
          const from = (inPixel(a, n, iy, ix) * a.groups + group) * a.inPerGroup + c
          sum += read(memory, a.ct, at) * read(memory, a.x, from)
        })
      })
      write(memory, a.out, position, sum)
    },
  )
}

const narrow: Twin<'narrow'> = (memory, a) =>
  eachPixel(a, (n, oy, ox) => {
    for (let filter = 0; filter < a.filters; filter++) {
      let sum = 0
      eachTap(a, a.transposed, oy, ox, (tap, iy, ix) => {
        for (let k = 0; k < a.channels; k++)
          sum +=
            read(memory, a.x, inPixel(a, n, iy, ix) * a.channels + k) *
            read(memory, a.w, (tap * a.filters + filter) * a.channels + k)
      })
      finish(memory, a, filter, outPixel(a, n, oy, ox) * a.filters + filter, sum)
    }
  })

/** M X for a matrix and X (row-major, as many rows as the matrix has columns). */
const product = (m: readonly (readonly number[])[], x: readonly number[]): number[] => {
  const width = x.length / (m[0]?.length ?? 1)
  return m.flatMap((row) =>
    Array.from({ length: width }, (_, j) => row.reduce((sum, v, i) => sum + v * (x[i * width + j] ?? 0), 0)),
  )
}
const turned = (x: readonly number[], width: number): number[] =>
  Array.from(
    { length: x.length },
    (_, i) => x[(i % (x.length / width)) * width + Math.floor(i / (x.length / width))] ?? 0,
  )

/** The 3×3 weights between a channel and a filter as kernel `winograd` finds them. */
const winogradTaps = (memory: Float32Array, a: KernelArgs['winograd'], k: number, n: number): number[] =>
  Array.from({ length: 9 }, (_, i) => {
    const tap = a.transposed ? 8 - i : i
    const [row, rows, column] = a.turned ? [n, a.filters, k] : [k, a.channels, n]
    return read(memory, a.w, ((Math.floor(column / 16) * 9 + tap) * rows + row) * 16 + (column % 16))
  })

/** Y = Aᵀ[Σ_k (G g Gᵀ) ⊙ (Bᵀ d B)]A, tile by tile. */
const winograd: Twin<'winograd'> = (memory, a) => {
  const { bT, g, aT } = winogradMatrices[a.tile === 4 ? 4 : 2]
  const side = a.tile + 2
  const points = side * side
  const both = (m: readonly (readonly number[])[], x: readonly number[]) =>
    turned(product(m, turned(product(m, x), m[0]?.length ?? 1)), m.length)
  const weights = Array.from({ length: a.filters }, (_, n) =>
    Array.from({ length: a.channels }, (_, k) => both(g, winogradTaps(memory, a, k, n))),
  )
  for (let n = 0; n < a.batch; n++)
    for (let y = 0; y < a.outH; y += a.tile)
      for (let x = 0; x < a.outW; x += a.tile) {
        const transformed = Array.from({ length: a.channels }, (_, k) =>
          both(
            bT,
            Array.from({ length: points }, (_, i) => {
              const iy = y - a.padTop + Math.floor(i / side)
              const ix = x - a.padLeft + (i % side)
              const inside = iy >= 0 && iy < a.inH && ix >= 0 && ix < a.inW
              return inside ? read(memory, a.x, ((n * a.inH + iy) * a.inW + ix) * a.channels + k) : 0
            }),
          ),
        )
        for (let channel = 0; channel < a.filters; channel++) {
          const products = Array.from({ length: points }, (_, p) =>
            transformed.reduce((sum, x, k) => sum + (x[p] ?? 0) * (weights[channel]?.[k]?.[p] ?? 0), 0),
          )
          both(aT, products).forEach((sum, i) => {
            const oy = y + Math.floor(i / a.tile)
            const ox = x + (i % a.tile)
            if (oy < a.outH && ox < a.outW)
              finish(memory, a, channel, ((n * a.outH + oy) * a.outW + ox) * a.filters + channel, sum)
          })
        }
      }
}

const depthwise: Twin<'depthwise'> = (memory, a) =>
  eachPixel(a, (n, oy, ox) => {
    for (let channel = 0; channel < a.channels; channel++) {
      let sum = 0
      eachTap(a, a.transposed, oy, ox, (tap, iy, ix) => {
        sum +=
          read(memory, a.x, inPixel(a, n, iy, ix) * a.channels + channel) *
          read(memory, a.w, tap * a.channels + channel)
      })
      finish(memory, a, channel, outPixel(a, n, oy, ox) * a.channels + channel, sum)
    }
  })

/** How many taps an average counts. */
function averageCount(a: KernelArgs['pool'] | KernelArgs['poolGrad'], oy: number, ox: number): number {
  let count = 0
  const [low, bottom, right] = a.mode === 2 ? [-Infinity, a.padBottom, a.padRight] : [0, 0, 0]
  for (let ky = 0; ky < a.kernelH; ky++)
    for (let kx = 0; kx < a.kernelW; kx++) {
      const iy = oy * a.strideH - a.padTop + ky * a.dilationH
      const ix = ox * a.strideW - a.padLeft + kx * a.dilationW
      if (iy >= low && iy < a.inH + bottom && ix >= low && ix < a.inW + right) count++
    }
  return Math.max(count, 1)
}

const pool: Twin<'pool'> = (memory, a) =>
  eachPixel(a, (n, oy, ox) => {
    for (let channel = 0; channel < a.channels; channel++) {
      let best = -Infinity
      let sum = 0
      eachTap(a, 0, oy, ox, (_, iy, ix) => {
        const x = read(memory, a.x, inPixel(a, n, iy, ix) * a.channels + channel)
        best = Math.max(best, x)
        sum += x
      })
      const element = outPixel(a, n, oy, ox) * a.channels + channel
      write(memory, a.out, element, a.mode === 0 ? best : sum / averageCount(a, oy, ox))
    }
  })

const poolGrad: Twin<'poolGrad'> = (memory, a) => {
  const sums = new Float64Array(a.batch * a.inH * a.inW * a.channels)
  eachPixel(a, (n, oy, ox) => {
    for (let channel = 0; channel < a.channels; channel++) {
      const ct = read(memory, a.ct, outPixel(a, n, oy, ox) * a.channels + channel)
      let first = -1
      eachTap(a, 0, oy, ox, (_, iy, ix) => {
        const element = inPixel(a, n, iy, ix) * a.channels + channel
        if (a.mode === 0) {
          const best = first < 0 ? -Infinity : read(memory, a.x, first)
          const x = read(memory, a.x, element)
          // NaN counts as the largest
          if (first < 0 || x > best || (Number.isNaN(x) && !Number.isNaN(best))) first = element
        } else sums[element] = (sums[element] ?? 0) + ct / averageCount(a, oy, ox)
      })
      if (first >= 0) sums[first] = (sums[first] ?? 0) + ct
    }
  })
  memory.set(sums, a.out / 4)
}

const unary: Twin<'unary'> = (memory, a) => {
  const f = unaryFunctions[unaryOps[a.op] ?? 'neg']
  for (let i = 0; i < a.length; i++) write(memory, a.out, i, f(read(memory, a.x, i), a.p, a.q))
}

/** Visits the indices of `dims` in row-major order. */
function eachIndex(
  dims: readonly number[],
  visit: (index: readonly number[], position: number) => void,
): void {
  const total = dims.reduce((a, b) => a * b, 1)
  for (let position = 0; position < total; position++) {
    const index: number[] = []
    let rest = position
    for (const dim of dims.toReversed()) {
      index.unshift(rest % dim)
      rest = Math.floor(rest / dim)
    }
    visit(index, position)
  }
}

const dot = (index: readonly number[], strides: readonly number[]): number =>
  index.reduce((sum, i, axis) => sum + i * (strides[axis] ?? 0), 0)

const binary: Twin<'binary'> = (memory, a) => {
  const f = binaryFunctions[binaryOps[a.op] ?? 'add']
  eachIndex(a.dims, (index, position) =>
    write(
      memory,
      a.out,
      position,
      f(read(memory, a.a, dot(index, a.aStrides)), read(memory, a.b, dot(index, a.bStrides)), a.p, a.q),
    ),
  )
}

const select: Twin<'select'> = (memory, a) =>
  eachIndex(a.dims, (index, position) => {
    const chosen = read(memory, a.condition, dot(index, a.conditionStrides)) !== 0
    const value = chosen
      ? read(memory, a.a, dot(index, a.aStrides))
      : read(memory, a.b, dot(index, a.bStrides))
    write(memory, a.out, position, value)
  })

/** The index with position `axis` looked up in the list of indices, where there is one. */
const lookedUp = (
  memory: Float32Array,
  indices: number,
  axis: number,
  index: readonly number[],
): readonly number[] => (indices ? index.with(axis, read(memory, indices, index[axis] ?? 0)) : index)

const copy: Twin<'copy'> = (memory, a) =>
  eachIndex(a.dims, (index) => {
    const from = dot(lookedUp(memory, a.indices, a.axis, index), a.xStrides)
    write(memory, a.out, dot(index, a.outStrides), read(memory, a.x, from))
  })

const scatterAdd: Twin<'scatterAdd'> = (memory, a) =>
  eachIndex(a.dims, (index) => {
    const to = dot(lookedUp(memory, a.indices, a.axis, index), a.outStrides)
    write(memory, a.out, to, read(memory, a.out, to) + read(memory, a.x, dot(index, a.xStrides)))
  })

const fill: Twin<'fill'> = (memory, a) => {
  memory.fill(a.value, a.out / 4, a.out / 4 + a.length)
}

const normal: Twin<'normal'> = (memory, a) => {
  for (let n = 0; n < a.batch; n++) {
    const key = keyOf(read(memory, a.keys, 2 * n), read(memory, a.keys, 2 * n + 1))
    for (let i = 0; i < a.length; i++) write(memory, a.out, n * a.length + i, normalDeviate(key, i))
  }
}

const reduce: Twin<'reduce'> = (memory, a) => {
  for (let o = 0; o < a.outer; o++)
    for (let i = 0; i < a.inner; i++) {
      const terms = Array.from({ length: a.length }, (_, r) =>
        read(memory, a.x, (o * a.length + r) * a.inner + i),
      )
      const sum = terms.reduce((total, term) => total + term, 0)
      const result = a.mode === 2 ? Math.max(...terms) : a.mode === 1 ? sum / a.length : sum
      write(memory, a.out, o * a.inner + i, result)
    }
}

const accumulate: Twin<'accumulate'> = (memory, a) => {
  for (let i = 0; i < a.length; i++) {
    let sum = read(memory, a.total, i)
    for (let n = 0; n < a.batch; n++) sum += read(memory, a.x, n * a.length + i)
    write(memory, a.out, i, sum)
  }
}

const interpolate: Twin<'interpolate'> = (memory, a) => {
  eachIndex([a.batch, a.length], ([n = 0, i = 0], position) => {
    const value = read(memory, a.from, i) + read(memory, a.shares, n) * read(memory, a.way, i)
    write(memory, a.out, position, Math.min(Math.max(value, a.clampMin), a.clampMax))
  })
}

const pack: Twin<'pack'> = (memory, a) => {
  const tiles = Math.ceil(a.n / 16)
  eachIndex(
    [a.groups, tiles, a.taps, a.k, 16],
    ([group = 0, tile = 0, tap = 0, k = 0, column = 0], position) => {
      const n = tile * 16 + column
      const from = group * a.groupStride + tap * a.tapStride + k * a.kStride + n * a.nStride
      write(memory, a.out, position, n < a.n ? read(memory, a.w, from) : 0)
    },
  )
}

export const twins: { readonly [K in KernelName]: Twin<K> } = {
  conv,
  narrow,
  winograd,
  depthwise,
  weightGrad,
  pool,
  poolGrad,
  unary,
  binary,
  select,
  copy,
  scatterAdd,
  fill,
  normal,
  reduce,
  accumulate,
  interpolate,
  pack,
  ...pictureTwins,
}
