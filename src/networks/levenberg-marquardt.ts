import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import { differentiate } from '../core/autodiff/differentiate.ts'
import type { Backend } from '../core/backend.ts'
import type { Graph } from '../core/ir/graph.ts'
import { sizeOf } from '../core/ir/shape.ts'
import { type Tensor, tensor } from '../core/ir/tensor.ts'
import { type DataSet, gather, numbersOf } from './data.ts'
import { NetworkError } from './errors.ts'
import { type Network, type Parameters, parameterTensors } from './network.ts'
import { openGraph } from './open-graph.ts'
import type { TrainingSpec } from './training.ts'

/** Numbers that are learnt, at most: each step solves so many linear equations. */
export const MOST_LEARNT = 500
/** Samples times outputs, at most: each is a row of the Jacobian. */
export const MOST_RESIDUALS = 4096
/** Beyond this damping no step is long enough to matter. */
const MOST_DAMPING = 1e10
const LEAST_DAMPING = 1e-20
const FACTOR = 10

/** A step: how large the damping became, and whether the weights moved. */
export interface DampedStep {
  readonly damping: number
  readonly moved: boolean
}

/**
 * w ← w − (JᵀJ + μI)⁻¹ Jᵀr, r = y − t over all samples and outputs, J = ∂r/∂w. A step that lowers the loss is taken and divides μ
 * by 10; otherwise μ is multiplied by 10 and it is tried again. (Marquardt 1963; Hagan and Menhaj 1994)
 */
export class LevenbergMarquardt {
  readonly #network: Network
  readonly #data: DataSet
  readonly #samples: Uint32Array
  readonly #spec: TrainingSpec
  readonly #backend: Backend
  readonly #graph: Graph
  /** places of what is learnt, all of it: there is no state */
  readonly #lengths: readonly number[]

  /** What `checkDamped` lets pass. */
  constructor(
    network: Network,
    data: DataSet,
    samples: Uint32Array,
    { spec, backend }: { readonly spec: TrainingSpec; readonly backend: Backend },
  ) {
    this.#network = network
    this.#data = data
    this.#samples = samples
    this.#spec = spec
    this.#backend = backend
    this.#lengths = network.parameters.map(({ shape }) => sizeOf(shape))
    this.#graph = jacobianGraph(network)
  }

  /** Moves the parameters in place. `lossOf`: the loss of parameters that are tried, over all samples. */
  step(parameters: Parameters, damping: number, lossOf: (tried: Parameters) => number): DampedStep {
    const { curvature, slope } = this.#normalEquations(parameters)
    const loss = lossOf(parameters)
    for (let mu = damping; mu <= MOST_DAMPING; mu *= FACTOR) {
      const solver = new CholeskyDecomposition(Matrix.add(curvature, Matrix.eye(curvature.rows).mul(mu)))
      // rounding can make a curvature without damping indefinite
      if (!solver.isPositiveDefinite()) continue
      const tried = this.#moved(parameters, solver.solve(slope))
      if (!(lossOf(tried) < loss)) continue
      parameters.forEach((values, i) => {
        values.set(tried[i] ?? values)
      })
      return { damping: Math.max(LEAST_DAMPING, mu / FACTOR), moved: true }
    }
    return { damping: MOST_DAMPING, moved: false }
  }

  /** JᵀJ and Jᵀr. */
  #normalEquations(parameters: Parameters): { curvature: Matrix; slope: Matrix } {
    const outputs = sizeOf(this.#data.targetShape)
    const jacobian = new Matrix(this.#samples.length * outputs, sum(this.#lengths))
    const residuals = new Matrix(jacobian.rows, 1)
    const program = this.#backend.compile(this.#graph, 1)
    const tensors = parameterTensors(this.#network, parameters)
    this.#samples.forEach((sample, s) => {
      const { x, t } = gather(this.#data, [sample], this.#spec.precision)
      for (let k = 0; k < outputs; k++) {
        const row = s * outputs + k
        const [y, ...gradients] = program.run([x, ...tensors, this.#oneHot(t, k)])
        residuals.set(row, 0, (y?.data[k] ?? Number.NaN) - (t.data[k] ?? Number.NaN))
        let column = 0
        for (const { data } of gradients)
          for (let i = 0; i < data.length; i++) jacobian.set(row, column++, data[i] ?? 0)
      }
    })
    const transposed = jacobian.transpose()
    return { curvature: transposed.mmul(jacobian), slope: transposed.mmul(residuals) }
  }

  #oneHot({ shape }: Tensor, place: number): Tensor {
    const data = numbersOf(this.#spec.precision, sizeOf(shape))
    data[place] = 1
    return tensor(shape, data)
  }

  #moved(parameters: Parameters, step: Matrix): Parameters {
    let at = 0
    return parameters.map((values) => values.map((w) => w - step.get(at++, 0)))
  }
}

/** Inputs: x, every parameter, the cotangent of the output. Outputs: the output, a gradient for each parameter. */
function jacobianGraph(network: Network): Graph {
  const { g, output, parameters } = openGraph(network, 'training')
  return differentiate(g.build([output]), { output, keep: [output], wrt: [...parameters.values()] })
}

/** Throws NetworkError `bad-data` for trainings whose weights cannot be found so. */
export function checkDamped(
  { parameters, spec }: Network,
  { count, targetShape }: Pick<DataSet, 'count' | 'targetShape'>,
  { loss, batchSize, clipNorm, schedule }: TrainingSpec,
): void {
  const learnt = sum(parameters.map(({ shape }) => sizeOf(shape)))
  const residuals = count * sizeOf(targetShape)
  const drops = spec.layers.some(({ type }) => type === 'dropout')
  const refuse = (parameter: string, message: string): never => {
    throw new NetworkError('bad-data', parameter, `levenberg-marquardt ${message}`)
  }
  if (loss !== 'mse' && loss !== 'sum-squared-error')
    refuse('loss', `lowers squared errors: expected mse or sum-squared-error, got ${loss}`)
  if (batchSize !== 'full') refuse('batchSize', `takes all samples at once: expected full, got ${batchSize}`)
  if (clipNorm !== undefined) refuse('clipNorm', 'chooses its own steps: leave clipNorm out')
  if (schedule.type !== 'constant') refuse('schedule', `has no learning rate: leave the schedule out`)
  if (drops || parameters.some(({ role }) => role === 'state'))
    refuse(
      'optimizer.type',
      'takes samples one by one: networks with dropout or batchNorm have no such steps',
    )
  if (learnt > MOST_LEARNT)
    refuse('optimizer.type', `is for small networks: at most ${MOST_LEARNT} weights, got ${learnt}`)
  if (residuals > MOST_RESIDUALS)
    refuse('optimizer.type', `takes at most ${MOST_RESIDUALS} samples times outputs, got ${residuals}`)
}

const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0)
