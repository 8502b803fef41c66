import { invalidParameters, type ParameterError } from '../errors.ts'
import { type DecisionPlot, decisionMapPicture } from '../imaging/decision-map.ts'
import { type DecisionMap, type DecisionMapJob, drawable, viewAround } from '../networks/decision-map.ts'
import { classNames } from '../networks/labels.ts'
import type { StoredNetwork } from '../networks/store.ts'
import type { DecisionMapAsk, DecisionMapFormat } from '../schemas/decision-map.ts'
import { mediaTypes } from './negotiation.ts'

/** Numbers of a map's grid, all classes together. */
const MOST_NUMBERS = 1_000_000

/** A map that can be made: what to compute, and names of the classes. */
export interface AskedMap {
  readonly network: StoredNetwork
  readonly ask: DecisionMapAsk
  readonly names: readonly string[]
  readonly job: DecisionMapJob
}

/** Throws `invalid-parameter` naming all that does not fit the network. */
export function askedMap(network: StoredNetwork, ask: DecisionMapAsk): AskedMap {
  const { spec, parameters, training } = network
  const loss = training?.loss
  const { inputs, classes } = drawable(spec, loss)
  const faults = [...planeFaults(ask, inputs), ...labelFaults(ask, classes), ...sizeFaults(ask, classes)]
  if (faults.length > 0) throw invalidParameters(faults)
  const points = Float64Array.from(ask.points.flat())
  const features = ask.features ?? ([0, 1] as const)
  return {
    network,
    ask,
    names: classNames(network.labels, classes),
    job: {
      spec,
      parameters,
      loss,
      points,
      features,
      hold: held(ask, inputs, features),
      view: viewAround(points, ask.padding),
      resolution: ask.resolution,
    },
  }
}

function planeFaults({ features, hold }: DecisionMapAsk, inputs: number): ParameterError[] {
  if (inputs < 2)
    return [{ parameter: 'model', message: `expected a model of two inputs or more, got one of ${inputs}` }]
  const faults: ParameterError[] = []
  if (inputs > 2 && features === undefined)
    faults.push({
      parameter: 'features',
      message: `expected which two of the ${inputs} inputs are x and y, got nothing`,
    })
  const beyond = features?.find((feature) => feature >= inputs)
  if (beyond !== undefined)
    faults.push({ parameter: 'features', message: `expected inputs from 0 to ${inputs - 1}, got ${beyond}` })
  if (inputs > 2 && hold === undefined)
    faults.push({
      parameter: 'hold',
      message: `expected ${inputs - 2} values of the other inputs, or one for all, got nothing`,
    })
  if (Array.isArray(hold) && hold.length !== inputs - 2)
    faults.push({
      parameter: 'hold',
      message: `expected ${inputs - 2} values of the other inputs, got ${hold.length}`,
    })
  return faults
}

function labelFaults({ labels, points }: DecisionMapAsk, classes: number): ParameterError[] {
  if (labels === undefined) return []
  if (labels.length !== points.length)
    return [
      {
        parameter: 'labels',
        message: `expected ${points.length} classes, one for each point, got ${labels.length}`,
      },
    ]
  const beyond = labels.findIndex((label) => label >= classes)
  if (beyond < 0) return []
  return [
    {
      parameter: `labels[${beyond}]`,
      message: `expected a class from 0 to ${classes - 1}, got ${labels[beyond]}`,
    },
  ]
}

function sizeFaults({ resolution }: DecisionMapAsk, classes: number): ParameterError[] {
  const most = Math.floor(Math.sqrt(MOST_NUMBERS / classes))
  if (resolution <= most) return []
  return [
    {
      parameter: 'resolution',
      message: `expected at most ${most} for ${classes} classes, got ${resolution}`,
    },
  ]
}

/** Values of all inputs; those of the features are not looked at. */
function held(
  { hold = 0 }: DecisionMapAsk,
  inputs: number,
  features: readonly [number, number],
): Float64Array {
  const values = new Float64Array(inputs)
  let next = 0
  for (let i = 0; i < inputs; i++)
    if (!features.includes(i)) values[i] = typeof hold === 'number' ? hold : (hold[next++] ?? 0)
  return values
}

/** A map in its format. */
export async function decisionMapAnswer(
  asked: AskedMap,
  map: DecisionMap,
  format: DecisionMapFormat,
): Promise<{ type: string; body: string | Buffer }> {
  const type = mediaTypes[format]
  if (format === 'json') return { type, body: JSON.stringify(mapJson(asked, map)) }
  return { type, body: await decisionMapPicture(plotOf(asked, map), format) }
}

/** Places of the points that are taken for another class than theirs; undefined where nobody said theirs. */
const mistakes = ({ ask: { labels } }: AskedMap, { points }: DecisionMap): number[] | undefined =>
  labels?.flatMap((label, i) => (label === points.labels[i] ? [] : [i]))

function plotOf(asked: AskedMap, map: DecisionMap): DecisionPlot {
  const { network, ask, names, job } = asked
  return {
    title: ask.title ?? network.id,
    facts: factsOf(ask.points.length, mistakes(asked, map)?.length),
    classNames: names,
    axisTitles: axisTitles(ask, job),
    view: job.view,
    grid: map.grid,
    boundaries: map.boundaries.map(({ points }) => points),
    points: ask.points.map(([x = 0, y = 0], i) => ({
      x,
      y,
      label: ask.labels?.[i],
      predicted: map.points.labels[i] ?? 0,
    })),
    opacity: ask.opacity,
    shading: ask.shading,
  }
}

function factsOf(count: number, wrong: number | undefined): string {
  const points = count === 1 ? 'one point' : `${count} points`
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

function mapJson(asked: AskedMap, map: DecisionMap): object {
  const { network, ask, names, job } = asked
  const { columns, rows, classes, probabilities } = map.grid
  const rounded = (values: Float64Array): number[] =>
    Array.from(values, (value) => Math.round(value * 1e6) / 1e6)
  const row = (r: number, size: number) => [r * columns * size, (r + 1) * columns * size] as const
  const ofPoint = (values: Float64Array, i: number) =>
    rounded(values.subarray(i * classes, (i + 1) * classes))
  const wrong = mistakes(asked, map)
  return {
    model: network.id,
    classes: names,
    reading: map.reading,
    features: job.features,
    ...job.view,
    resolution: columns,
    labels: Array.from({ length: rows }, (_, r) => [...map.labels.subarray(...row(r, 1))]),
    probabilities: Array.from({ length: rows }, (_, r) =>
      Array.from({ length: columns }, (_, c) => ofPoint(probabilities, r * columns + c)),
    ),
    boundaries: map.boundaries,
    points: ask.points.map(([x, y], i) => ({
      x,
      y,
      ...(ask.labels && { label: ask.labels[i] }),
      predicted: map.points.labels[i],
      probabilities: ofPoint(map.points.probabilities, i),
    })),
    ...(wrong && { misclassified: wrong, accuracy: 1 - wrong.length / ask.points.length }),
  }
}
