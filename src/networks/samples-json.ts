import { NetworkError } from './errors.ts'
import { labelled } from './labelled.ts'
import { readNested } from './nested.ts'
import type { Numbers, RawSamples } from './samples.ts'

/** Samples from JSON: nested lists of numbers, targets also as a list of labels. Throws NetworkError naming the place. */
export function samplesFromJson(
  inputs: readonly unknown[],
  targets: readonly unknown[],
  names: RawSamples['names'] = FORM_NAMES,
): RawSamples {
  return {
    names,
    inputs: numbers(inputs, names.inputs),
    targets:
      targets.every(isText) && targets.length > 0
        ? labelled(targets, names.targets)
        : numbers(targets, names.targets),
  }
}

const FORM_NAMES: RawSamples['names'] = { inputs: 'data.inputs', targets: 'data.targets' }

const isText = (value: unknown): value is string => typeof value === 'string'

/** Nested numbers. Throws NetworkError `bad-data`; `name`: what errors call them. */
export function numbers(values: readonly unknown[], name: string): Numbers {
  const read = readNested(values)
  if ('fault' in read) throw new NetworkError('bad-data', name, read.fault)
  return read
}
