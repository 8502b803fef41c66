import sharp, { type Sharp } from 'sharp'
import { PICTURE, sampleOf } from '../lib/filter-cases.ts'
import { readFloats, serve } from '../lib/serve.ts'

/*
 * sharp as a contender, on the same picture in 8 bits: it takes no other numbers without loss. Raw pixels in and out.
 */

const THREADS = 2
sharp.concurrency(THREADS)
sharp.cache(false)

const average = (side: number) => (picture: Sharp) =>
  picture.convolve({
    width: side,
    height: side,
    kernel: new Array<number>(side * side).fill(1),
    scale: side * side,
  })

const filters: { readonly [name: string]: (picture: Sharp) => Sharp } = {
  'average-5': average(5),
  'gaussian-8': (picture) => picture.blur(8),
  'median-3': (picture) => picture.median(3),
  'median-5': (picture) => picture.median(5),
}

let bytes: Uint8Array | undefined

await serve(async ({ net, input }) => {
  bytes ??= Uint8Array.from(readFloats(input), (v) => Math.round(255 * v))
  const x = bytes
  const filter = Object.hasOwn(filters, net) ? filters[net] : undefined
  if (!filter) return {}
  const { width, height, channels } = PICTURE
  return {
    forward: async () => {
      const picture = sharp(x, { raw: { width, height, channels } })
      return sampleOf(await filter(picture).raw().toBuffer()).map((v) => v / 255)
    },
  }
})
