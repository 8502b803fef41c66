import { createRequire } from 'node:module'

/** Inter, from a package: a machine's own fonts are never looked at. It has Greek letters, arrows and superscripts. */
export const FAMILY = 'Inter'

const { resolve } = createRequire(import.meta.url)

/** For `@resvg/resvg-js`: the regular and the semi-bold font, and no other. */
export const font = {
  loadSystemFonts: false,
  fontFiles: [
    resolve('@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf'),
    resolve('@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf'),
  ],
  defaultFontFamily: FAMILY,
}

/** Height of a capital, of the font's size. */
export const CAPITAL = 0.727
