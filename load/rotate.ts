import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import autocannon from 'autocannon'
import { writeNpy } from '../src/imaging/npy.ts'
import { bounded } from './bounded.ts'
import { MemoryWatch, memoryFaults, memoryReport } from './memory.ts'
import { startService } from './service.ts'

/*
 * Pictures and volumes turned in turns from several connections, while /livez is asked: node load/rotate.ts
 * [--amount 1000] [--connections 8]. Starts the service on a free port. Ends with code 1 when an answer was lost or
 * refused, and on Linux when memory is not level after the warm-up.
 */

const photo = fileURLToPath(new URL('../test/fixtures/photos/chelsea.png', import.meta.url))
const { values } = parseArgs({
  options: {
    amount: { type: 'string', default: '1000' },
    connections: { type: 'string', default: '8' },
  },
})
const amount = bounded('amount', values.amount, 100_000)
const connections = bounded('connections', values.connections, 256)

const side = 32
const volumes = writeNpy({ shape: [8, side, side, side], data: new Uint8Array(8 * side ** 3) })
const requests = [
  { path: '?k=1', headers: { 'content-type': 'image/png' }, body: readFileSync(photo) },
  { path: '?group=cube24&seed=5', headers: { 'content-type': 'application/x-npy' }, body: volumes },
  { path: '?group=cube48&format=zip', headers: { 'content-type': 'application/x-npy' }, body: volumes },
].map(({ path, ...request }) => ({ ...request, method: 'POST' as const, path: `/v1/augment/rot90${path}` }))

const { origin, child } = await startService('efficientnet-lite0')
const memory = process.platform === 'linux' ? new MemoryWatch(child) : undefined
console.log(`${amount} × POST /v1/augment/rot90 from ${connections} connections`)
const [load, health] = await Promise.all([
  autocannon({ url: origin, requests, amount, connections, timeout: 120 }),
  autocannon({ url: `${origin}/livez`, amount: Math.ceil(amount / 10), connections: 1, overallRate: 50 }),
])
memory?.stop()
child.kill('SIGTERM')

const lost = amount - load['2xx'] - load.non2xx
console.log(`answered ${load['2xx']}, refused ${load.non2xx}, lost ${lost}, errors ${load.errors}`)
console.log(
  `latency p50 ${load.latency.p50} ms, p99 ${load.latency.p99} ms; ${(load['2xx'] / load.duration).toFixed(1)} rotations/s`,
)
console.log(
  `/livez beside it: p50 ${health.latency.p50} ms, p99 ${health.latency.p99} ms, max ${health.latency.max} ms`,
)
const faults = memory ? memoryFaults(memory.megabytes) : []
if (memory) console.log([memoryReport(memory.megabytes), ...faults].join('\n'))
if (lost + load.non2xx + load.errors + health.errors + faults.length > 0) process.exitCode = 1
