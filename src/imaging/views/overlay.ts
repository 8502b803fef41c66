import { nothing, type View } from '../view.ts'

/** From this strength on, the colours are as opaque as they get; below, the photo shines through more and more. */
const fullFrom = 0.6

/** The map's colours over the photo: the more important a pixel, the more opaque. What does not matter stays photo. */
export const overlay: View = {
  columns: 1,
  opacity: 0.7,
  ink: (strength, color, opacity) => ({ color, share: opacity * Math.min(1, strength / fullFrom) ** 1.5 }),
  unseen: () => nothing,
}
