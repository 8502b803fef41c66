import { BenchEngine } from './lib/engine.ts'
import { INPUT_SHAPE, makeNets, type NetName, noise } from './lib/nets.ts'
import { writeReport } from './lib/report.ts'
import { inTurns } from './lib/rounds.ts'
import { figure, markdownTable, number, text } from './lib/table.ts'

const samples = [1, 2, 4, 8, 16, 32]
const LIMITS = { rounds: 5, budgetMs: 20_000 }

/** What n samples of SmoothGrad cost, against n plain gradients: 1 or less when nothing is wasted. */
export async function batches(nets: readonly NetName[]): Promise<void> {
  await makeNets(nets)
  await using engine = await BenchEngine.open(2)
  const x = noise(INPUT_SHAPE)
  const rows = []
  for (const net of nets) {
    const [gradientMs = Number.NaN, ...smoothgradMs] = await inTurns(
      [
        () => engine.explain(net, x, 'gradient'),
        ...samples.map((n) => () => engine.explain(net, x, 'smoothgrad', { samples: n })),
      ],
      LIMITS,
    )
    const shares = smoothgradMs.map((ms, i) => ms / gradientMs / (samples[i] ?? 1))
    rows.push({ net, gradientMs, smoothgradMs, shares })
  }
  console.log('SmoothGrad of n samples ÷ n × the plain gradient, 2 threads\n')
  console.log(
    markdownTable(
      [text('net'), number('gradient, ms'), ...samples.map((n) => number(`n = ${n}`))],
      rows.map(({ net, gradientMs, shares }) => [net, figure(gradientMs), ...shares.map(figure)]),
    ),
  )
  console.log(`\n${writeReport('bench-batches', { samples, rows })}`)
}
