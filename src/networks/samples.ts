import { formatShape, sizeOf } from '../core/ir/shape.ts'
import { findNonFinite } from '../imaging/npy.ts'
import { type DataSet, type Precision, sharedNumbersOf } from './data.ts'
import { NetworkError } from './errors.ts'
import type { Labelled } from './labelled.ts'
import { checkNames, classesOfOutputs, filledUp } from './labels.ts'
import { oneHot } from './one-hot.ts'

/** Samples as a file or a request has them: all inputs, and what each is to give. */
export interface RawSamples {
  readonly inputs: Numbers
  readonly targets: Numbers | Labelled
  /** what errors call the two: `data.inputs` */
  readonly names: { readonly inputs: string; readonly targets: string }
}

/** Numbers row by row, the samples outermost. */
export interface Numbers {
  readonly shape: readonly number[]
  readonly data: Float32Array | Float64Array
}

/** What samples are for. */
export interface Purpose {
  readonly inputShape: readonly number[]
  readonly outputShape: readonly number[]
  readonly loss: string
  readonly precision: Precision
  /** names of the classes in order, from class 0; by default those that come, by alphabet */
  readonly labels?: readonly string[] | undefined
}

/** Samples that a network can learn from. */
export interface ReadSamples {
  readonly data: DataSet
  /** one for each class, where they have names */
  readonly labels: readonly string[] | undefined
}

export const MOST_SAMPLES = 1_000_000
/** Pictures of one zip. */
export const MOST_IMAGES = 20_000
/** Numbers of all inputs, or of all targets. */
export const MOST_NUMBERS = 2 ** 26

const bad = (parameter: string, message: string) => new NetworkError('bad-data', parameter, message)

/** Samples as the network takes them, in memory that threads share. Throws NetworkError `bad-data` naming what does not fit. */
export function readSamples(raw: RawSamples, purpose: Purpose): ReadSamples {
  const { names } = raw
  const inputs = inputsOf(raw.inputs, names.inputs, purpose)
  const count = raw.inputs.shape[0] ?? 0
  const { targets, labels } = targetsOf(raw, count, purpose)
  return {
    data: {
      count,
      inputShape: purpose.inputShape,
      targetShape: purpose.outputShape,
      inputs,
      targets,
    },
    labels: labels && everyName(labels, purpose),
  }
}

/** A name for each class: those that are not among the samples have only a number. */
function everyName(labels: readonly string[], { outputShape }: Purpose): readonly string[] {
  const classes = classesOfOutputs(sizeOf(outputShape))
  if (labels.length <= classes) return filledUp(labels, classes)
  throw bad('data.labels', `expected at most ${classes}, one for each class, got ${labels.length}`)
}

/** Throws for more than can be held, before anything is allocated. `name`: what has so many. */
export function checkLimits(name: string, samples: number, numbersOfEach: number): void {
  if (samples > MOST_SAMPLES) throw bad(name, `expected at most ${MOST_SAMPLES} samples, got ${samples}`)
  if (samples * numbersOfEach > MOST_NUMBERS)
    throw bad(
      name,
      `expected at most ${MOST_NUMBERS} numbers, got ${samples} samples of ${numbersOfEach}: take fewer or smaller ones`,
    )
}

/** Bytes of samples as a network takes them. Throws NetworkError `bad-data` for more than can be held. */
export function bytesOfSamples({ inputs, names }: RawSamples, purpose: Purpose): number {
  const [count = 0] = inputs.shape
  const [each, target] = [sizeOf(purpose.inputShape), sizeOf(purpose.outputShape)]
  checkLimits(names.inputs, count, each)
  checkLimits(names.targets, count, target)
  return count * (each + target) * (purpose.precision === 'float32' ? 4 : 8)
}

function inputsOf({ shape, data }: Numbers, name: string, { inputShape, precision }: Purpose) {
  const [count = 0, ...each] = shape
  const size = sizeOf(inputShape)
  if (count === 0) throw bad(name, 'expected samples, got none')
  checkLimits(name, count, size)
  const isFlat = each.length <= 1 && sizeOf(each) === size
  if (!isFlat && String(each) !== String(inputShape))
    throw bad(
      name,
      `expected samples of ${formatShape(inputShape)}, as the network takes them, got ${formatShape(each)}`,
    )
  refuseUnfit({ shape, data }, name, precision)
  return shared(precision, data)
}

function targetsOf(
  { targets, names }: RawSamples,
  count: number,
  purpose: Purpose,
): { targets: Float32Array | Float64Array; labels: readonly string[] | undefined } {
  const { outputShape, precision } = purpose
  const given = 'labels' in targets ? targets.places.length : (targets.shape[0] ?? 0)
  if (given !== count)
    throw bad(names.targets, `expected a target for each of the ${count} inputs, got ${given}`)
  const size = sizeOf(outputShape)
  checkLimits(names.targets, count, size)
  if ('labels' in targets) {
    const { labels, numbers } = numbered(targets, names.targets, purpose)
    return {
      targets: size === 1 ? shared(precision, numbers) : oneHotRows(numbers, names.targets, purpose),
      labels,
    }
  }
  const [, ...each] = targets.shape
  refuseUnfit(targets, names.targets, precision)
  const isOne = sizeOf(each) === 1
  if (isOne && size > 1 && outputShape.length === 1)
    return { targets: oneHotRows(targets.data, names.targets, purpose), labels: purpose.labels }
  if (sizeOf(each) !== size || (each.length > 1 && String(each) !== String(outputShape)))
    throw bad(
      names.targets,
      `expected targets of ${formatShape(outputShape)}, as the network answers, or class numbers, got ${formatShape(each)}`,
    )
  refuseOutside(targets, names.targets, purpose)
  return { targets: shared(precision, targets.data), labels: purpose.labels }
}

/** Numbers that are none, or that a precision does not have. */
function refuseUnfit(numbers: Numbers, name: string, precision: Precision): void {
  const fault = findNonFinite(numbers, { isFloat32: precision === 'float32' })
  if (fault !== undefined) throw bad(name, fault)
}

/** Names as class numbers. */
function numbered(
  given: Labelled,
  name: string,
  { labels, outputShape }: Purpose,
): { labels: readonly string[]; numbers: Float64Array } {
  const known = labels ?? [...given.labels].sort()
  const classes = classesOfOutputs(sizeOf(outputShape))
  if (outputShape.length !== 1 || known.length > classes)
    throw bad(
      name,
      `expected at most as many labels as the network has classes, which is ${classes}, got ${known.length}`,
    )
  checkNames(name, known)
  const numbers = new Map(known.map((label, i) => [label, i]))
  const classOf = given.labels.map((label, place) => {
    const number = numbers.get(label)
    if (number !== undefined) return number
    const at = given.places.indexOf(place)
    throw bad(name, `expected one of the labels given, got ${JSON.stringify(label.slice(0, 60))} at [${at}]`)
  })
  return { labels: known, numbers: Float64Array.from(given.places, (place) => classOf[place] ?? 0) }
}

function oneHotRows(classes: ArrayLike<number>, name: string, { outputShape, precision }: Purpose) {
  const [count = 0] = outputShape
  return oneHot(shared(precision, { length: classes.length * count }), classes, count, name)
}

/** Cross-entropies take chances, from 0 to 1. */
function refuseOutside({ data }: Numbers, name: string, { loss, outputShape }: Purpose): void {
  if (!ofClasses(loss)) return
  const at = data.findIndex((t: number) => t < 0 || t > 1)
  if (at < 0) return
  const size = sizeOf(outputShape)
  const place = size === 1 ? `[${at}]` : `[${Math.floor(at / size)}][${at % size}]`
  throw bad(name, `expected targets from 0 to 1 for ${loss}, got ${data[at]} at ${place}`)
}

const ofClasses = (loss: string): boolean => loss === 'cross-entropy' || loss === 'binary-cross-entropy'

/** Classes are only told apart where there are two of them. Throws NetworkError `bad-data`; `name`: of the targets. */
export function refuseOneClass({ targets, count }: DataSet, name: string, loss: string): void {
  if (!ofClasses(loss)) return
  const size = targets.length / count
  for (let i = size; i < targets.length; i++) if (targets[i] !== targets[i % size]) return
  throw bad(name, `expected samples of two classes at least for ${loss}, got ${count} of one class`)
}

/** In memory that threads share. */
function shared(precision: Precision, from: ArrayLike<number>): Float32Array | Float64Array {
  const numbers = sharedNumbersOf(precision, from.length)
  if (from.length > 0 && from[0] !== undefined) numbers.set(from)
  return numbers
}

/** All arrays of samples. */
export const arraysOfSamples = ({ inputs, targets }: RawSamples) => [
  inputs.data,
  'labels' in targets ? targets.places : targets.data,
]
