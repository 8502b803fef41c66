/** Red, green, blue, 0..255. */
export type Rgb = readonly [number, number, number]

/** What is laid over a pixel of the photo: a colour, and how much of it (0..1). */
export interface Ink {
  readonly color: Rgb
  readonly share: number
}

/** One way of showing a map: what each strength paints over the photo. */
export interface View {
  /** how many pictures stand side by side: the last one is painted, those before it are the photo */
  readonly columns: 1 | 2
  readonly opacity: number
  /** `strength` is 0..1, |value| for signed maps; `color` its colour in the colour map; `opacity` 0..1 */
  readonly ink: (strength: number, color: Rgb, opacity: number) => Ink
  /** where the model did not look */
  readonly unseen: (opacity: number) => Ink
}

/** Ink that leaves the photo as it is. */
export const nothing: Ink = { color: [0, 0, 0], share: 0 }
