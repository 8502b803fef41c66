import * as z from 'zod'
import { NetworkError } from './errors.ts'

/** One line: labels stand in a file, one a line. */
const LABEL = /^[^\r\n]{1,200}$/
const LABEL_RULE = 'expected labels of one line, of 1 to 200 characters'

/** The name of a class. */
export const labelSchema = z.string().regex(LABEL, LABEL_RULE)

/**
 * Classes that outputs tell apart: one output each, but a single output is low for class 0 and high for class 1. So labels of
 * a single output are the names of both, or of class 1 alone; predictions, which score an output, call it as class 1.
 */
export const classesOfOutputs = (outputs: number): number => (outputs === 1 ? 2 : outputs)

/** The labels of so many classes, those without one by their number. */
export const filledUp = (labels: readonly (string | undefined)[], classes: number): readonly string[] =>
  Array.from({ length: classes }, (_, k) => labels[k] ?? `class ${k}`)

/** A name for each of so many classes of a network with these labels. */
export const classNames = (labels: readonly string[] = [], classes: number): readonly string[] =>
  filledUp(labels.length === 1 && classes === 2 ? [undefined, ...labels] : labels, classes)

/** A name for each class that so many outputs tell apart. */
export const classNamesOf = (labels: readonly string[] | undefined, outputs: number): readonly string[] =>
  classNames(labels, classesOfOutputs(outputs))

/** A name for each output. */
export const outputNames = (labels: readonly string[] | undefined, outputs: number): readonly string[] =>
  outputs === 1 && labels ? labels.slice(-1) : filledUp(labels ?? [], outputs)

/** The names of a network's outputs. */
export const outputLabelsSchema = z.array(labelSchema).meta({
  description:
    'Name of each output, in order; class 0, class 1, … by default. Of a single output the names of the classes 0 and 1, or of class 1 alone: its score is that of class 1',
})

/** Throws NetworkError `bad-spec` for labels that a network of so many outputs cannot have. */
export function checkLabels(labels: readonly string[], outputs: number): void {
  const twice = labels.find((label, i) => labels.indexOf(label) < i)
  if (twice !== undefined)
    throw new NetworkError(
      'bad-spec',
      'labels',
      `expected each label once, got ${JSON.stringify(twice)} twice`,
    )
  if (labels.length === outputs || labels.length === classesOfOutputs(outputs)) return
  throw new NetworkError(
    'bad-spec',
    'labels',
    outputs === 1
      ? `expected two labels, of classes 0 and 1, or that of class 1, got ${labels.length}`
      : `expected ${outputs} labels, one per output, got ${labels.length}`,
  )
}

/** Throws NetworkError `bad-data` for texts that are no labels; `parameter`: where they stand. */
export function checkNames(parameter: string, labels: readonly string[]): void {
  const bad = labels.find((label) => !LABEL.test(label))
  if (bad !== undefined)
    throw new NetworkError('bad-data', parameter, `${LABEL_RULE}, got ${JSON.stringify(bad.slice(0, 60))}`)
}
