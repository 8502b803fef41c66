const SOS = 0xda
const EOI = 0xd9
/** markers without a length: TEM, RST0..RST7, SOI */
const standsAlone = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)

/**
 * Number of scans (SOS markers) of a JPEG's first image, up to `limit` + 1. A baseline photo has 1, a progressive one
 * about 10; each scan makes the decoder sweep the whole picture again. Walks markers as libjpeg does, skipping
 * garbage and stuffed bytes, reads no pixels; a truncated file just ends the count.
 */
export function countScans(jpeg: Uint8Array, limit: number): number {
  let scans = 0
  let at = 2
  while (scans <= limit) {
    at = jpeg.indexOf(0xff, at)
    if (at < 0) break
    const marker = jpeg[at + 1]
    if (marker === undefined || marker === EOI) break
    if (marker === 0xff) at += 1
    else if (marker === 0 || standsAlone(marker)) at += 2
    else {
      if (marker === SOS) scans++
      at += 2 + Math.max(2, ((jpeg[at + 2] ?? 0) << 8) | (jpeg[at + 3] ?? 0))
    }
  }
  return scans
}
