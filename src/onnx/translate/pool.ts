import { unsupported } from '../errors.ts'
import type { Call, Translators } from './call.ts'
import { imageSize, pair, placement } from './window.ts'

/** A whole picture of 1024×1024. Unlike a convolution's, a pool's window is not bounded by the file's size. */
const MAX_WINDOW = 2 ** 20

export const pool: Translators = {
  MaxPool: (call) => {
    if (call.used[1]) throw unsupported('its output of indices is read')
    return call.g.emit('maxPool', [call.x], poolAttrs(call))
  },
  AveragePool: (call) =>
    call.g.emit('averagePool', [call.x], {
      ...poolAttrs(call),
      countIncludePad: call.attrs.int('count_include_pad', 0) !== 0,
    }),
  GlobalAveragePool: ({ g, x }) => g.emit('globalAveragePool', [x], {}),
  GlobalMaxPool: ({ g, x }) => g.emit('globalMaxPool', [x], {}),
}

function poolAttrs(call: Call) {
  const kernel = pair(call.attrs.ints('kernel_shape'), 'kernel_shape')
  if (!(kernel[0] * kernel[1] <= MAX_WINDOW))
    throw unsupported(`its window of ${kernel.join('×')} has more than ${MAX_WINDOW} places`)
  const { automatic, ...window } = placement(call, imageSize(call.x), kernel)
  return { ...window, kernel, ceilMode: !automatic && call.attrs.int('ceil_mode', 0) !== 0 }
}
