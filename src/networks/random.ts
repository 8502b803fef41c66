import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** A stream of random numbers that its seed fixes: the same seed gives the same numbers on every machine. */
export interface Random {
  /** 0 ≤ u < 1, with 32 bits */
  readonly uniform: () => number
  /** mean 0, variance 1 (Box and Muller) */
  readonly normal: () => number
}

/** Numbers skipped after seeding: near seeds start out alike. */
const WARM_UP = 64

/** seeds: whole numbers, which together fix the stream. */
export function seededRandom(...seeds: readonly number[]): Random {
  const generator = xoroshiro128plus(seeds.reduce(mixed, 0))
  for (let i = 0; i < WARM_UP; i++) generator.next()
  const uniform = () => (generator.next() >>> 0) / 2 ** 32
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  }
}

/** A hash of both (Murmur3's finish). */
function mixed(a: number, b: number): number {
  let h = Math.imul(a ^ b, 0x9e3779b1) + b
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** 0 … length−1 in random order (Fisher and Yates). */
export function shuffled(length: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length }, (_, i) => i)
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1))
    const swapped = order[i] ?? 0
    order[i] = order[j] ?? 0
    order[j] = swapped
  }
  return order
}
