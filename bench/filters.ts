import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { Contender } from './lib/contender.ts'
import { denseCases, denseSides, type FilterCase, filterCases, PICTURE } from './lib/filter-cases.ts'
import { median } from './lib/median.ts'
import { netsFolder, noise } from './lib/nets.ts'
import { filterPackages, python, script } from './lib/python.ts'
import { writeReport } from './lib/report.ts'
import { figure, markdownTable, number, text } from './lib/table.ts'
import { type Times, takeTurns } from './lib/turns.ts'

/** SciPy's median of a large picture takes minutes; what takes longer is not worth the wait. */
const LIMIT_MS = 300_000
const BUDGET_S = 60
const length = PICTURE.height * PICTURE.width * PICTURE.channels

/** The filters' kernels beside OpenCV, SciPy and sharp, in turns. Prints tables, writes build/bench-filters.json. */
export async function filters(rounds: number): Promise<void> {
  const interpreter = await python(filterPackages)
  const peer = (library: string) => new Contender(interpreter, [script('filters.py'), library], LIMIT_MS)
  const node = (file: string) => new Contender(process.execPath, [script(file)], LIMIT_MS)
  const ours = { name: 'gradlens', contender: node('filters.ts') }
  const opencv = { name: 'OpenCV', contender: peer('opencv') }
  const others = [
    { name: 'SciPy', contender: peer('scipy'), mostRounds: 1 },
    { name: 'sharp, 8 bits', contender: node('filters-sharp.ts'), mostRounds: 3 },
  ]
  const seated = [ours, opencv, ...others]
  const load = loadavg()[0] ?? 0
  const input = writePicture()
  const measured = async (cases: readonly FilterCase[], contenders: typeof seated) => {
    const results = []
    for (const filter of cases) {
      console.error(filter.title)
      const order = { net: filter.name, file: '', input, target: 0 }
      const limits = { measures: ['forward'], rounds, budgetS: BUDGET_S } as const
      results.push({ filter, times: await takeTurns(contenders, order, limits) })
    }
    return results
  }
  const compared = await measured(filterCases, seated)
  const dense = await measured(denseCases, [ours, opencv])
  for (const { contender } of seated) contender.close()

  const { height, width, channels } = PICTURE
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${process.version}, load ${load.toFixed(1)} at the start`
  console.log(`${machine}; ${width}×${height}×${channels} float32 in memory, 2 threads each (SciPy: 1)`)
  console.log(
    `ms: medians over ${rounds} rounds; fewer for SciPy and sharp and what takes longer than ${BUDGET_S} s\n`,
  )
  console.log(
    markdownTable(
      [text('filter'), ...seated.map(({ name }) => number(name)), text('gradlens ÷ OpenCV')],
      compared.map(({ filter, times }) => [
        filter.title,
        ...seated.map(({ name }) => cell(timesOf(times, name))),
        ratioCell(filter, times),
      ]),
    ),
  )
  console.log('\na plain correlation with as many different weights, ns per number of the result\n')
  console.log(
    markdownTable(
      [text(''), ...denseSides.map((side) => number(`${side}×${side}`))],
      [ours, opencv].map(({ name }) => [
        name,
        ...dense.map(({ filter, times }) => figure(nanoseconds(filter, timesOf(times, name)))),
      ]),
    ),
  )
  for (const { filter, times } of [...compared, ...dense])
    for (const line of disagreements(filter, times)) console.log(`\n${line}`)
  console.log(`\n${writeReport('bench-filters', { machine, rounds, compared, dense })}`)
}

const timesOf = (times: readonly Times[], name: string): Times | undefined =>
  times.find(({ contender }) => contender === name)

const cell = (times: Times | undefined): string =>
  times ? (times.problem ?? `${figure(median(times.ms))}`) : ''

function ratioCell({ bound }: FilterCase, times: readonly Times[]): string {
  const ratio = median(timesOf(times, 'gradlens')?.ms ?? []) / median(timesOf(times, 'OpenCV')?.ms ?? [])
  if (!Number.isFinite(ratio)) return ''
  if (bound === undefined) return figure(ratio)
  return `${figure(ratio)} (≤ ${bound} ${ratio <= bound ? 'met' : 'missed'})`
}

const nanoseconds = ({ rows = PICTURE.height }: FilterCase, times: Times | undefined): number =>
  (1e6 * median(times?.ms ?? [])) / (rows * PICTURE.width * PICTURE.channels)

/** Where a peer's answer is not ours: it did something else. */
function* disagreements(filter: FilterCase, times: readonly Times[]): Generator<string> {
  const ours = timesOf(times, 'gradlens')?.size
  for (const { contender, size } of times)
    if (ours != null && size !== null && Math.abs(size - ours) > 0.01 * Math.abs(ours))
      yield `${filter.title}: Σ|answer| is ${figure(ours)} here and ${figure(size)} with ${contender}`
}

/** Noise between 0 and 1, the same in every run. */
function writePicture(): string {
  const file = join(netsFolder, 'picture.f32')
  if (existsSync(file) && statSync(file).size === 4 * length) return file
  mkdirSync(netsFolder, { recursive: true })
  const { data } = noise([length])
  writeFileSync(
    file,
    Float32Array.from(data, (v) => v - Math.floor(v)),
  )
  return file
}
