import { sizeOf } from '../core/ir/shape.ts'
import { type DataSet, heldBack } from './data.ts'
import { epochOf } from './epoch.ts'
import { NetworkError } from './errors.ts'
import { checkDamped } from './levenberg-marquardt.ts'
import type { Network } from './network.ts'
import type { TrainingSpec } from './training.ts'

const bad = (parameter: string, message: string) => new NetworkError('bad-data', parameter, message)

/** What is known of a training before its first step. Throws NetworkError `bad-data` for one that cannot teach anything. */
export function checkTraining(
  network: Network,
  data: Pick<DataSet, 'count' | 'targetShape'>,
  spec: TrainingSpec,
): void {
  const [classes = 1, ...sides] = data.targetShape
  if (network.parameters.every(({ role }) => role === 'state'))
    throw bad('model', 'expected a network with weights: this one has nothing to learn')
  if (spec.loss === 'cross-entropy' && classes < 2)
    throw bad(
      'loss',
      'cross-entropy tells classes apart: expected a network of 2 outputs or more; of one output, take binary-cross-entropy',
    )
  const isSquared = spec.loss === 'mse' || spec.loss === 'sum-squared-error'
  if (spec.labelSmoothing > 0 && isSquared && sides.length > 0)
    throw bad('labelSmoothing', `expected 0 with ${spec.loss} for targets that are maps: they are no classes`)
  if (spec.optimizer.type === 'sgd' && spec.optimizer.nesterov && spec.optimizer.momentum === 0)
    throw bad('optimizer.nesterov', 'looks ahead by the momentum: expected one above 0')
  if (spec.validation > 0 && heldBack(data.count, spec.validation) === 0)
    throw bad(
      'validation',
      `expected a share that holds samples back: ${spec.validation} of ${data.count} is none`,
    )
  if (spec.optimizer.type === 'levenberg-marquardt') checkDamped(network, data, spec)
  refuseLoneSamples(network, data.count, spec)
}

/** Batch norm of features has no variance of a single sample. */
function refuseLoneSamples(
  { spec: { input, layers }, shapes }: Network,
  count: number,
  spec: TrainingSpec,
): void {
  const { samplesPerEpoch: learning, samplesPerStep: size } = epochOf(count, spec)
  if (learning % size !== 1 && size !== 1) return
  const normalised = layers.find(
    ({ name, type }) => type === 'batchNorm' && sizeOf((shapes.get(name) ?? input).slice(1)) === 1,
  )
  if (normalised)
    throw bad(
      'batchSize',
      `${normalised.name} needs two samples at least in each batch: ${learning} samples in batches of ${size} leave one by itself`,
    )
}
