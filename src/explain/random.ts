import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** A stream of random numbers that its seed fixes: the same seed gives the same numbers on every machine. */
export interface Random {
  /** standard normal */
  readonly normal: () => number
}

/** Numbers from xoroshiro128+ (pure-rand) skipped over after seeding: near seeds start out alike. */
const WARM_UP = 64

/** seed: 0..2³²−1. Normal deviates by Marsaglia's polar method (SIAM Review 1964), two at a time. */
export function seededRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed)
  for (let i = 0; i < WARM_UP; i++) generator.next()
  /** uniform on [−1, 1) in steps of 2⁻³¹ */
  const signed = () => generator.next() * 2 ** -31
  let spare: number | undefined
  return {
    normal: () => {
      if (spare !== undefined) {
        const kept = spare
        spare = undefined
        return kept
      }
      let u = 0
      let v = 0
      let s = 0
      while (s >= 1 || s === 0) {
        u = signed()
        v = signed()
        s = u * u + v * v
      }
      const radius = Math.sqrt((-2 * Math.log(s)) / s)
      spare = v * radius
      return u * radius
    },
  }
}
