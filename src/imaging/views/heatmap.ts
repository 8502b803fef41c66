import type { View } from '../view.ts'

/** Just the map in its colours, whatever the opacity. What the model did not see is grey. */
export const heatmap: View = {
  columns: 1,
  opacity: 1,
  ink: (_, color) => ({ color, share: 1 }),
  unseen: () => ({ color: [96, 96, 96], share: 1 }),
}
