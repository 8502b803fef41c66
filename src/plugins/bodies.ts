import type { ZodOpenApiMediaTypeObject, ZodOpenApiRequestBodyObject } from 'zod-openapi'
import { IMAGE_TYPES, type ImageType } from '../imaging/file-type.ts'
import { inputTensorSchema, MAX_IMAGES } from '../schemas/common.ts'
import { TENSOR_TYPES } from './uploads.ts'

/** How files begin, a character for each byte: what examples show of them. */
const heads = {
  png: '\x89PNG\r\n\x1a\n...',
  jpeg: '\xff\xd8\xff\xe0\0\x10JFIF\0...',
  webp: 'RIFF\x9e\x2c\0\0WEBPVP8 ...',
  gif: 'GIF89a...',
  tiff: 'II*\0...',
  avif: '\0\0\0\x20ftypavif...',
  onnx: '\x08\n\x12\bgradlens...',
  npy: "\x93NUMPY\x01\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3, 224, 224), }...",
  volume: "\x93NUMPY\x01\0v\0{'descr': '|u1', 'fortran_order': False, 'shape': (2, 32, 32, 32), }...",
  map: "\x93NUMPY\x01\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': (224, 224), }...",
  mixed: '--7d44e178-1a41-4b8a-9a5c-3a0e9f2c7d11\r\ncontent-type: image/png\r\n...',
  zip: 'PK\x03\x04\x14\0\0\0\0\0...image-0.png...',
} as const satisfies Readonly<Record<ImageType | 'onnx' | 'npy' | 'volume' | 'map' | 'mixed' | 'zip', string>>

/**
 * A file as a body. The schema is not what JSON Schema 2020-12 would write (contentMediaType), but what generators of
 * clients need.
 */
export const bytes = (description: string, head: keyof typeof heads): ZodOpenApiMediaTypeObject => ({
  schema: { type: 'string', format: 'binary', description },
  examples: { file: { summary: 'How the file begins, byte by byte', value: heads[head] } },
})

/** A picture of each type that is taken. */
export const pictures = Object.fromEntries(
  IMAGE_TYPES.map((type) => [
    `image/${type}`,
    bytes('The file. Its content decides what it is, not the media type', type),
  ]),
)

const form = {
  schema: {
    type: 'object',
    required: ['image'],
    additionalProperties: false,
    properties: {
      image: {
        type: 'array',
        minItems: 1,
        maxItems: MAX_IMAGES,
        description: 'One field named image for each picture; several are a batch, answered in order',
        items: { type: 'string', format: 'binary' },
      },
    },
  },
  examples: {
    files: {
      summary: 'Two pictures, as curl -F image=@cat.png -F image=@dog.jpg sends them',
      value: { image: [heads.png, heads.jpeg] },
    },
  },
} satisfies ZodOpenApiMediaTypeObject

/** The same with the draws of an earlier answer. */
const formWithDraws: ZodOpenApiMediaTypeObject = {
  ...form,
  schema: {
    ...form.schema,
    properties: {
      ...form.schema.properties,
      draws: {
        type: 'string',
        description: 'The parameter draws, where the URL would be too long',
        example: '[{"applied":true,"k":1,"axes":[0,1]}]',
      },
    },
  },
}

/** What predict and explain take. */
export const requestBody: ZodOpenApiRequestBodyObject = {
  description: 'A picture, a preprocessed tensor, or a form with one or several pictures',
  required: true,
  content: {
    ...pictures,
    'application/octet-stream': bytes('The file of a picture, or of an NPY tensor', 'png'),
    [TENSOR_TYPES.npy]: bytes(
      'float32 (N,C,H,W) of finite values, preprocessed as the card of the model says',
      'npy',
    ),
    [TENSOR_TYPES.json]: { schema: inputTensorSchema },
    'multipart/form-data': form,
  },
}

/** What rotations take. */
export const samplesBody: ZodOpenApiRequestBodyObject = {
  description: 'A picture, an array of one sample or of a batch, or a form with several of one kind',
  required: true,
  content: {
    ...pictures,
    'application/octet-stream': bytes('The file of a picture, or of an NPY array', 'png'),
    [TENSOR_TYPES.npy]: bytes(
      'Floats, integers or booleans of any size and byte order, in C or Fortran order; see layout',
      'volume',
    ),
    'multipart/form-data': formWithDraws,
  },
}
