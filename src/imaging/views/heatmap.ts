import { colorAt, type View } from '../view.ts'

/** What the model did not see: a grey that is in none of the colour maps but `gray`. */
const unseen = 96

/** Just the map in its colours. Outside the model's crop: grey. Opacity does not matter. */
export const heatmap: View = {
  columns: 1,
  paintRow({ strength, out }, paint) {
    for (let x = 0, at = 0; x < strength.length; x++, at += 3) {
      const value = strength[x] ?? 0
      if (Number.isNaN(value)) out.fill(unseen, at, at + 3)
      else {
        const color = colorAt(value, paint)
        for (let c = 0; c < 3; c++) out[at + c] = paint.table[color + c] ?? 0
      }
    }
  },
}
