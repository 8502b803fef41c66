import type { TracePlot } from './charts/trace.ts'
import { encodePicture } from './encode.ts'

export type { TracePlot, TraceRow } from './charts/trace.ts'

/** One sample on its way through a network, layer below layer, as a PNG 1920 pixels wide. */
export async function tracePlot(parts: TracePlot): Promise<Buffer> {
  // drawn now and then: its libraries are loaded then
  const [{ trace, SCALE }, { rasterise }] = await Promise.all([
    import('./charts/trace.ts'),
    import('./charts/rasterise.ts'),
  ])
  return encodePicture(await rasterise(await trace(parts), SCALE), 'png')
}
