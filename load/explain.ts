import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import autocannon from 'autocannon'
import { MemoryWatch, startService } from './service.ts'

/*
 * Many explains from several connections: node load/explain.ts [--url http://127.0.0.1:8080] [--amount 2000]
 * [--connections 16] [--image cat.png] [--query method=gradient]. Without --url it starts the service on a free port and
 * watches its memory. Ends with code 1 when an answer was lost or refused.
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
  },
})
const amount = bounded('amount', values.amount, 100_000)
const connections = bounded('connections', values.connections, 256)
// a Buffer, not autocannon's -i, which breaks binary bodies
const body = readFileSync(values.image)

const own = values.url === undefined ? await startService(values.model) : undefined
const memory = own && new MemoryWatch(own.child)
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
if (memory) console.log(memory.report())
if (lost + non2xx + errors > 0) process.exitCode = 1

function bounded(name: string, text: string, most: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  throw new RangeError(`expected a whole number from 1 to ${most} for --${name}, got ${text}`)
}

function loopback(text: string): string {
  const { origin, hostname } = new URL(text)
  if (['localhost', '127.0.0.1', '[::1]'].includes(hostname)) return origin
  throw new RangeError(
    `expected a loopback address for --url, got ${hostname}: load goes to one's own machine only`,
  )
}
