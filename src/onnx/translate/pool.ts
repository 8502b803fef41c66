import { unsupported } from '../errors.ts'
import type { Call, Translators } from './call.ts'
import { imageSize, pair, placement } from './window.ts'

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
  const { automatic, ...window } = placement(call, imageSize(call.x), kernel)
  return { ...window, kernel, ceilMode: !automatic && call.attrs.int('ceil_mode', 0) !== 0 }
}
