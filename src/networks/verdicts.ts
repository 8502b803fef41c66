import type { LayerDiagnosis, ParameterDiagnosis } from './diagnose.ts'
import type { Diagnostics, EpochRecord } from './records.ts'

/** Gradients differ so much between the first and the last layer that learns: they vanish, or explode. */
const FAR_APART = 1e3
/** An update of so much of the weights is a leap; of so little, nothing. */
const LEAP = 0.1
const CRAWL = 1e-7
/** Percent of a layer that are a finding. */
const MANY_SATURATED = 50

type Found = Omit<LayerDiagnosis, 'verdicts'>

/** What is wrong with a layer, in words. */
export function layerVerdicts(layer: Found, epsilon: number): string[] {
  const { name, type, dead, units, saturated = 0, notFinite } = layer
  const said: string[] = []
  if (notFinite) said.push(`${name} gives ${notFinite.value} for sample ${notFinite.sample}`)
  if (dead.length > 0)
    said.push(
      `${dead.length} of ${units} units of ${name} are dead: no sample gives them more than 0, and no gradient passes them`,
    )
  if (saturated >= MANY_SATURATED && (type === 'sigmoid' || type === 'tanh'))
    said.push(
      `${name} is saturated: at ${rounded(saturated)} % of its outputs |f′| is below ${epsilon}, and hardly any gradient passes`,
    )
  return [...said, ...layer.parameters.flatMap(ofParameter)]
}

function ofParameter({ name, role, gradientNorm, updateRatio = 0 }: ParameterDiagnosis): string[] {
  if (gradientNorm === 0) return [starved([name])]
  // biases are small by nature: what is much for them is little for the network
  if (updateRatio > LEAP && role === 'weight')
    return [
      `one step changes ${name} by ${rounded(100 * updateRatio)} % of its size: a smaller learning rate is called for`,
    ]
  if (updateRatio > 0 && updateRatio < CRAWL)
    return [`one step changes ${name} by ${rounded(updateRatio)} of its size: it hardly moves`]
  return []
}

const starved = (names: readonly string[]): string =>
  `no gradient reaches ${names.join(', ')}: ${names.length === 1 ? 'it does' : 'they do'} not learn`

/** What is wrong with the whole, in words; what several parameters lack is said once. */
export function networkVerdicts(layers: readonly LayerDiagnosis[]): string[] {
  const said: string[] = []
  const broken = layers.find(({ notFinite }) => notFinite)
  if (broken)
    return [
      `${broken.name} is the first layer that gives ${broken.notFinite?.value}: look at its weights and at what comes in`,
    ]
  const learning = layers.filter(({ parameters }) => parameters.length > 0)
  const [first, last] = [learning[0], learning.at(-1)]
  if (first && last && first !== last && first.gradientSize > 0 && last.gradientSize > 0) {
    const ratio = first.gradientSize / last.gradientSize
    const compared = `the gradient at ${first.name} is ${rounded(ratio)} times that at ${last.name}`
    if (ratio < 1 / FAR_APART) said.push(`gradients vanish: ${compared}`)
    if (ratio > FAR_APART) said.push(`gradients explode: ${compared}`)
  }
  const names = learning.flatMap(({ parameters }) =>
    parameters.filter(({ gradientNorm }) => gradientNorm === 0).map(({ name }) => name),
  )
  const each = new Set(names.map((name) => starved([name])))
  const others = layers.flatMap(({ verdicts }) => verdicts.filter((verdict) => !each.has(verdict)))
  return [...said, ...others, ...(names.length > 0 ? [starved(names)] : [])]
}

/** Of the units of a layer, dead: a finding. */
const MANY_DEAD = 0.5

/** So many times the loss of the best epoch, the last one is a finding. */
const FAR_ABOVE = 10

/** What a training came to, as far as it is known. */
export interface Outcome {
  readonly last: EpochRecord | undefined
  /** the best epoch, where its weights are not the ones that are kept */
  readonly left: { readonly epoch: number; readonly loss: number } | undefined
  readonly diagnostics: readonly Diagnostics[]
}

/** What is wrong with a training, in words. */
export const trainingVerdicts = ({ last, left, diagnostics }: Outcome): string[] => [
  ...awayVerdicts(last, left),
  ...deathVerdicts(diagnostics),
]

function awayVerdicts(last: Outcome['last'], left: Outcome['left']): string[] {
  if (!last || !left || last.loss <= FAR_ABOVE * left.loss || last.loss < NEGLIGIBLE) return []
  return [
    `the loss of epoch ${last.epoch} is ${rounded(last.loss)}, that of epoch ${left.epoch} was ${rounded(left.loss)}: a smaller learning rate, or a schedule that lowers it, stays there; with validation or patience the best weights are kept`,
  ]
}

/** A loss that is nothing is no worse for being a multiple of less. */
const NEGLIGIBLE = 1e-6

/** What a training did to units, in words: layers of which most are dead at the end of what is known, and when they died. */
function deathVerdicts(diagnostics: readonly Diagnostics[]): string[] {
  const { layers = [] } = diagnostics.at(-1) ?? {}
  return layers.flatMap(({ name, units, dead }, i) => {
    if (dead < MANY_DEAD * units) return []
    const deaths = lastDeaths(diagnostics, i)
    const before = deaths.filter((epoch) => epoch === 0).length
    const most = deaths[Math.floor((deaths.length - 1) / 2)] ?? 0
    const when =
      most === 0
        ? 'most of them from the beginning'
        : `most of them by epoch ${most}${before > 0 ? `, ${before} from the beginning` : ''}`
    return [
      `${dead} of ${units} units of ${name} are dead, ${when}: a smaller learning rate, another seed or leakyRelu keeps them alive`,
    ]
  })
}

/** When each of the units of a layer that are dead at the end died, and did not come back; in order. */
function lastDeaths(diagnostics: readonly Diagnostics[], layer: number): readonly number[] {
  const since = new Map<number, number>()
  for (const { epoch, layers } of diagnostics) {
    for (const unit of layers[layer]?.revived ?? []) since.delete(unit)
    for (const unit of layers[layer]?.died ?? []) since.set(unit, epoch)
  }
  return [...since.values()].sort((a, b) => a - b)
}

const rounded = (value: number): number => Number(value.toPrecision(3))
