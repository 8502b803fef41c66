import type { Comparison } from './charts/comparison.ts'
import { encodePicture } from './encode.ts'

export type { Comparison } from './charts/comparison.ts'

/**
 * 2 to 6 pictures and their difference side by side, each with its title, as a PNG: the difference's magnitudes in colours
 * up to its largest, which a ring marks (the first, where several are as large), the colours' scale below. Large pictures
 * are shrunk, small ones enlarged with hard edges.
 */
export async function comparisonPicture(parts: Comparison): Promise<Buffer> {
  // drawn now and then: its libraries are loaded then
  const [{ comparison }, { rasterise }] = await Promise.all([
    import('./charts/comparison.ts'),
    import('./charts/rasterise.ts'),
  ])
  return encodePicture(await rasterise(await comparison(parts)), 'png')
}
