import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import autocannon from 'autocannon'
import { bounded } from './bounded.ts'
import { MemoryWatch, memoryFaults, memoryReport } from './memory.ts'
import { startService } from './service.ts'

/*
 * Many explains from several connections: node load/explain.ts [--url http://127.0.0.1:8080] [--amount 2000]
 * [--connections 16] [--image cat.png] [--query method=gradient] [--rss-limit 350]. Without --url it starts the service on
 * a free port and, on Linux, watches its memory. Ends with code 1 when an answer was lost or refused, when memory is not
 * level after the warm-up, and when it exceeds --rss-limit, in MB.
 */

const photo = fileURLToPath(new URL('../test/fixtures/photos/chelsea.png', import.meta.url))
const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    amount: { type: 'string', default: '2000' },
    connections: { type: 'string', default: '16' },
    image: { type: 'string', default: photo },
    model: { type: 'string', default: 'efficientnet-lite0' },
    query: { type: 'string', default: '' },
    'rss-limit': { type: 'string' },
  },
})
const amount = bounded('amount', values.amount, 100_000)
const connections = bounded('connections', values.connections, 256)
const isWatched = values.url === undefined && process.platform === 'linux'
const rssLimit =
  values['rss-limit'] === undefined ? undefined : bounded('rss-limit', values['rss-limit'], 100_000)
if (rssLimit !== undefined && !isWatched)
  throw new RangeError('--rss-limit needs a service of its own (no --url) on Linux, whose memory can be read')
// a Buffer, not autocannon's -i, which breaks binary bodies
const body = readFileSync(values.image)

const own = values.url === undefined ? await startService(values.model) : undefined
const memory = own && isWatched ? new MemoryWatch(own.child) : undefined
const path = `/v1/models/${values.model}/explain${values.query && `?${values.query}`}`
console.log(`${amount} × POST ${path} (${body.length} bytes) from ${connections} connections`)
const {
  '2xx': answered,
  non2xx,
  errors,
  timeouts,
  latency,
  duration,
} = await autocannon({
  url: (own?.origin ?? loopback(values.url ?? '')) + path,
  method: 'POST',
  headers: { 'content-type': 'image/png' },
  body,
  amount,
  connections,
  timeout: 120,
})
memory?.stop()
own?.child.kill('SIGTERM')

const lost = amount - answered - non2xx
console.log(`answered ${answered}, refused ${non2xx}, lost ${lost}, errors ${errors}, timeouts ${timeouts}`)
console.log(
  `latency p50 ${latency.p50} ms, p99 ${latency.p99} ms, max ${latency.max} ms; ${(answered / duration).toFixed(1)} explains/s`,
)
const faults = memory ? memoryFaults(memory.megabytes, rssLimit) : []
if (memory) console.log([memoryReport(memory.megabytes), ...faults].join('\n'))
if (lost + non2xx + errors + faults.length > 0) process.exitCode = 1

function loopback(text: string): string {
  const { origin, hostname } = new URL(text)
  if (['localhost', '127.0.0.1', '[::1]'].includes(hostname)) return origin
  throw new RangeError(
    `expected a loopback address for --url, got ${hostname}: load goes to one's own machine only`,
  )
}
