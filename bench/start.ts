import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { residentMegabytes } from '../load/memory.ts'
import { startService } from '../load/service.ts'
import { median } from './lib/median.ts'
import { BUILT_IN, fileOf, makeNets, type NetName } from './lib/nets.ts'
import { writeReport } from './lib/report.ts'
import { timed } from './lib/rounds.ts'
import { figure, markdownTable, number, text } from './lib/table.ts'

const STARTS = 3
/** Explains after which memory is read at its highest. */
const EXPLAINS = 10

const path = (file: string): string => fileURLToPath(new URL(`../${file}`, import.meta.url))
const photo = readFileSync(path('test/fixtures/photos/chelsea.png'))

/**
 * From the start of the process to the first map, over HTTP with a photo in and a PNG out: until it listens (modules,
 * kernels and their self-test), until the net is loaded, and what the first explain takes, which plans and packs weights.
 */
export async function start(nets: readonly NetName[]): Promise<void> {
  await makeNets(nets)
  const checkMs = median(await repeat(() => timed(checkKernels)))
  const rows = []
  for (const net of nets) rows.push({ net, ...(await startOf(net)) })
  console.log(
    `npm start looks first whether the kernels are current: ${figure(checkMs)} ms more. Then, in milliseconds:\n`,
  )
  console.log(
    markdownTable(
      [
        ...[text('net'), number('listening'), number('net loaded'), number('first explain')],
        ...[number('start to first map'), number('next explain'), number(`MB, ${EXPLAINS} explains`)],
      ],
      rows.map((row) => [
        ...[row.net, figure(row.listeningMs), figure(row.loadMs), figure(row.firstMs)],
        ...[figure(row.listeningMs + row.loadMs + row.firstMs), figure(row.nextMs), `${row.megabytes}`],
      ]),
    ),
  )
  for (const { net, timing } of rows) console.log(`\nfirst explain of ${net}: ${timing}`)
  console.log(`\n${writeReport('bench-start', { checkMs, rows })}`)
}

const checkKernels = () => promisify(execFile)(process.execPath, [path('src/core/kernels/build.ts')])

async function repeat<T>(work: () => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (let i = 0; i < STARTS; i++) results.push(await work())
  return results
}

async function startOf(net: NetName) {
  // alone in its folder: a service reads all that it is given
  const modelsDir = net === BUILT_IN ? undefined : mkdtempSync(join(tmpdir(), 'bench-'))
  if (modelsDir !== undefined) symlinkSync(dirname(fileOf(net)), join(modelsDir, net))
  try {
    const starts = await repeat(() => oneStart(net, modelsDir))
    const middle = (of: (start: (typeof starts)[number]) => number) => median(starts.map(of))
    return {
      listeningMs: middle((start) => start.listeningMs),
      loadMs: middle((start) => start.loadMs),
      firstMs: middle((start) => start.firstMs),
      nextMs: middle((start) => start.nextMs),
      megabytes: Math.max(...starts.map((start) => start.megabytes)),
      timing: starts.at(-1)?.timing ?? '',
    }
  } finally {
    if (modelsDir !== undefined) rmSync(modelsDir, { recursive: true })
  }
}

async function oneStart(net: NetName, modelsDir: string | undefined) {
  const settings = { MODELS_DIR: modelsDir ?? '' }
  const { origin, child, listeningMs, readyMs } = await startService(net, { pollMs: 2, settings })
  let timing = ''
  const explain = async () => {
    const answer = await fetch(`${origin}/v1/models/${net}/explain`, {
      method: 'POST',
      headers: { 'content-type': 'image/png' },
      body: photo,
    })
    await answer.bytes()
    if (!answer.ok) throw new Error(`${net}: the service answered ${answer.status}`)
    timing = answer.headers.get('server-timing') ?? ''
  }
  try {
    const firstMs = await timed(explain)
    const firstTiming = timing
    const nextMs: number[] = []
    let megabytes = 0
    for (let i = 0; i < EXPLAINS; i++) {
      nextMs.push(await timed(explain))
      megabytes = Math.max(megabytes, residentMegabytes(child.pid ?? 0))
    }
    const loadMs = readyMs - listeningMs
    return { listeningMs, loadMs, firstMs, nextMs: median(nextMs), megabytes, timing: firstTiming }
  } finally {
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    await exit
  }
}
