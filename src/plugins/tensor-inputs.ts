import { type Tensor, tensor } from '../core/ir/tensor.ts'
import type { ServedModel } from '../engine.ts'
import { invalidParameters } from '../errors.ts'
import type { DecodedImage } from '../imaging/decode.ts'
import { TensorError } from '../imaging/errors.ts'
import { findNonFinite, readNpy } from '../imaging/npy.ts'
import type { InputSpec } from '../imaging/preprocess.ts'
import { type FitQuery, MAX_IMAGES, type ModelInput } from './model-input.ts'
import type { Upload } from './uploads.ts'

/** Float32 (N,C,H,W), already preprocessed: N inputs. Throws TensorError. */
export function* tensorInputs(
  { bytes }: Upload,
  model: ServedModel,
  { fit, crop }: FitQuery,
): Generator<ModelInput, void> {
  const overrides = Object.entries({ fit, crop }).filter(([, value]) => value !== undefined)
  if (overrides.length > 0)
    throw invalidParameters(
      overrides.map(([parameter]) => ({ parameter, message: 'a tensor is preprocessed already' })),
    )
  const { shape, dtype, data } = readNpy(bytes)
  const { width, height } = model.input
  const channels = model.input.mean.length
  const wanted = [channels, height, width]
  const [count = 0, ...rest] = shape
  const expected = `expected float32 of shape (N,${wanted}) for ${model.id}`
  if (!dtype.endsWith('f4')) throw new TensorError('dtype', `${expected}, got ${dtype} of shape (${shape})`)
  if (shape.length !== 4 || rest.some((size, i) => size !== wanted[i]))
    throw new TensorError('shape', `${expected}, got shape (${shape})`)
  if (count < 1 || count > MAX_IMAGES)
    throw new TensorError('shape', `${expected} with N from 1 to ${MAX_IMAGES}, got N = ${count}`)
  const bad = findNonFinite({ shape, data })
  if (bad !== undefined) throw new TensorError('value', bad)

  const size = channels * height * width
  for (let i = 0; i < count; i++) {
    const input = tensor([1, ...wanted], data.slice(i * size, (i + 1) * size))
    const placement = { left: 0, top: 0, width, height }
    yield { tensor: input, image: pictureOf(input, model.input), placement, source: 'tensor' }
  }
}

/** What a preprocessed input looks like: v·std + mean as bytes. */
function pictureOf({ data }: Tensor, { width, height, color, mean, std }: InputSpec): DecodedImage {
  const size = width * height
  const pixels = Buffer.alloc(size * 3)
  for (let i = 0; i < size; i++)
    for (let rgb = 0; rgb < 3; rgb++) {
      const channel = color === 'gray' ? 0 : color === 'bgr' ? 2 - rgb : rgb
      const value = (data[channel * size + i] ?? 0) * (std[channel] ?? 1) + (mean[channel] ?? 0)
      pixels[i * 3 + rgb] = Math.min(255, Math.max(0, Math.round(value)))
    }
  return { width, height, pixels, format: 'png', warnings: [] }
}
