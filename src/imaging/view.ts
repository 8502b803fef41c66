/** One row of the picture to be painted. */
export interface Row {
  /** the photo's R,G,B bytes, width × 3 */
  readonly photo: Uint8Array
  /** the map there: −1..1 or 0..1, NaN where the model did not look; width numbers */
  readonly strength: Float32Array
  /** where to paint: width × columns × 3 bytes */
  readonly out: Uint8Array
}

export interface Paint {
  /** R,G,B bytes of the 256 colours of the map */
  readonly table: Uint8Array
  readonly diverging: boolean
  /** 0..1 */
  readonly opacity: number
}

/** One way of showing a map. */
export interface View {
  /** how many pictures stand side by side */
  readonly columns: 1 | 2
  readonly paintRow: (row: Row, paint: Paint) => void
}

/** Where in the table (in bytes) the colour of a strength begins. */
export const colorAt = (strength: number, { diverging }: Paint): number =>
  3 * Math.round(255 * (diverging ? (strength + 1) / 2 : strength))

/** A photo's byte with `share` (0..1) of a colour's byte over it. */
export const mix = (photo: number | undefined, color: number | undefined, share: number): number =>
  Math.round((photo ?? 0) * (1 - share) + (color ?? 0) * share)
