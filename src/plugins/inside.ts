import { type Tensor, tensor } from '../core/ir/tensor.ts'
import { invalidParameters } from '../errors.ts'
import type { TensorJson } from '../imaging/tensor-json.ts'
import { tensorToJson } from '../imaging/tensor-json.ts'
import type { DataSet } from '../networks/data.ts'
import { type GradientOptimizer, gradientOptimizerSchema, type OptimizerSpec } from '../networks/optimizer.ts'
import type { StoredNetwork } from '../networks/store.ts'
import type { Shown } from '../networks/summary.ts'
import { flatten } from '../networks/values.ts'

/** Numbers in a JSON answer, at most: writing them holds up everybody else. */
const MOST_NUMBERS = 1_000_000

/** What it was trained with, unless something else is asked for. */
export const lossAndOptimizer = (
  { training }: StoredNetwork,
  asked: { readonly loss?: string | undefined; readonly optimizer?: GradientOptimizer | undefined },
): { readonly loss: string; readonly optimizer: GradientOptimizer } => ({
  loss: asked.loss ?? training?.loss ?? 'mse',
  optimizer:
    asked.optimizer ?? byGradients(training?.optimizer) ?? gradientOptimizerSchema.parse({ type: 'sgd' }),
})

const byGradients = (optimizer: OptimizerSpec | undefined): GradientOptimizer | undefined =>
  optimizer?.type === 'levenberg-marquardt' ? undefined : optimizer

/** Nested numbers as a tensor of the shape they are nested in. Throws `invalid-parameter`. */
export function readNumbers(parameter: string, given: readonly unknown[]): Tensor {
  const read = flatten(given)
  if (read) return tensor(read.shape, read.data)
  throw invalidParameters([
    { parameter, message: 'expected numbers, nested in lists of one length on each level' },
  ])
}

/** One sample, of shape `each`, as a batch of one; batches as they are. */
export const asBatch = (read: Tensor, each: readonly number[]): Tensor =>
  read.shape.length === each.length ? { ...read, shape: [1, ...read.shape] } : read

/**
 * Targets as a batch of outputs of shape `each`: as they are, or numbers of classes as one-hot rows. Throws
 * `invalid-parameter` for classes that there are not.
 */
export function readTargets(parameter: string, given: Tensor, each: readonly number[]): Tensor {
  const [classes = 1] = each
  if (given.shape.length !== 1 || each.length !== 1) return given
  if (classes === 1) return { ...given, shape: [given.data.length, 1] }
  const data = new Float64Array(given.data.length * classes)
  given.data.forEach((index, i) => {
    if (!Number.isInteger(index) || index < 0 || index >= classes)
      throw invalidParameters([
        { parameter, message: `expected classes from 0 to ${classes - 1}, got ${index} for sample ${i}` },
      ])
    data[i * classes + index] = 1
  })
  return tensor([given.data.length, classes], data)
}

/** Inputs and targets of as many samples. Throws `invalid-parameter`. */
export function readSamples(
  asked: { readonly inputs: readonly unknown[]; readonly targets: readonly unknown[] },
  each: readonly number[],
): DataSet {
  const inputs = readNumbers('inputs', asked.inputs)
  const targets = readTargets('targets', readNumbers('targets', asked.targets), each)
  const [count = 0, ...inputShape] = inputs.shape
  const [given = 0, ...targetShape] = targets.shape
  if (given !== count)
    throw invalidParameters([
      { parameter: 'targets', message: `expected ${count}, one for each input, got ${given}` },
    ])
  return { count, inputShape, targetShape, inputs: inputs.data, targets: targets.data }
}

/** KServe V2's fields of several tensors. Throws `invalid-parameter` for more numbers than JSON may have. */
export function tensorsJson(tensors: ReadonlyMap<string, Tensor>): Record<string, TensorJson> {
  let count = 0
  for (const { data } of tensors.values()) count += data.length
  if (count > MOST_NUMBERS)
    throw invalidParameters([
      { parameter: 'wrt', message: `expected at most ${MOST_NUMBERS} numbers in the answer, got ${count}` },
    ])
  return Object.fromEntries([...tensors].map(([name, of]) => [name, tensorToJson(of)]))
}

/** An array as trace shows it. */
export const shownJson = ({ shape, summary, data }: Shown): object => ({
  shape,
  ...(data && { data: tensorToJson({ shape, data }).data }),
  summary,
})
