import { invalidParameters, type ParameterError } from '../errors.ts'
import { type DecisionMapJob, drawable, viewAround } from '../networks/decision-map.ts'
import { classNames } from '../networks/labels.ts'
import type { StoredNetwork } from '../networks/store.ts'
import type { DecisionMapAsk } from '../schemas/decision-map.ts'

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
