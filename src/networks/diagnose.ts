import type { Backend } from '../core/backend.ts'
import { tensor } from '../core/ir/tensor.ts'
import type { DataSet, Precision } from './data.ts'
import { NetworkError } from './errors.ts'
import { type Histogram, HistogramCounter } from './histogram.ts'
import type { NotFinite } from './layer-statistics.ts'
import { type Look, Looker } from './look.ts'
import { lossNamed } from './loss.ts'
import { type Network, type NetworkParameter, networkOf, outputShapeOf, type Parameters } from './network.ts'
import { looksAt, NetworkStatistics } from './network-statistics.ts'
import { normOf } from './norm.ts'
import { checkData } from './open-graph.ts'
import type { GradientOptimizer } from './optimizer.ts'
import { checkRange } from './range-check.ts'
import type { NetworkSpec } from './spec.ts'
import { proposedUpdate } from './trace.ts'
import { layerVerdicts, networkVerdicts } from './verdicts.ts'

/** A network and the data it is examined on. Plain data: it crosses threads. */
export interface DiagnoseJob {
  readonly spec: NetworkSpec
  readonly parameters: Parameters
  readonly data: DataSet
  readonly loss: string
  readonly optimizer: GradientOptimizer
  readonly precision: Precision
  /** a unit is saturated where |f′| is less */
  readonly epsilon: number
}

/** A layer over all samples. */
export interface LayerDiagnosis {
  readonly name: string
  readonly type: string
  /** features or channels */
  readonly units: number
  readonly mean: number
  readonly std: number
  readonly min: number
  readonly max: number
  /** percent that are 0 */
  readonly zeros: number
  /** percent where |f′| < ε, of layers that work at each place by itself */
  readonly saturated: number | undefined
  /** units that no sample gives more than 0, and that let no gradient through */
  readonly dead: readonly number[]
  /** ‖∂L/∂output‖ over all samples, and √ of the mean square */
  readonly gradientNorm: number
  readonly gradientSize: number
  readonly parameters: readonly ParameterDiagnosis[]
  readonly notFinite: NotFinite | undefined
  readonly histogram: Histogram
  /** what is wrong with it */
  readonly verdicts: readonly string[]
}

export interface ParameterDiagnosis {
  readonly name: string
  readonly role: NetworkParameter['role']
  readonly norm: number
  readonly gradientNorm: number
  /** ‖update‖ ÷ ‖weights‖ of the optimiser's first step; undefined for weights that are 0 */
  readonly updateRatio: number | undefined
}

export interface DiagnoseResult {
  readonly samples: number
  readonly loss: number
  readonly layers: readonly LayerDiagnosis[]
  /** the first layer that gives NaN or infinity */
  readonly firstNotFinite: (NotFinite & { readonly layer: string }) | undefined
  /** what is wrong with the whole; of an empty list nothing is */
  readonly verdicts: readonly string[]
}

/** Two passes over the data: statistics and gradients, then histograms. Throws NetworkError `bad-data`. */
export function runDiagnose(backend: Backend, job: DiagnoseJob): DiagnoseResult {
  const network = checkDiagnose(job)
  const { data, precision } = job
  const loss = lossNamed(job.loss)
  const looker = new Looker(backend, network, { loss, precision })
  const looks = () => looksAt(looker, network, { ...job, loss })
  const statistics = new NetworkStatistics(looker, network, job.epsilon)
  const sums = new GradientSums(network)
  let total = 0
  for (const { look, share } of looks()) {
    total += look.loss * share
    sums.add(look, share)
    statistics.add(look, share)
  }
  const histograms = statistics.layers.map(({ extent }) => new HistogramCounter(extent))
  for (const { look } of looks())
    histograms.forEach((histogram, i) => {
      histogram.add(look.outputs[i]?.data ?? [])
    })

  const layers = network.spec.layers.map(({ name, type }, i): LayerDiagnosis => {
    const own = statistics.layers[i]
    const histogram = histograms[i]?.histogram
    if (!own || !histogram) throw new RangeError('a layer without statistics')
    const found = {
      ...{ name, type, units: network.shapes.get(name)?.[0] ?? 1 },
      ...own.numbers,
      dead: own.deadUnits,
      parameters: network.parameters.flatMap((parameter, place) =>
        parameter.layer === name ? sums.diagnosis(parameter, place, job) : [],
      ),
      notFinite: own.notFinite,
      histogram,
    }
    return { ...found, verdicts: layerVerdicts(found, job.epsilon) }
  })
  const first = layers.find(({ notFinite }) => notFinite)
  const { problem } = checkRange(network, loss, data)
  return {
    samples: data.count,
    loss: total,
    layers,
    firstNotFinite: first?.notFinite && { layer: first.name, ...first.notFinite },
    verdicts: [...(problem === undefined ? [] : [problem]), ...networkVerdicts(layers)],
  }
}

/** A job that can be run, with its network. Throws NetworkError `bad-data`. */
export function checkDiagnose({ spec, data, loss }: DiagnoseJob): Network {
  const network = networkOf(spec)
  lossNamed(loss)
  if (data.count < 1) throw new NetworkError('bad-data', 'inputs', 'expected at least one sample, got none')
  checkData('inputs', tensor([data.count, ...data.inputShape], data.inputs), spec.input)
  checkData('targets', tensor([data.count, ...data.targetShape], data.targets), outputShapeOf(network))
  return network
}

/** The gradients of parameters over all samples. */
class GradientSums {
  readonly #sums: readonly Float64Array[]

  constructor({ parameters }: Network) {
    this.#sums = parameters.map(({ shape }) => new Float64Array(shape.reduce((a, b) => a * b, 1)))
  }

  add({ parameterGradients }: Look, share: number): void {
    this.#sums.forEach((sum, place) => {
      const gradient = parameterGradients[place]?.data
      if (gradient) for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + share * (gradient[i] ?? 0)
    })
  }

  diagnosis(parameter: NetworkParameter, place: number, job: DiagnoseJob): ParameterDiagnosis[] {
    const sum = this.#sums[place]
    if (!sum || parameter.role === 'state') return []
    const value = tensor(parameter.shape, job.parameters[place] ?? [])
    const gradient = tensor(parameter.shape, sum)
    const norm = normOf([value])
    const moved = normOf([proposedUpdate(job.optimizer, parameter, value, gradient)])
    return [
      {
        name: parameter.name,
        role: parameter.role,
        norm,
        gradientNorm: normOf([gradient]),
        updateRatio: norm === 0 ? undefined : moved / norm,
      },
    ]
  }
}
