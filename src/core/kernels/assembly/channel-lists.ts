import { LOW_ROWS, TALL_ROWS, tallRows, wideTiles } from './generated/tiles'
import { CHANNELS_AT_ONCE } from './generated/winograd'
import { listEight } from './list-places'
import { CHANNEL_LIST_BYTES, CHANNEL_LISTS_AT, channelBits, channelLists } from './scratch'

/*
 * Which channels count in a block of Winograd's tiles. A register tile takes some of them together: a channel that is 0 in all pixels of
 * these is 0 in all their points. Tiles gather the bits of their pixels; then for each CHANNELS_AT_ONCE channels there is a list: whether
 * to go by it, how many channels count for each register tile, then the offset of each of them.
 */

/** Of 8 channels that many are to be left out, or a list costs more than it saves. */
const WORTH_LEAVING_OUT: i32 = 1

/** The bits of the channels of tile `i` of `count`, shared by the tiles of a register tile; 0 before the first of them. */
export function bitsOf(i: i32, count: i32, channelBytes: usize): usize {
  const tall = tallRows(count)
  const isTall = i < tall
  const group = isTall ? i / TALL_ROWS : tall / TALL_ROWS + (i - tall) / LOW_ROWS
  const bits = channelBits() + group * channelBytes
  if ((isTall ? i % TALL_ROWS : (i - tall) % LOW_ROWS) == 0) memory.fill(bits, 0, channelBytes)
  return bits
}

/** Lists the channels that count in a block of `tiles` tiles. */
export function listChannels(channels: i32, tiles: i32): void {
  const groups = wideTiles(tiles)
  for (let channel = 0; channel < channels; channel += CHANNELS_AT_ONCE) {
    const count = min(CHANNELS_AT_ONCE, channels - channel)
    const begin = channelsOf(channel)
    let at = begin
    for (let group = 0; group < groups; group++) {
      const end = listBits(at, channelBits() + (group * channels + channel) * 4, count)
      store<u32>(countsOf(channel) + group * 4, (end - at) >> 2)
      at = end
    }
    const leftOut = groups * count - (<i32>(at - begin) >> 2)
    store<u32>(listAt(channel), leftOut * 8 > groups * count * WORTH_LEAVING_OUT)
  }
}

/** Whether to go by the list of the channels from `channel` on. */
export function isListWorth(channel: i32): bool {
  return load<u32>(listAt(channel)) != 0
}

/** How many of the channels from `channel` on count, for each register tile. */
export function countsOf(channel: i32): usize {
  return listAt(channel) + 4
}

/** … and which, as offsets from the first of them. */
export function channelsOf(channel: i32): usize {
  return listAt(channel) + CHANNEL_LISTS_AT
}

// @ts-ignore: decorator
@inline
function listAt(channel: i32): usize {
  return channelLists() + (channel / CHANNELS_AT_ONCE) * CHANNEL_LIST_BYTES
}

/** Lists those of `count` channels that have a bit; the end of the list. */
function listBits(at: usize, bits: usize, count: i32): usize {
  let places = i32x4.splat(0)
  for (; count > 0; count -= 8) {
    at = listEight(at, places, v128.load(bits), v128.load(bits, 16))
    places = i32x4.add(places, i32x4.splat(32))
    bits += 32
  }
  return at
}
