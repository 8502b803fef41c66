import { openCore } from './lib/core.ts'
import { BenchEngine } from './lib/engine.ts'
import { INPUT_SHAPE, loadNet, makeNets, type NetName, noise, saliencyGraph } from './lib/nets.ts'
import { writeReport } from './lib/report.ts'
import { inTurns, timed } from './lib/rounds.ts'
import { figure, markdownTable, number, text } from './lib/table.ts'

const LIMITS = { rounds: 7, budgetMs: 10_000 }
const AT_ONCE = 8
const sides = [64, 96, 128, 160, 224, 320, 384, 512]

/** The plain gradient by threads, by requests at once, and by input size. */
export async function scaling(nets: readonly NetName[]): Promise<void> {
  await makeNets(nets)
  const load = await byLoad(nets)
  console.log('the plain gradient, 2 threads unless said\n')
  console.log(
    markdownTable(
      [
        ...[text('net'), number('1 thread, ms'), number('2 threads, ms'), number('1 ÷ 2 threads')],
        ...[
          number(`${AT_ONCE} at once, each ms`),
          number('one at a time ÷ that'),
          number('first one after, ms'),
        ],
      ],
      load.map(({ net, alone, both, busy, after }) => [
        ...[net, figure(alone), figure(both), figure(alone / both)],
        ...[figure(busy), figure(both / busy), figure(after)],
      ]),
    ),
  )
  const sizes = await bySize(nets)
  console.log(`\nmicroseconds per 1000 pixels of the input, by its side\n`)
  console.log(
    markdownTable(
      [text('net'), ...sides.map((side) => number(`${side}`))],
      sizes.map(({ net, cells }) => [net, ...cells.map((cell, i) => sizeCell(cell, sides[i] ?? 1))]),
    ),
  )
  console.log(`\n${writeReport('bench-scaling', { load, sides, sizes })}`)
}

/** One thread against two; eight requests at once, when each thread takes its own, against one at a time on both. */
async function byLoad(nets: readonly NetName[]) {
  await using one = await BenchEngine.open(1)
  await using two = await BenchEngine.open(2)
  const x = noise(INPUT_SHAPE)
  const rows = []
  for (const net of nets) {
    const afterMs: number[] = []
    const gradient = (engine: BenchEngine) => () => engine.explain(net, x, 'gradient')
    const together = async () => {
      await Promise.all(Array.from({ length: AT_ONCE }, gradient(two)))
      afterMs.push(await timed(gradient(two)))
    }
    const [alone = Number.NaN, both = Number.NaN, burst = Number.NaN] = await inTurns(
      [gradient(one), gradient(two), together],
      LIMITS,
    )
    // the burst was timed with the request that follows it
    const after = afterMs.slice(1).toSorted((a, b) => a - b)[(afterMs.length - 1) >> 1] ?? Number.NaN
    rows.push({ net, alone, both, busy: (burst - after) / AT_ONCE, after })
  }
  return rows
}

/** Milliseconds, or why the net does not run at that size. */
type Size = { readonly ms: number } | { readonly problem: string }

async function bySize(nets: readonly NetName[]) {
  const rows = []
  for (const net of nets) {
    await using core = await openCore(2)
    const cells: Size[] = []
    for (const side of sides) cells.push(await atSize(core, net, side))
    rows.push({ net, cells })
  }
  return rows
}

async function atSize(
  { backend }: Awaited<ReturnType<typeof openCore>>,
  net: NetName,
  side: number,
): Promise<Size> {
  try {
    const program = backend.compile(saliencyGraph(loadNet(net, side)), 1)
    const inputs = program.plan.inputs.map(({ shape }) => noise(shape))
    const [ms = Number.NaN] = await inTurns([() => program.run(inputs)], LIMITS)
    return { ms }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

const sizeCell = (cell: Size, side: number): string =>
  'ms' in cell ? figure((1e6 * cell.ms) / side ** 2) : 'does not fit'
