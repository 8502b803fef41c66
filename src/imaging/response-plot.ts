import type { Response } from './charts/response.ts'
import { encodePicture } from './encode.ts'

export type { Response } from './charts/response.ts'

/**
 * A kernel's frequency response as a PNG of 1920 × 1080 pixels: |H(fx, fy)| in colours with their scale, the profiles along both axes, and the
 * kernel with its numbers, where it is no larger than 7 × 7.
 */
export async function responsePlot(parts: Response): Promise<Buffer> {
  // drawn now and then: its libraries are loaded then
  const [{ response, SCALE }, { rasterise }] = await Promise.all([
    import('./charts/response.ts'),
    import('./charts/rasterise.ts'),
  ])
  return encodePicture(await rasterise(await response(parts), SCALE), 'png')
}
