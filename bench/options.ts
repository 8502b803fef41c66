import { parseArgs } from 'node:util'
import { BUILT_IN, type NetName, netNames } from './lib/nets.ts'
import { type Measure, measureNames } from './lib/protocol.ts'

/** What `npm run bench -- …` is asked for. */
export type Options =
  | ({ readonly mode: 'compare' } & CompareOptions)
  | ({ readonly mode: 'profile' } & ProfileOptions)
  | { readonly mode: 'filters' | 'training'; readonly rounds: number }
  | { readonly mode: 'batches' | 'scaling' | 'start'; readonly nets: readonly NetName[] }

export const peerNames = ['ort', 'torch', 'jax'] as const
/** What each can do: an inference runtime has no gradients, Captum's methods are Captum's. */
const measuresOf: { readonly [P in PeerName]: readonly Measure[] } = {
  ort: ['forward'],
  torch: measureNames,
  jax: ['forward', 'saliency'],
}
export type PeerName = (typeof peerNames)[number]

export interface CompareOptions {
  readonly nets: readonly NetName[]
  readonly rounds: number
  readonly measures: readonly Measure[]
  readonly peers: readonly PeerName[]
  /** seconds for one measure of one net, all contenders together: long measures get fewer rounds */
  readonly budgetS: number
}

export interface ProfileOptions {
  readonly net: NetName
  readonly measure: (typeof profileMeasures)[number]
  readonly threads: number
  readonly batch: number
  readonly sort: (typeof orders)[number]
}

const profileMeasures = ['forward', 'saliency'] as const
const orders = ['plan', 'time'] as const
const modes = ['profile', 'batches', 'scaling', 'start', 'filters', 'training'] as const

/** Each option with the modes that read it; the others refuse it. */
const readers = {
  nets: ['compare', 'batches', 'scaling', 'start'],
  rounds: ['compare', 'filters', 'training'],
  measures: ['compare'],
  peers: ['compare'],
  budget: ['compare'],
  measure: ['profile'],
  threads: ['profile'],
  batch: ['profile'],
  sort: ['profile'],
} as const satisfies Record<string, readonly Options['mode'][]>

/** @throws RangeError or TypeError that names the option and what it takes */
export function readOptions(args: readonly string[]): Options {
  const string = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ profile: string, batches: flag, scaling: flag, start: flag, filters: flag, training: flag },
      ...{ nets: string, rounds: string, measures: string, peers: string, budget: string },
      ...{ measure: string, threads: string, batch: string, sort: string },
    },
  })
  const asked = modes.filter((mode) => values[mode] !== undefined)
  if (asked.length > 1) throw new RangeError(`expected one of --${asked.join(' and --')}, got both`)
  const mode = asked[0] ?? 'compare'
  for (const [option, allowed] of Object.entries(readers))
    if (option in values && !allowed.some((reader) => reader === mode))
      throw new RangeError(
        `--${option} means nothing to ${mode === 'compare' ? 'the comparison' : `--${mode}`}`,
      )

  const nets = several('nets', values.nets, netNames)
  switch (mode) {
    case 'compare': {
      const measures = several('measures', values.measures, measureNames)
      const peers = several('peers', values.peers, peerNames)
      return {
        mode,
        nets,
        rounds: whole('rounds', values.rounds ?? '7', 1, 1000),
        measures,
        peers: peers.filter((peer) => measuresOf[peer].some((measure) => measures.includes(measure))),
        budgetS: whole('budget', values.budget ?? '60', 1, 3600),
      }
    }
    case 'profile':
      return {
        mode,
        net: oneOf('profile', values.profile || BUILT_IN, netNames),
        measure: oneOf('measure', values.measure ?? 'saliency', profileMeasures),
        threads: whole('threads', values.threads ?? '2', 1, 32),
        batch: whole('batch', values.batch ?? '1', 1, 256),
        sort: oneOf('sort', values.sort ?? 'plan', orders),
      }
    case 'filters':
    case 'training':
      return { mode, rounds: whole('rounds', values.rounds ?? '7', 1, 1000) }
    default:
      return { mode, nets }
  }
}

function whole(option: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw new RangeError(`expected a whole number from ${least} to ${most} for --${option}, got ${text}`)
}

function oneOf<T extends string>(option: string, text: string, known: readonly T[]): T {
  const found = known.find((name) => name === text)
  if (found !== undefined) return found
  throw new RangeError(`expected one of ${known.join(', ')} for --${option}, got ${text}`)
}

/** All of them unless some are named; in the order of the list. */
function several<T extends string>(
  option: string,
  text: string | undefined,
  known: readonly T[],
): readonly T[] {
  if (text === undefined) return known
  const asked = text.split(',').map((name) => oneOf(option, name.trim(), known))
  return known.filter((name) => asked.includes(name))
}
