import { readFile } from 'node:fs/promises'
import * as z from 'zod'
import { type Tensor, tensor } from '../../src/core/ir/tensor.ts'
import type { ExplainJob } from '../../src/explain/job.ts'
import type { LoadedModel } from '../../src/explain/loaded.ts'
import { readNpy } from '../../src/imaging/npy.ts'
import { sharp } from '../../src/imaging/sharp.ts'
import { parseCard, scaleOf } from '../../src/models/card.ts'
import { loadGraph } from '../../src/models/load.ts'

const path = (name: string) => new URL(`../../${name}`, import.meta.url).pathname
const fixtures = 'test/fixtures/efficientnet-lite0'

/** The built-in model, as a worker has it. */
export async function efficientNet(): Promise<LoadedModel> {
  const folder = path('models/efficientnet-lite0')
  const card = parseCard(await readFile(`${folder}/model.json`, 'utf8'), folder)
  const loaded = await loadGraph(folder, card, undefined)
  return { ...loaded, camLayer: card.layers.cam, ...scaleOf(card.input) }
}

/** (1,3,224,224): (v − 127)/128 of a fixture's photo. */
export async function photo(name: string): Promise<Tensor> {
  const bytes = await readFile(path(`${fixtures}/${name}-224.png`))
  const pixels = await sharp(bytes).removeAlpha().raw().toBuffer()
  const size = 224 * 224
  const value = (i: number) => ((pixels[(i % size) * 3 + Math.floor(i / size)] ?? NaN) - 127) / 128
  return tensor(
    [1, 3, 224, 224],
    Float64Array.from({ length: 3 * size }, (_, i) => value(i)),
  )
}

const indexSchema = z.object({
  cases: z.array(
    z.object({
      photo: z.string(),
      id: z.string(),
      file: z.string(),
      params: z.object({ baseline: z.union([z.literal('black'), z.number()]).optional() }),
      top: z.int().optional(),
      delta: z.number().optional(),
    }),
  ),
})
export type FixtureCase = z.output<typeof indexSchema>['cases'][number]

/** Numbers of PyTorch 2.15, Captum 0.9 and pytorch-grad-cam 1.5.7 in float64, for the predicted class. */
export const fixtureCases = indexSchema.parse(
  JSON.parse(await readFile(path(`${fixtures}/index.json`), 'utf8')),
).cases

export const expectedNumbers = async ({ file }: FixtureCase) =>
  readNpy(await readFile(path(`${fixtures}/${file}`)))

/** How a case is asked of us. */
export function questionOf({ id, params }: FixtureCase): Pick<ExplainJob, 'method' | 'params' | 'channels'> {
  switch (id) {
    case 'integrated-gradients':
    case 'integrated-gradients-black':
      return {
        method: 'integrated-gradients',
        params: { steps: 50, baseline: params.baseline },
        channels: 'sum',
      }
    case 'grad-cam-raw':
      return { method: 'grad-cam', params: { relu: false, upsample: 'none' }, channels: 'default' }
    case 'grad-cam':
      return { method: id, params: {}, channels: 'default' }
    default:
      return { method: id, params: {}, channels: 'none' }
  }
}
