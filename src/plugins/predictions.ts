import type { Tensor } from '../core/ir/tensor.ts'
import type { ServedModel } from '../engine.ts'
import { tensorToJson } from '../imaging/tensor-json.ts'
import type { PredictionAnswer } from '../schemas/predict.ts'
import type { ModelInput } from './inputs.ts'
import { labelOf, plainFloat } from './values.ts'

/** What is kept of an input whose pixels have done their work. */
export const imageFacts = ({
  image,
  placement,
  source,
}: ModelInput): Pick<PredictionAnswer, 'image' | 'crop' | 'warnings'> => ({
  ...(source === 'image' && { image: { width: image.width, height: image.height }, crop: { ...placement } }),
  warnings: [...image.warnings],
})

interface Scores {
  /** (K) */
  readonly logits: Tensor
  readonly probabilities: Tensor
}

/** What is to be known of a model's every prediction, and of this one. */
export const predictionWarnings = (
  { labels }: ServedModel,
  { logits }: Pick<Scores, 'logits'>,
): readonly string[] => [
  ...(labels.length === 1
    ? ['the model has one output: its probability is always 1, and score is what the network gives']
    : []),
  ...(logits.data.every(Number.isFinite) ? [] : ['a score is not finite: the model overflowed']),
]

/** The `top` likeliest classes; equal ones by number. */
export function predictionsOf(
  model: ServedModel,
  { logits, probabilities }: Scores,
  top: number,
): PredictionAnswer['predictions'] {
  const at = (tensor: Tensor, index: number) => tensor.data[index] ?? 0
  const order = [...logits.data.keys()].sort((a, b) => at(logits, b) - at(logits, a) || a - b)
  return order.slice(0, top).map((index) => ({
    index,
    label: labelOf(model, index),
    probability: plainFloat(at(probabilities, index)),
    score: plainFloat(at(logits, index)),
  }))
}

/** With `scores=all` the logits come along. */
export const logitsOf = ({ logits }: Scores, scores: 'top' | 'all'): object =>
  scores === 'all' ? { logits: tensorToJson(logits) } : {}
