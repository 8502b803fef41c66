import { readFileSync } from 'node:fs'
import { writeNpy } from '../src/imaging/npy.ts'
import { postInTurns } from './in-turns.ts'

/* Pictures and volumes turned: node load/rotate.ts [--amount 1000] [--connections 8]. */

const NPY = 'application/x-npy'
const side = 32
const volumes = writeNpy({ shape: [8, side, side, side], data: new Uint8Array(8 * side ** 3) })
const photo = readFileSync(new URL('../test/fixtures/photos/chelsea.png', import.meta.url))

await postInTurns('POST /v1/augment/rot90', [
  { path: '/v1/augment/rot90?k=1', type: 'image/png', body: photo },
  { path: '/v1/augment/rot90?group=cube24&seed=5', type: NPY, body: volumes },
  { path: '/v1/augment/rot90?group=cube48&format=zip', type: NPY, body: volumes },
])
