import type { History } from './charts/history.ts'
import type { DrawingFormat } from './decision-map.ts'
import { encodePicture } from './encode.ts'

export type { Epoch, History } from './charts/history.ts'

/** The curves of a training: losses, accuracies, the learning rate, the layers. PNG: 1920 × 1080 pixels, and more with layers. */
export async function historyPlot(parts: History, format: DrawingFormat): Promise<Buffer | string> {
  // drawn now and then: its libraries are loaded then
  const [{ history, SCALE }, { outlined, rasterise }] = await Promise.all([
    import('./charts/history.ts'),
    import('./charts/rasterise.ts'),
  ])
  const drawing = history(parts)
  if (format === 'svg') return outlined(drawing, `${parts.title}: ${parts.facts}`)
  return encodePicture(await rasterise(drawing, SCALE), 'png')
}
