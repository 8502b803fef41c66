import { parseArgs } from 'node:util'
import autocannon from 'autocannon'
import { bounded } from './bounded.ts'
import { MemoryWatch, memoryFaults, memoryReport } from './memory.ts'
import { startService } from './service.ts'

interface Post {
  readonly path: string
  readonly type: string
  readonly body: Buffer
}

/**
 * Some requests in turns from several connections (--amount 1000, --connections 8), while /livez is asked: starts the service
 * on a free port. The process ends with code 1 when an answer was lost or refused, and on Linux when memory is not level
 * after the warm-up.
 */
export async function postInTurns(what: string, posts: readonly Post[]): Promise<void> {
  const { values } = parseArgs({
    options: {
      amount: { type: 'string', default: '1000' },
      connections: { type: 'string', default: '8' },
    },
  })
  const amount = bounded('amount', values.amount, 100_000)
  const connections = bounded('connections', values.connections, 256)
  const requests = posts.map(({ path, type, body }) => ({
    method: 'POST' as const,
    path,
    headers: { 'content-type': type },
    body,
  }))
  const { origin, child } = await startService('efficientnet-lite0')
  const memory = process.platform === 'linux' ? new MemoryWatch(child) : undefined
  console.log(`${amount} × ${what} from ${connections} connections`)
  const [load, health] = await Promise.all([
    autocannon({ url: origin, requests, amount, connections, timeout: 120 }),
    autocannon({ url: `${origin}/livez`, amount: Math.ceil(amount / 10), connections: 1, overallRate: 50 }),
  ])
  memory?.stop()
  child.kill('SIGTERM')

  const lost = amount - load['2xx'] - load.non2xx
  const { p50, p99 } = load.latency
  console.log(`answered ${load['2xx']}, refused ${load.non2xx}, lost ${lost}, errors ${load.errors}`)
  console.log(`latency p50 ${p50} ms, p99 ${p99} ms; ${(load['2xx'] / load.duration).toFixed(1)} answers/s`)
  const { latency } = health
  console.log(`/livez beside it: p50 ${latency.p50} ms, p99 ${latency.p99} ms, max ${latency.max} ms`)
  const faults = memory ? memoryFaults(memory.megabytes) : []
  if (memory) console.log([memoryReport(memory.megabytes), ...faults].join('\n'))
  if (lost + load.non2xx + load.errors + health.errors + faults.length > 0) process.exitCode = 1
}
