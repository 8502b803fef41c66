import { channelsOf } from '../imaging/input-spec.ts'
import type { inspectOnnx } from '../onnx/index.ts'
import { type Card, CardError, parseCard } from './card.ts'

/**
 * For a bare `model.onnx` in the folder `name`: the input's size from the file, 0..1 RGB, numbered classes, the logits
 * before a final Softmax. Its description says that it was made up. Throws CardError when the input is no picture.
 */
export function defaultCard({ inputs, outputs }: ReturnType<typeof inspectOnnx>, name: string): Card {
  const [input] = inputs
  const [, channels, height = 224, width = 224] = input?.shape ?? []
  if (input?.shape.length !== 4)
    throw new CardError(name, ['the first input of model.onnx is not a picture (N,C,H,W)'])
  const color = channels === 1 ? 'gray' : 'rgb'
  const perChannel = (value: number) => new Array<number>(channelsOf(color)).fill(value)
  const isSoftmax = outputs[0]?.op === 'Softmax'
  const scores = isSoftmax ? ', scores taken from before the final Softmax' : ''
  const card = {
    id: name.toLowerCase(),
    version: '1',
    title: name,
    description: `No card came with this model: input scaled to 0..1, classes numbered${scores}. Write a model.json to change that.`,
    license: 'unknown',
    input: {
      width,
      height,
      color,
      resize: 'bilinear',
      crop: 1,
      mean: perChannel(0),
      std: perChannel(255),
    },
    output: { scores: isSoftmax ? 'probabilities' : 'logits' },
  }
  return parseCard(JSON.stringify(card), `${name} (default card)`)
}
