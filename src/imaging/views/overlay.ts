import { colorAt, mix, type View } from '../view.ts'

/** From this strength on, the colours are as opaque as they get; below, the photo shines through more and more. */
const fullFrom = 0.6

/** The map's colours over the photo: the more important a pixel, the more opaque. What does not matter stays photo. */
export const overlay: View = {
  columns: 1,
  paintRow({ photo, strength, out }, paint) {
    for (let x = 0, at = 0; x < strength.length; x++, at += 3) {
      const value = strength[x] ?? 0
      const share = value === value ? paint.opacity * Math.min(1, Math.abs(value) / fullFrom) ** 1.5 : 0
      const color = share > 0 ? colorAt(value, paint) : 0
      for (let c = 0; c < 3; c++) out[at + c] = mix(photo[at + c], paint.table[color + c], share)
    }
  },
}
