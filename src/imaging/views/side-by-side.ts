import type { View } from '../view.ts'
import { overlay } from './overlay.ts'

/** The photo, and right of it the overlay. */
export const sideBySide: View = { ...overlay, columns: 2 }
