import { type View } from '../view.ts'

/** From this strength on, the photo is fully lit. */
const fullFrom = 0.5

/** The photo as if lit by the map: dark where nothing matters. Opacity is the darkness of the dark. */
export const mask: View = {
  columns: 1,
  paintRow({ photo, strength, out }, { opacity }) {
    for (let x = 0, at = 0; x < strength.length; x++, at += 3) {
      const value = Math.abs(strength[x] ?? 0)
      const light = value > 0 ? Math.min(1, value / fullFrom) : 0
      const share = 1 - opacity * (1 - light)
      for (let c = 0; c < 3; c++) out[at + c] = Math.round((photo[at + c] ?? 0) * share)
    }
  },
}
