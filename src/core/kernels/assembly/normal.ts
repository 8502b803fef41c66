import { NormalArgs } from './generated/args'
import { columnBegin, columnEnd, openUnit, rowBegin, rowEnd } from './unit'
import { erfDepth, inverseErfCentral, inverseErfTail, isErfTail } from './vector-math'

/** Rows are samples; columns are their elements. */
export function normalKernel(pointer: usize, unit: i32): void {
  const args = changetype<NormalArgs>(pointer)
  openUnit(unit, args.batch, args.length, args.rowsPerUnit, args.columnsPerUnit)
  for (let row = rowBegin; row < rowEnd; row++) {
    const key = args.keys + row * 8
    const high = <i32>load<f32>(key) << 16
    normalRow(high | <i32>load<f32>(key, 4), args.out + row * args.length * 4)
  }
}

/** Numbers of which one loop makes all before the next loop goes on: they stay in the nearest cache. */
const BLOCK: i32 = 1024

/**
 * See `normalDeviate`. In two loops: each number is one long chain of operations, and the shorter the chain, the more of them run
 * at once.
 */
function normalRow(key: i32, out: usize): void {
  for (let begin = columnBegin; begin < columnEnd; begin += BLOCK) {
    const end = min(begin + BLOCK, columnEnd)
    drawUniform(key, begin, end, out)
    makeNormal(out + begin * 4, out + end * 4)
  }
}

/** Numbers `begin` to `end` of −1 … 1. */
function drawUniform(key: i32, begin: i32, end: i32, out: usize): void {
  const keys = i32x4.splat(key)
  let i = begin
  for (; i + 8 <= end; i += 8) {
    const to = out + i * 4
    const x0 = uniform(i32x4.add(i32x4.splat(i), i32x4(0, 1, 2, 3)), keys)
    const x1 = uniform(i32x4.add(i32x4.splat(i), i32x4(4, 5, 6, 7)), keys)
    v128.store(to, x1, 16)
    v128.store(to, x0)
  }
  for (; i < end; i++) store<f32>(out + i * 4, f32x4.extract_lane(uniform(i32x4.splat(i), keys), 0))
}

/** √2·erf⁻¹ of the numbers from address `begin` to `end`, in their place. */
function makeNormal(begin: usize, end: usize): void {
  let at = begin
  for (; at + 32 <= end; at += 32) {
    const x0 = v128.load(at)
    const x1 = v128.load(at, 16)
    const depth0 = erfDepth(x0)
    const depth1 = erfDepth(x1)
    // without a branch before the stores, the revectorizer makes one vector of the two
    v128.store(at, rootTwo(inverseErfCentral(x1, depth1)), 16)
    v128.store(at, rootTwo(inverseErfCentral(x0, depth0)))
    if (v128.any_true(v128.or(isErfTail(depth0), isErfTail(depth1)))) {
      replaceTail(at, x0, depth0)
      replaceTail(at + 16, x1, depth1)
    }
  }
  for (; at < end; at += 4) {
    const x = v128.load32_splat(at)
    const depth = erfDepth(x)
    const deviate = v128.bitselect(inverseErfTail(x, depth), inverseErfCentral(x, depth), isErfTail(depth))
    store<f32>(at, f32x4.extract_lane(rootTwo(deviate), 0))
  }
}

function replaceTail(to: usize, x: v128, depth: v128): void {
  const tail = rootTwo(inverseErfTail(x, depth))
  v128.store(to, v128.bitselect(tail, v128.load(to), isErfTail(depth)))
}

// @ts-ignore: decorator
@inline
function rootTwo(x: v128): v128 {
  return f32x4.mul(f32x4.splat(1.41421356), x)
}

/** The middle of one of 2²³ parts of −1 … 1. */
// @ts-ignore: decorator
@inline
function uniform(index: v128, key: v128): v128 {
  const bits = mix(v128.xor(mix(index), key))
  const odd = i32x4.add(i32x4.shl(i32x4.shr_u(bits, 9), 1), i32x4.splat(1))
  return f32x4.sub(f32x4.mul(f32x4.convert_i32x4_s(odd), f32x4.splat(1.1920929e-7)), f32x4.splat(1))
}

// @ts-ignore: decorator
@inline
function mix(bits: v128): v128 {
  let h = v128.xor(bits, i32x4.shr_u(bits, 16))
  h = i32x4.mul(h, i32x4.splat(0x7feb352d))
  h = v128.xor(h, i32x4.shr_u(h, 15))
  h = i32x4.mul(h, i32x4.splat(0x846ca68b))
  return v128.xor(h, i32x4.shr_u(h, 16))
}
