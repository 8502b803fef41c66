import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { sizeOf } from '../src/core/ir/shape.ts'
import { Contender } from './lib/contender.ts'
import { median } from './lib/median.ts'
import { netsFolder, noise } from './lib/nets.ts'
import { python, script } from './lib/python.ts'
import { writeReport } from './lib/report.ts'
import { figure, markdownTable, number, text } from './lib/table.ts'
import { BATCH, STEPS, trainingNet, trainingNets, trainingNetsFile } from './lib/training-nets.ts'
import { type Times, takeTurns } from './lib/turns.ts'

const LIMIT_MS = 300_000
const BUDGET_S = 120
/** Images per second, as a multiple of PyTorch's. */
const BOUND = 1.5

/** Training beside PyTorch, in turns: the same nets, 2 threads each. Prints a table, writes build/bench-training.json. */
export async function training(rounds: number): Promise<void> {
  const load = loadavg()[0] ?? 0
  const seated = [
    { name: 'gradlens', contender: new Contender(process.execPath, [script('training.ts')], LIMIT_MS) },
    { name: 'PyTorch', contender: new Contender(await python(), [script('training.py')], LIMIT_MS) },
  ]
  const results: { net: string; times: Times[] }[] = []
  for (const net of trainingNets) {
    console.error(net)
    const order = { net, file: trainingNetsFile, input: writeImages(net), target: 0 }
    const limits = { measures: ['forward'], rounds, budgetS: BUDGET_S } as const
    results.push({ net, times: await takeTurns(seated, order, limits) })
  }
  for (const { contender } of seated) contender.close()

  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${process.version}, load ${load.toFixed(1)} at the start`
  console.log(`${machine}; Adam, batches of ${BATCH}, 2 threads each; medians over ${rounds} rounds\n`)
  console.log(
    markdownTable(
      [text('images/s'), ...seated.map(({ name }) => number(name)), text('gradlens ÷ PyTorch')],
      results.map(({ net, times }) => {
        const [ours = Number.NaN, theirs = Number.NaN] = seated.map(({ name }) => speed(times, name))
        const ratio = ours / theirs
        const verdict = ratio >= BOUND ? 'met' : 'missed'
        return [net, figure(ours), figure(theirs), `${figure(ratio)} (≥ ${BOUND} ${verdict})`]
      }),
    ),
  )
  for (const { net, times } of results)
    for (const { contender, problem } of times) if (problem) console.log(`\n${net}, ${contender}: ${problem}`)
  console.log(`\n${writeReport('bench-training', { machine, rounds, results })}`)
}

const speed = (times: readonly Times[], name: string): number =>
  (1000 * BATCH * STEPS) / median(times.find(({ contender }) => contender === name)?.ms ?? [])

/** Noise in place of digits: the work is the same. */
function writeImages(net: string): string {
  const file = join(netsFolder, `${net}.f32`)
  mkdirSync(netsFolder, { recursive: true })
  const { data } = noise([BATCH * STEPS, sizeOf(trainingNet(net).spec.input)])
  writeFileSync(file, Float32Array.from(data))
  return file
}
