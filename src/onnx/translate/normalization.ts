import { unsupported } from '../errors.ts'
import type { Call, Translators } from './call.ts'

export const normalization: Translators = {
  BatchNormalization: (call) => {
    if (call.attrs.int('training_mode', 0) !== 0)
      throw unsupported('it is in training mode; export the model in evaluation mode')
    if (call.attrs.int('spatial', 1) === 0) throw unsupported('it has spatial=0')
    return call.g.emit(
      'batchNorm',
      [call.x, call.input(1), call.input(2), call.input(3), call.input(4)],
      epsilonOf(call),
    )
  },
  LayerNormalization: (call) => {
    if (call.used[1] || call.used[2]) throw unsupported('its outputs of mean and deviation are read')
    const bias = call.inputs[2]
    const attrs = { axis: call.attrs.int('axis', -1), ...epsilonOf(call) }
    return call.g.emit('layerNorm', bias ? [call.x, call.input(1), bias] : [call.x, call.input(1)], attrs)
  },
  InstanceNormalization: (call) =>
    call.g.emit('instanceNorm', [call.x, call.input(1), call.input(2)], epsilonOf(call)),
}

const epsilonOf = ({ attrs }: Call) => ({ epsilon: attrs.float('epsilon', 1e-5) })
