import { createRequire } from 'node:module'

/** Inter, from a package: a machine's own fonts are never looked at. It has Greek letters, arrows and superscripts. */
export const FAMILY = 'Inter'

/** Regular and semi-bold. */
export type Weight = 400 | 600

const { resolve } = createRequire(import.meta.url)

const files: Readonly<Record<Weight, string>> = {
  400: resolve('@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf'),
  600: resolve('@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf'),
}

/** What `@resvg/resvg-js` may write with: these weights, and no other font. */
export const fontOf = (...weights: readonly Weight[]) => ({
  loadSystemFonts: false,
  fontFiles: weights.map((weight) => files[weight]),
  defaultFontFamily: FAMILY,
})

/** Height of a capital, of the font's size. */
export const CAPITAL = 0.727
