import type { Graph } from '../src/core/ir/graph.ts'
import type { PlannedStep } from '../src/core/plan/plan.ts'
import type { WasmBackend } from '../src/core/wasm/executor.ts'
import type { LoadedModel } from '../src/explain/loaded.ts'
import { forwardGraph } from '../src/explain/variants.ts'
import { openCore } from './lib/core.ts'
import { type Cost, costOf } from './lib/kernel-costs.ts'
import { median } from './lib/median.ts'
import { loadNet, makeNets, noise, saliencyGraph } from './lib/nets.ts'
import { writeReport } from './lib/report.ts'
import { measureRoofline, type Roofline } from './lib/roofline.ts'
import { figure, markdownTable, megabytes, number, percent, text } from './lib/table.ts'
import type { ProfileOptions } from './options.ts'

const RUNS = 15
/** Enough for a net of a second a run. */
const BUDGET_MS = 10_000

interface Row extends Cost {
  readonly step: number
  readonly kernel: string
  readonly label: string
  readonly ms: number
  /** the least time by the roofline: of its products, or of its bytes */
  readonly bound: 'products' | 'bytes'
  readonly leastMs: number
}

/** Every step of a net's plan: how long it takes, and how far that is from what the machine can do. */
export async function profile(options: ProfileOptions): Promise<void> {
  const { net, measure, threads, batch, sort } = options
  await makeNets([net])
  await using core = await openCore(threads)
  const roofline = measureRoofline(core.backend)
  const program = core.backend.compile(graphOf(loadNet(net), measure), batch)
  const { steps, arenaBytes, bufferBytes, inputs } = program.plan
  const tensors = inputs.map(({ shape }) => noise(shape))
  const times = stepTimes(program, tensors)
  const wholeMs = timed(() => program.run(tensors))
  const rows = steps.map((step, i) => rowOf(step, i, times[i] ?? Number.NaN, roofline))

  const totalMs = sum(rows, ({ ms }) => ms)
  const least = sum(rows, ({ leastMs }) => leastMs)
  const flops = sum(rows, (row) => row.flops)
  const shown = sort === 'time' ? rows.toSorted((a, b) => b.ms - a.ms) : rows
  console.log(
    `${net} ${measure}, batch ${batch}, ${threads} thread${threads > 1 ? 's' : ''}, ${core.kernels}: at most ${figure(roofline.gflops)} GFLOP/s and ${figure(roofline.gigabytes)} GB/s from memory\n`,
  )
  console.log(`${stepTable(shown, totalMs)}\n`)
  console.log(`${kernelTable(rows, totalMs)}\n`)
  console.log(
    [
      `${steps.length} steps, ${figure(totalMs)} ms one by one, ${figure(wholeMs)} ms as one run with its copies in and out`,
      `${figure(flops / 1e9)} GFLOP at ${figure(flops / totalMs / 1e6)} GFLOP/s; by the roofline at least ${figure(least)} ms, which is ${percent(least / totalMs)} of the time`,
      `arena ${megabytes(arenaBytes)} for buffers of ${megabytes(bufferBytes)} in all: ${percent(arenaBytes / bufferBytes)}`,
    ].join('\n'),
  )
  const file = writeReport(`profile-${net}-${measure}`, {
    ...options,
    roofline,
    totalMs,
    wholeMs,
    arenaBytes,
    bufferBytes,
    rows,
  })
  console.log(`\n${file}`)
}

const graphOf = (model: LoadedModel, measure: ProfileOptions['measure']): Graph =>
  measure === 'forward' ? forwardGraph(model) : saliencyGraph(model)

type Program = ReturnType<WasmBackend['compile']>
type Inputs = Parameters<Program['timeSteps']>[0]

/** The median of each step over several runs of the whole plan, after two that warm it up. */
function stepTimes(program: Program, inputs: Inputs): number[] {
  for (let i = 0; i < 2; i++) program.timeSteps(inputs)
  const runs: number[][] = []
  const end = performance.now() + BUDGET_MS
  while (runs.length < RUNS && (runs.length < 3 || performance.now() < end))
    runs.push(program.timeSteps(inputs))
  return program.plan.steps.map((_, i) => median(runs.map((times) => times[i] ?? Number.NaN)))
}

function timed(work: () => void): number {
  const times: number[] = []
  for (let run = 0; run < 7; run++) {
    const start = performance.now()
    work()
    times.push(performance.now() - start)
  }
  return median(times)
}

function rowOf(step: PlannedStep, index: number, ms: number, { gflops, gigabytes }: Roofline): Row {
  const cost = costOf(step)
  const [productMs, byteMs] = [cost.flops / gflops / 1e6, cost.bytes / gigabytes / 1e6]
  return {
    ...cost,
    step: index,
    kernel: step.kernel,
    label: step.label,
    ms,
    bound: productMs > byteMs ? 'products' : 'bytes',
    leastMs: Math.max(productMs, byteMs),
  }
}

/** In the unit of what bounds the step. */
const speed = ({ bound, flops, bytes, ms }: Row): string =>
  bound === 'products' ? `${figure(flops / ms / 1e6)} GFLOP/s` : `${figure(bytes / ms / 1e6)} GB/s   `

const stepTable = (rows: readonly Row[], totalMs: number): string =>
  markdownTable(
    [
      ...[number('step'), text('kernel'), text('node'), text('shape'), number('ms'), number('share')],
      ...[number('speed'), number('of roofline')],
    ],
    rows.map((row) => [
      ...[`${row.step}`, row.kernel, row.label, row.shape, row.ms.toFixed(3), percent(row.ms / totalMs)],
      ...[speed(row), percent(row.leastMs / row.ms)],
    ]),
  )

function kernelTable(rows: readonly Row[], totalMs: number): string {
  const byKernel = Map.groupBy(rows, ({ kernel }) => kernel)
  const lines = [...byKernel].map(([kernel, group]) => {
    const ms = sum(group, (row) => row.ms)
    const cells = [
      ...[kernel, `${group.length}`, ms.toFixed(3), percent(ms / totalMs)],
      figure(sum(group, ({ flops }) => flops) / ms / 1e6),
      figure(sum(group, ({ bytes }) => bytes) / ms / 1e6),
      percent(sum(group, ({ leastMs }) => leastMs) / ms),
    ]
    return { ms, cells }
  })
  return markdownTable(
    [
      ...[text('kernel'), number('steps'), number('ms'), number('share')],
      ...[number('GFLOP/s'), number('GB/s'), number('of roofline')],
    ],
    lines.toSorted((a, b) => b.ms - a.ms).map(({ cells }) => cells),
  )
}

const sum = <T>(list: readonly T[], of: (item: T) => number): number =>
  list.reduce((total, item) => total + of(item), 0)
