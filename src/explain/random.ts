import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** A stream of random numbers that its seed fixes: the same seed gives the same numbers on every machine. */
export interface Random {
  /** standard normal */
  readonly normal: () => number
}

/** Numbers from xoroshiro128+ (pure-rand) skipped over after seeding: near seeds start out alike. */
const WARM_UP = 64

/** Layers of the ziggurat, the right end of the lowest, and the area of each. */
const LAYERS = 128
const EDGE = 3.442619855899
const AREA = 9.91256303526217e-3

/** Width of each layer, 0 beyond the last one; and how much of it lies under the curve whatever the height. */
const widths = ziggurat()
const inner = Float64Array.from({ length: LAYERS }, (_, i) => (widths[i + 1] ?? 0) / (widths[i] ?? 1))

function ziggurat(): Float64Array {
  const density = (x: number) => Math.exp(-0.5 * x * x)
  const x = new Float64Array(LAYERS + 1)
  x[0] = AREA / density(EDGE)
  x[1] = EDGE
  for (let i = 2; i < LAYERS; i++) {
    const below = x[i - 1] ?? 0
    x[i] = Math.sqrt(-2 * Math.log(AREA / below + density(below)))
  }
  return x
}

/** seed: 0..2³²−1. Normal deviates by the ziggurat of Marsaglia and Tsang (2000) with Doornik's independent bits (2005). */
export function seededRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed)
  for (let i = 0; i < WARM_UP; i++) generator.next()
  const uniform = () => uniformFloat64(generator)

  /** Beyond the lowest layer's edge, on the side that `sign` says. */
  const tail = (sign: number): number => {
    for (;;) {
      const x = Math.log(1 - uniform()) / EDGE
      const y = Math.log(1 - uniform())
      if (-2 * y >= x * x) return sign < 0 ? x - EDGE : EDGE - x
    }
  }

  const normal = (): number => {
    for (;;) {
      const bits = generator.next()
      // the upper 7 bits choose a layer, the others a place in it, from −1 to 1 in steps of 2⁻²⁴
      const layer = bits >>> 25
      const place = (bits << 7) * 2 ** -31
      const width = widths[layer] ?? 0
      const x = place * width
      if (Math.abs(place) < (inner[layer] ?? 0)) return x
      if (layer === 0) return tail(place)
      const next = widths[layer + 1] ?? 0
      const lower = Math.exp(-0.5 * (width * width - x * x))
      const upper = Math.exp(-0.5 * (next * next - x * x))
      if (upper + uniform() * (lower - upper) < 1) return x
    }
  }
  return { normal }
}
