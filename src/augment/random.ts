import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** A stream of random choices that its seed fixes: the same seed gives the same ones on every machine. */
export interface Choices {
  /** 0..count−1, each as likely */
  readonly below: (count: number) => number
}

/** Numbers skipped after seeding: near seeds start out alike. */
const WARM_UP = 64

/** seed: 0..2³²−1. */
export function seededChoices(seed: number): Choices {
  const generator = xoroshiro128plus(seed)
  for (let i = 0; i < WARM_UP; i++) generator.next()
  return { below: (count) => uniformInt(generator, 0, count - 1) }
}
