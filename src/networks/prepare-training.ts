import { checkTraining } from './check-training.ts'
import type { DataSet } from './data.ts'
import { type Epoch, epochOf } from './epoch.ts'
import type { JobFacts } from './job.ts'
import { lossNamed, smoothed } from './loss.ts'
import { networkOf, outputShapeOf, type Parameters } from './network.ts'
import { checkRange } from './range-check.ts'
import { type RawSamples, readSamples, refuseOneClass } from './samples.ts'
import type { NetworkSpec } from './spec.ts'
import { freshState, type TrainingState } from './state.ts'
import type { TrainingSpec } from './training.ts'

/** A network, what it learns from, and how. Plain data: it crosses threads. */
export interface TrainingPlan {
  readonly network: NetworkSpec
  readonly parameters: Parameters
  readonly spec: TrainingSpec
  readonly samples: RawSamples
  readonly labels: readonly string[] | undefined
}

/** A training that can begin. */
export interface PreparedTraining {
  readonly data: DataSet
  readonly state: TrainingState
  readonly facts: Pick<JobFacts, 'labels' | 'warnings' | keyof Epoch>
}

/** All that is looked at before the first step. Throws NetworkError naming what does not fit. */
export function prepareTraining({
  network: described,
  parameters,
  spec,
  samples,
  labels: given,
}: TrainingPlan): PreparedTraining {
  const network = networkOf(described)
  const { data, labels } = readSamples(samples, {
    ...{ inputShape: described.input, outputShape: outputShapeOf(network) },
    ...{ loss: spec.loss, precision: spec.precision, labels: given },
  })
  refuseOneClass(data, samples.names.targets, spec.loss)
  checkTraining(network, data, spec)
  const loss = lossNamed(spec.loss)
  const { problem } = checkRange(network, loss, smoothed(data, loss, spec.labelSmoothing))
  return {
    data,
    state: freshState(network, spec, parameters),
    facts: { labels, warnings: problem === undefined ? [] : [problem], ...epochOf(data.count, spec) },
  }
}
