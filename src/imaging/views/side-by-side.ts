import type { View } from '../view.ts'
import { overlay } from './overlay.ts'

/** The photo, and right of it the overlay. */
export const sideBySide: View = {
  columns: 2,
  paintRow({ photo, strength, out }, paint) {
    out.set(photo)
    overlay.paintRow({ photo, strength, out: out.subarray(photo.length) }, paint)
  },
}
