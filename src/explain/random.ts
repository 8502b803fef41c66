import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** A stream of random numbers that its seed fixes: the same seed gives the same numbers on every machine. */
export interface Random {
  /** a whole number, 0..2³²−1 */
  readonly key: () => number
}

/** Numbers skipped after seeding: near seeds start out alike. */
const WARM_UP = 64

/** seed: 0..2³²−1. Keys from xoroshiro128+ (pure-rand). */
export function seededRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed)
  for (let i = 0; i < WARM_UP; i++) generator.next()
  return { key: () => generator.next() >>> 0 }
}
