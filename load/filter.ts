import { readFileSync } from 'node:fs'
import { writeNpy } from '../src/imaging/npy.ts'
import { postInTurns } from './in-turns.ts'

/* Pictures and numbers filtered, of every kind of work: node load/filter.ts [--amount 1000] [--connections 8]. */

const PNG = 'image/png'
const photo = readFileSync(new URL('../test/fixtures/photos/chelsea.png', import.meta.url))
const list = Buffer.from(
  JSON.stringify({ data: [1, 3, 5, 7, 5, 3, 1], pipeline: [{ type: 'wolfram-gaussian-r1' }], boundary: 1 }),
)
const array = writeNpy({
  shape: [256, 256],
  data: Float64Array.from({ length: 65_536 }, (_, i) => Math.sin(i)),
})

await postInTurns('POST /v1/filter', [
  { path: '/v1/filter?filter=average:5&boundary=replicate', type: PNG, body: photo },
  { path: '/v1/filter?filter=gaussian:31:5&filter=sobel:magnitude=true', type: PNG, body: photo },
  { path: '/v1/filter?filter=median:5&format=webp', type: PNG, body: photo },
  { path: '/v1/filter?filter=laplacian&intermediate=uint8', type: PNG, body: photo },
  { path: '/v1/filter?filter=disk:7', type: 'application/x-npy', body: array },
  { path: '/v1/filter', type: 'application/json', body: list },
])
