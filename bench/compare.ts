import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { disagreements, ratioTable, ratioValues, timeTable } from './lib/comparison.ts'
import { Contender } from './lib/contender.ts'
import { installPeers } from './lib/install.ts'
import { fileOf, INPUT_SHAPE, makeNets, type NetName, netsFolder, noise, TARGET } from './lib/nets.ts'
import { python, script } from './lib/python.ts'
import { writeReport } from './lib/report.ts'
import { type Times, takeTurns } from './lib/turns.ts'
import type { CompareOptions, PeerName } from './options.ts'

/** An order to PyTorch may take minutes on VGG-16; one to jax-js that takes longer is not worth the wait. */
const LIMIT_MS = 600_000
const JAX_LIMIT_MS = 60_000

/** gradlens and its peers in turns: the same nets and inputs, two threads each. Prints the tables, writes build/bench.json. */
export async function compare(options: CompareOptions): Promise<void> {
  const { nets, peers } = options
  if (peers.some((peer) => peer !== 'torch')) await installPeers()
  await makeNets(nets)
  const input = writeInput()
  const seated = [
    { name: 'gradlens', contender: node('gradlens.ts', LIMIT_MS) },
    ...(await Promise.all(peers.map(seat))),
  ]
  const load = loadavg()[0] ?? 0
  const results = new Map<NetName, Times[]>()
  for (const net of nets) {
    console.error(net)
    const order = { net, file: fileOf(net), input, target: TARGET }
    results.set(net, await takeTurns(seated, order, options))
  }
  for (const { contender } of seated) contender.close()

  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${process.version}, load ${load.toFixed(1)} at the start`
  console.log(`${machine}; batch 1, ${INPUT_SHAPE.slice(2).join('×')}, 2 threads each (jax-js: 1)`)
  console.log(
    `medians over ${options.rounds} rounds; fewer, where a measure of a net would take longer than ${options.budgetS} s\n`,
  )
  console.log(`${timeTable(results, options.measures)}\n\n${ratioTable(results)}`)
  for (const line of disagreements(results)) console.log(`\n${line}`)
  const data = { machine, ...options, times: Object.fromEntries(results), ratios: ratioValues(results) }
  console.log(`\n${writeReport('bench', data)}`)
}

const node = (file: string, limitMs: number): Contender =>
  new Contender(process.execPath, [script(file)], limitMs)

const seats: { readonly [P in PeerName]: () => Promise<Contender> } = {
  ort: async () => node('onnxruntime.ts', LIMIT_MS),
  torch: async () => new Contender(await python(), [script('pytorch.py')], LIMIT_MS),
  jax: async () => node('jax.ts', JAX_LIMIT_MS),
}
const seat = async (name: PeerName) => ({
  name,
  contender: await seats[name](),
  ...(name === 'jax' ? { mostRounds: 1 } : {}),
})

function writeInput(): string {
  mkdirSync(netsFolder, { recursive: true })
  const file = join(netsFolder, 'input.f32')
  writeFileSync(file, Float32Array.from(noise(INPUT_SHAPE).data))
  return file
}
