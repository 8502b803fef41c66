import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { Contender } from './lib/contender.ts'
import { installPeers } from './lib/install.ts'
import { median } from './lib/median.ts'
import { fileOf, INPUT_SHAPE, makeNets, type NetName, netsFolder, noise, TARGET } from './lib/nets.ts'
import type { Measure } from './lib/protocol.ts'
import { python, script } from './lib/python.ts'
import { isMet, ratioCell, ratios, type Timing } from './lib/ratios.ts'
import { writeReport } from './lib/report.ts'
import { figure, markdownTable, number, text } from './lib/table.ts'
import { type Times, takeTurns } from './lib/turns.ts'
import type { CompareOptions, PeerName } from './options.ts'

/** An order to PyTorch may take minutes on VGG-16; one to jax-js that takes longer is not worth the wait. */
const LIMIT_MS = 600_000
const JAX_LIMIT_MS = 60_000

const titles: { readonly [name: string]: string } = {
  gradlens: 'gradlens',
  ort: 'ONNX Runtime',
  torch: 'PyTorch, Captum',
  jax: 'jax-js',
}
const measureTitles: { readonly [M in Measure]: string } = {
  forward: 'forward',
  saliency: 'saliency',
  ig: 'integrated gradients, 50 steps',
  smoothgrad: 'SmoothGrad, 25 samples',
}

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
  console.log(`${machine}; batch 1, ${INPUT_SHAPE.slice(2).join('×')}, 2 threads each\n`)
  console.log(`${timeTable(results, options.measures)}\n\n${ratioTable(results)}`)
  for (const line of disagreements(results)) console.log(`\n${line}`)
  const table = ratios.map((ratio) => ({
    title: ratio.title,
    nets: nets.map((net) => {
      const value = quotient(results, net, ratio.over, ratio.under)
      return { net, value, bound: ratio.bounds[net], met: value !== undefined && isMet(ratio, net, value) }
    }),
  }))
  console.log(`\n${writeReport('bench', { machine, ...options, times: Object.fromEntries(results), table })}`)
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

type Results = ReadonlyMap<NetName, readonly Times[]>

const find = (results: Results, net: NetName, { contender, measure }: Timing): Times | undefined =>
  results.get(net)?.find((times) => times.contender === contender && times.measure === measure)

function quotient(results: Results, net: NetName, over: Timing, under: Timing): number | undefined {
  const value = median(find(results, net, over)?.ms ?? []) / median(find(results, net, under)?.ms ?? [])
  return Number.isFinite(value) ? value : undefined
}

function timeTable(results: Results, measures: readonly Measure[]): string {
  const all = [...results.values()].flat()
  const rows = measures.flatMap((measure) => {
    const contenders = new Set(
      all.filter((times) => times.measure === measure).map(({ contender }) => contender),
    )
    return [...contenders].map((contender) => [
      measureTitles[measure],
      titles[contender] ?? contender,
      ...[...results.keys()].map((net) => timeCell(find(results, net, { contender, measure }))),
    ])
  })
  return markdownTable([text('ms: median (rounds)'), text(''), ...[...results.keys()].map(number)], rows)
}

const timeCell = (times: Times | undefined): string => {
  if (!times) return ''
  return times.problem ?? `${figure(median(times.ms))} (${times.rounds})`
}

const ratioTable = (results: Results): string =>
  markdownTable(
    [text('ratio of medians'), ...[...results.keys()].map(text)],
    ratios.map((ratio) => [
      ratio.title,
      ...[...results.keys()].map((net) =>
        ratioCell(ratio, net, quotient(results, net, ratio.over, ratio.under)),
      ),
    ]),
  )

/** Where a contender's answer is not ours: it did something else. SmoothGrad is not compared, the noise is each one's own. */
function* disagreements(results: Results): Generator<string> {
  for (const [net, list] of results)
    for (const { contender, measure, size } of list) {
      const ours = find(results, net, { contender: 'gradlens', measure })?.size
      if (measure === 'smoothgrad' || ours == null || size === null) continue
      if (Math.abs(size - ours) > 0.01 * Math.abs(ours))
        yield `${net}, ${measure}: Σ|answer| is ${figure(ours)} here and ${figure(size)} with ${contender}`
    }
}
