import { sizeOf } from '../core/ir/shape.ts'
import type { DataSet } from '../networks/data.ts'
import { classNamesOf } from '../networks/labels.ts'
import { networkOf, outputShapeOf } from '../networks/network.ts'
import { readSamples } from '../networks/samples.ts'
import { samplesFromJson } from '../networks/samples-json.ts'
import type { StoredNetwork } from '../networks/store.ts'

/** Samples of a body for a network, read as those of a training are: flat or nested, with labels or class numbers. Throws NetworkError. */
export function samplesOf(
  { spec, labels }: StoredNetwork,
  asked: { readonly inputs: readonly unknown[]; readonly targets: readonly unknown[] },
  loss: string,
): DataSet {
  const outputShape = outputShapeOf(networkOf(spec))
  const raw = samplesFromJson(asked.inputs, asked.targets, { inputs: 'inputs', targets: 'targets' })
  return readSamples(raw, {
    ...{ inputShape: spec.input, outputShape, loss, precision: 'float64' },
    labels: labels && classNamesOf(labels, sizeOf(outputShape)),
  }).data
}
