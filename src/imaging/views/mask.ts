import type { Ink, View } from '../view.ts'

/** From this strength on, the photo is fully lit. */
const fullFrom = 0.5

const dark = (share: number): Ink => ({ color: [0, 0, 0], share })

/** The photo as if lit by the map: dark where nothing matters. Opacity is the darkness of the dark. */
export const mask: View = {
  columns: 1,
  opacity: 0.85,
  ink: (strength, _, opacity) => dark(opacity * (1 - Math.min(1, strength / fullFrom))),
  unseen: dark,
}
