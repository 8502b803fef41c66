import { type DecisionPlot, decisionMapPicture } from '../imaging/decision-map.ts'
import type { DecisionMap, DecisionMapJob } from '../networks/decision-map.ts'
import type { DecisionMapAsk, DecisionMapFormat } from '../schemas/decision-map.ts'
import type { AskedMap } from './decision-maps.ts'
import { jsonInPieces } from './json-pieces.ts'
import { mediaTypes } from './negotiation.ts'

/** A map in its format. */
export async function decisionMapAnswer(
  asked: AskedMap,
  map: DecisionMap,
  format: DecisionMapFormat,
): Promise<{ type: string; body: string | Buffer }> {
  const type = mediaTypes[format]
  if (format === 'json') return { type, body: await mapJson(asked, map) }
  return { type, body: await decisionMapPicture(plotOf(asked, map), format) }
}

/** Places of the points that are taken for another class than theirs; undefined where nobody said theirs. */
const mistakes = ({ ask: { labels } }: AskedMap, { points }: DecisionMap): number[] | undefined =>
  labels?.flatMap((label, i) => (label === points.labels[i] ? [] : [i]))

function plotOf(asked: AskedMap, map: DecisionMap): DecisionPlot {
  const { network, ask, names, job } = asked
  const wrong = mistakes(asked, map)
  const drawn = placesDrawn(ask.points.length, wrong ?? [])
  return {
    title: ask.title ?? network.id,
    facts: factsOf(ask.points.length, drawn.length, wrong?.length),
    classNames: names,
    axisTitles: axisTitles(ask, job),
    view: job.view,
    grid: map.grid,
    boundaries: map.boundaries.map(({ points }) => points),
    points: drawn.map((i) => {
      const [x = 0, y = 0] = ask.points[i] ?? []
      return { x, y, label: ask.labels?.[i], predicted: map.points.labels[i] ?? 0 }
    }),
    opacity: ask.opacity,
    shading: ask.shading,
  }
}

/** Points in a picture, at most: of more one would not tell them apart. */
const MOST_DRAWN = 1000

/** Which points are drawn: of too many, those that are taken for another class, and of the others every second, third, … */
function placesDrawn(count: number, wrong: readonly number[]): readonly number[] {
  const all = Array.from({ length: count }, (_, i) => i)
  if (count <= MOST_DRAWN) return all
  const mistaken = evenly(wrong, MOST_DRAWN)
  const others = new Set(wrong)
  const right = evenly(
    all.filter((i) => !others.has(i)),
    MOST_DRAWN - mistaken.length,
  )
  return [...mistaken, ...right].sort((a, b) => a - b)
}

const evenly = (places: readonly number[], most: number): readonly number[] =>
  places.length <= most
    ? places
    : Array.from({ length: most }, (_, i) => places[Math.floor((i * places.length) / most)] ?? 0)

function factsOf(count: number, drawn: number, wrong: number | undefined): string {
  const all = count === 1 ? 'one point' : `${count} points`
  const points = drawn < count ? `${all} (${drawn} of them drawn)` : all
  if (wrong === undefined) return points
  const share = Math.floor((1000 * (count - wrong)) / count) / 10
  return `${points}, ${wrong === 0 ? 'none' : wrong} misclassified: accuracy ${share} %`
}

/** Inputs are counted from 1 for people, unless they have names. */
function axisTitles({ axes }: DecisionMapAsk, { features }: DecisionMapJob): { x: string; y: string } {
  const title = (axis: 0 | 1) => axes?.[axis] ?? `x${subscript(features[axis] + 1)}`
  return { x: title(0), y: title(1) }
}

const subscript = (n: number): string => [...String(n)].map((digit) => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)]).join('')

function mapJson(asked: AskedMap, map: DecisionMap): Promise<string> {
  const { network, ask, names, job } = asked
  const { columns, rows, classes, probabilities } = map.grid
  const rounded = (values: Float64Array): number[] =>
    Array.from(values, (value) => Math.round(value * 1e6) / 1e6)
  const row = (r: number, size: number) => [r * columns * size, (r + 1) * columns * size] as const
  const ofPoint = (values: Float64Array, i: number) =>
    rounded(values.subarray(i * classes, (i + 1) * classes))
  const wrong = mistakes(asked, map)
  const facts = {
    model: network.id,
    classes: names,
    reading: map.reading,
    features: job.features,
    ...job.view,
    resolution: columns,
    ...(wrong && { misclassified: wrong, accuracy: 1 - wrong.length / ask.points.length }),
  }
  return jsonInPieces(facts, {
    labels: listed(rows, (r) => [...map.labels.subarray(...row(r, 1))]),
    probabilities: listed(rows, (r) =>
      Array.from({ length: columns }, (_, c) => ofPoint(probabilities, r * columns + c)),
    ),
    boundaries: map.boundaries,
    points: listed(ask.points.length, (i) => ({
      x: ask.points[i]?.[0],
      y: ask.points[i]?.[1],
      ...(ask.labels && { label: ask.labels[i] }),
      predicted: map.points.labels[i],
      probabilities: ofPoint(map.points.probabilities, i),
    })),
  })
}

/** Items that are made one by one, when they are asked for. */
function* listed<T>(count: number, item: (i: number) => T): Generator<T, void> {
  for (let i = 0; i < count; i++) yield item(i)
}
