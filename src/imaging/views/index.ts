import type { View } from '../view.ts'
import { heatmap } from './heatmap.ts'
import { mask } from './mask.ts'
import { overlay } from './overlay.ts'
import { sideBySide } from './side-by-side.ts'

/** Views by the names that `view=` takes. */
export const VIEW_IDS = ['overlay', 'heatmap', 'side-by-side', 'mask'] as const
/** See `VIEW_IDS`. */
export type ViewId = (typeof VIEW_IDS)[number]

/** Each view by its name. */
export const views: Readonly<Record<ViewId, View>> = { overlay, heatmap, 'side-by-side': sideBySide, mask }
