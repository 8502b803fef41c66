import type { View } from '../view.ts'
import { heatmap } from './heatmap.ts'
import { mask } from './mask.ts'
import { overlay } from './overlay.ts'
import { sideBySide } from './side-by-side.ts'

export const VIEW_IDS = ['overlay', 'heatmap', 'side-by-side', 'mask'] as const
export type ViewId = (typeof VIEW_IDS)[number]

export const views: Readonly<Record<ViewId, View>> = { overlay, heatmap, 'side-by-side': sideBySide, mask }
