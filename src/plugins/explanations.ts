import { type Tensor, tensor } from '../core/ir/tensor.ts'
import type { ServedModel } from '../engine.ts'
import type { ExplainJob, ExplainResult } from '../explain/job.ts'
import { encodePicture } from '../imaging/encode.ts'
import { render } from '../imaging/render.ts'
import { tensorToJson } from '../imaging/tensor-json.ts'
import type { ExplainFormat } from '../schemas/explain.ts'
import type { ExplanationAnswer } from '../schemas/explanation.ts'
import type { ExplainQuery } from '../schemas/read-explain.ts'
import { cropOf, type ModelInput } from './inputs.ts'
import { planesOf } from './tensor-inputs.ts'
import type { Timer } from './timings.ts'
import { labelOf, plainFloat } from './values.ts'

/** One explained input: what is said of it, and what the format needs. The photo is not kept. */
export interface Explained {
  readonly answer: Omit<ExplanationAnswer, 'timings'>
  readonly map: Tensor
  /** empty unless the format is JSON */
  readonly text: string
  /** empty unless the format is one of pictures */
  readonly picture: Buffer
}

/** What the worker is asked. */
export const explainJob = (
  query: ExplainQuery,
  target: number | 'top',
  { tensor }: ModelInput,
): ExplainJob => ({
  kind: 'explain',
  input: tensor,
  method: query.method.id,
  params: query.params,
  target,
  of: query.of,
  channels: query.channels ?? 'default',
  layer: query.layer,
  seed: query.seed,
})

/** What is said of an explanation, besides its map. */
function explanationOf(
  model: ServedModel,
  query: ExplainQuery,
  { image, placement, source }: ModelInput,
  { target, channels, layer, gap, warnings }: ExplainResult,
): Explained['answer'] {
  return {
    model: model.id,
    version: model.version,
    method: query.method.id,
    parameters: {
      of: query.of,
      channels,
      ...(layer !== undefined && { layer }),
      ...(source === 'image' && cropOf(model, query)),
      ...query.params,
    },
    target: {
      index: target.index,
      label: labelOf(model, target.index),
      score: plainFloat(target.score),
      probability: plainFloat(target.probability),
    },
    ...(source === 'image' && {
      image: { width: image.width, height: image.height },
      crop: { ...placement },
    }),
    ...(gap !== undefined && { gap }),
    seed: query.seed,
    warnings: [...new Set([...image.warnings, ...warnings])],
  }
}

interface Rendering {
  readonly model: ServedModel
  readonly query: ExplainQuery
  readonly input: ModelInput
  readonly result: ExplainResult
  readonly format: ExplainFormat
  readonly timings: Timer
}

/** An explanation in its format. Batches do this one by one, so that the event loop runs in between. */
export async function explainedOf({
  model,
  query,
  input,
  result,
  format,
  timings,
}: Rendering): Promise<Explained> {
  const answer = explanationOf(model, query, input, result)
  const map = asSent(model, result)
  const explained = { answer, map, text: '', picture: Buffer.alloc(0) }
  if (format === 'npy') return explained
  if (format === 'json')
    return {
      ...explained,
      text: JSON.stringify({ ...answer, timings: timings.milliseconds, map: tensorToJson(map) }),
    }
  return {
    ...explained,
    picture: await timings.measure('render', () => pictureOf(model, query, input, result.map, format)),
  }
}

/** Of features, which are one row inside, the map has the shape that they came in; not one on a layer's grid. */
function asSent({ shape }: ServedModel, { map, layer }: ExplainResult): Tensor {
  return shape.length === 1 && layer === undefined ? tensor(shape, map.data) : map
}

async function pictureOf(
  { shape }: ServedModel,
  { view, colormap, opacity, size }: ExplainQuery,
  { image, placement }: ModelInput,
  map: Tensor,
  format: Exclude<ExplainFormat, 'json' | 'npy'>,
): Promise<Buffer> {
  const [, height, width] = planesOf(shape)
  const picture = await render(
    { map, image, placement, model: { width, height } },
    { view, colormap, opacity, size },
  )
  return encodePicture(picture, format === 'zip' ? 'png' : format)
}
