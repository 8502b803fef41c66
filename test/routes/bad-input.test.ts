import { crc32 } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { ProblemType } from '../../src/errors.ts'
import { problemSchema } from '../../src/schemas/problem.ts'
import { fakeEngine, png, testApp } from '../helpers/app.ts'
import { EXPLAIN, FORM, form, npy, PREDICT, part, post } from '../helpers/requests.ts'

const image = await png()
const large = await png(64, 64)
const truncatedJpeg = Buffer.from('ffd8ffe000104a46494600010100000100010000ffdb0043', 'hex')
/** a small PNG whose header claims 60000x60000 */
const hugePng = (() => {
  const bytes = Buffer.from(image)
  bytes.writeUInt32BE(60_000, 16)
  bytes.writeUInt32BE(60_000, 20)
  bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29)
  return bytes
})()
const PNG = { 'content-type': 'image/png' }
const NPY = { 'content-type': 'application/x-npy' }
const float64 = Buffer.from(npy().toString('latin1').replace('<f4', '<f8'), 'latin1')
const other = (type: string) => ({ 'content-type': type })

interface Row {
  readonly name: string
  readonly query?: string
  readonly body?: Buffer | string
  readonly headers?: Record<string, string>
  readonly url?: string
  readonly status: number
  readonly type: ProblemType
  /** every parameter that errors must name, and no other */
  readonly parameters?: readonly string[]
  readonly says?: RegExp
}

const rows: readonly Row[] = [
  { name: 'no body', headers: {}, status: 400, type: 'missing-image' },
  { name: 'an empty image', body: '', headers: PNG, status: 422, type: 'empty-image', parameters: ['image'] },
  {
    name: 'text called PNG',
    body: 'hello',
    status: 415,
    type: 'unsupported-media-type',
    parameters: ['image'],
    says: /plain text/,
  },
  {
    name: 'a truncated JPEG',
    body: truncatedJpeg,
    headers: other('image/jpeg'),
    status: 422,
    type: 'corrupt-image',
    parameters: ['image'],
  },
  {
    name: 'a PNG that says 60000x60000',
    body: hugePng,
    status: 422,
    type: 'image-too-large',
    parameters: ['image'],
    says: /60000x60000/,
  },
  {
    name: 'an SVG',
    body: '<svg xmlns="http://www.w3.org/2000/svg"/>',
    headers: other('image/svg+xml'),
    status: 415,
    type: 'unsupported-media-type',
    parameters: ['image'],
    says: /SVG/,
  },
  {
    name: 'a PDF',
    body: '%PDF-1.7',
    headers: other('image/png'),
    status: 415,
    type: 'unsupported-media-type',
    parameters: ['image'],
    says: /PDF/,
  },
  {
    name: 'a PDF under its own type',
    body: '%PDF-1.7',
    headers: other('application/pdf'),
    status: 415,
    type: 'unsupported-media-type',
    says: /application\/pdf/,
  },
  {
    name: 'an unknown model',
    url: '/v1/models/tinny/explain',
    body: image,
    status: 404,
    type: 'unknown-model',
    says: /did you mean "tiny"/,
  },
  {
    name: 'a model named after a property of objects',
    url: '/v1/models/constructor/explain',
    body: image,
    status: 404,
    type: 'unknown-model',
  },
  {
    name: 'a model that cannot be used',
    url: '/v1/models/broken/explain',
    body: image,
    status: 409,
    type: 'unusable-model',
    says: /truncated/,
  },
  {
    name: 'an unknown method',
    query: 'method=grad-cm',
    status: 422,
    type: 'invalid-parameter',
    parameters: ['method'],
    says: /did you mean "grad-cam"/,
  },
  {
    name: 'a method named after a property of objects',
    query: 'method=__proto__',
    status: 422,
    type: 'invalid-parameter',
    parameters: ['method'],
  },
  {
    name: 'an unknown parameter',
    query: 'colourmap=viridis',
    status: 422,
    type: 'invalid-parameter',
    parameters: ['colourmap'],
    says: /did you mean "colormap"/,
  },
  {
    name: 'a parameter named after a property of objects',
    query: 'constructor=1',
    status: 422,
    type: 'invalid-parameter',
    parameters: ['constructor'],
  },
  {
    name: 'a parameter of another method',
    query: 'steps=10',
    status: 422,
    type: 'invalid-parameter',
    parameters: ['steps'],
    says: /of integrated-gradients/,
  },
  {
    name: 'a layer for a method that has none',
    query: 'layer=conv1',
    status: 422,
    type: 'invalid-parameter',
    parameters: ['layer'],
  },
  {
    name: 'channels for a method that has none',
    query: 'method=grad-cam&channels=sum',
    status: 422,
    type: 'invalid-parameter',
    parameters: ['channels'],
  },
  {
    name: 'a parameter given twice',
    query: 'seed=1&seed=2',
    status: 422,
    type: 'invalid-parameter',
    parameters: ['seed'],
    says: /expected once/,
  },
  {
    name: 'all bad parameters at once, of both kinds',
    query: 'method=integrated-gradients&steps=0&rule=simpson&seed=-1&opacity=2&of=logits&bogus=1',
    status: 422,
    type: 'invalid-parameter',
    parameters: ['of', 'seed', 'opacity', 'steps', 'rule', 'bogus'],
    says: /steps: expected a whole number from 1 to 1000, got "0"/,
  },
  {
    name: 'all bad parameters at once, those included that only the model knows to be bad',
    query: 'method=grad-cam&target=nolabel&layer=nope&channels=sum&foo=1&steps=5&of=x',
    status: 422,
    type: 'invalid-parameter',
    parameters: ['of', 'steps', 'channels', 'foo', 'target', 'layer'],
  },
  {
    name: 'a bad target beside a bad parameter of the method',
    query: 'method=integrated-gradients&steps=0&target=5000',
    status: 422,
    type: 'invalid-parameter',
    parameters: ['steps', 'target'],
  },
  {
    name: 'a bad value of a parameter that the method does not take, once',
    query: 'method=grad-cam&channels=bad',
    status: 422,
    type: 'invalid-parameter',
    parameters: ['channels'],
    says: /grad-cam has one value per cell already/,
  },
  {
    name: 'a layer that the model does not have',
    query: 'method=grad-cam&layer=nope',
    status: 422,
    type: 'invalid-parameter',
    parameters: ['layer'],
  },
  {
    name: 'a parameter called __proto__',
    query: '__proto__=1',
    status: 422,
    type: 'invalid-parameter',
    parameters: ['__proto__'],
  },
  {
    name: 'a parameter called __proto__ for predict',
    url: PREDICT,
    query: '__proto__=1&top=1',
    status: 422,
    type: 'invalid-parameter',
    parameters: ['__proto__'],
  },
  {
    name: 'a parameter without a name',
    query: '=1',
    status: 422,
    type: 'invalid-parameter',
    parameters: [''],
    says: /^Cannot use a parameter without a name: expected a name before the =\.$/,
  },
  {
    name: 'a model without a name',
    url: '/v1/models//explain',
    body: image,
    status: 404,
    type: 'unknown-model',
    says: /There is no model ""/,
  },
  ...[
    '0x10',
    'Infinity',
    'NaN',
    '1e309',
    '',
    ' 5',
    '5 ',
    '1_000',
    '١',
    '4294967296',
    '-1',
    '1.5',
    '+',
    '.',
  ].map(
    (seed): Row => ({
      name: `a seed of ${JSON.stringify(seed)}`,
      query: `seed=${encodeURIComponent(seed)}`,
      status: 422,
      type: 'invalid-parameter',
      parameters: ['seed'],
      says: /expected a whole number from 0 to 4294967295/,
    }),
  ),
  ...['0', '-0.1', '1.001', 'nan'].map(
    (crop): Row => ({
      name: `a crop of ${crop}`,
      query: `crop=${crop}`,
      status: 422,
      type: 'invalid-parameter',
      parameters: ['crop'],
    }),
  ),
  ...['1e-10', '0.01'].map(
    (crop): Row => ({
      name: `a crop of ${crop}, which leaves less than a pixel`,
      query: `crop=${crop}`,
      status: 422,
      type: 'invalid-parameter',
      parameters: ['crop'],
      says: /a pixel of image \(16x16\), got /,
    }),
  ),
  {
    name: 'a target out of range',
    query: 'target=8',
    status: 422,
    type: 'invalid-parameter',
    parameters: ['target'],
    says: /from 0 to 7/,
  },
  {
    name: 'a negative target',
    query: 'target=-1',
    status: 422,
    type: 'invalid-parameter',
    parameters: ['target'],
    says: /from 0 to 7/,
  },
  {
    name: 'a label that no class has',
    query: 'target=tiger%20cas',
    status: 422,
    type: 'invalid-parameter',
    parameters: ['target'],
    says: /did you mean "tiger cat"/,
  },
  {
    name: 'a label that two classes have',
    query: 'target=crane',
    status: 422,
    type: 'invalid-parameter',
    parameters: ['target'],
    says: /4 \(crane\) or 5 \(crane\)/,
  },
  {
    name: 'a label that two classes have in other cases',
    query: 'target=CARDIGAN',
    status: 422,
    type: 'invalid-parameter',
    parameters: ['target'],
  },
  {
    name: 'an unknown format',
    query: 'format=jpeg',
    status: 422,
    type: 'invalid-parameter',
    parameters: ['format'],
  },
  {
    name: 'an Accept header that offers nothing we make',
    headers: { ...PNG, accept: 'text/html' },
    body: image,
    status: 406,
    type: 'not-acceptable',
    says: /image\/png/,
  },
  {
    name: 'an Accept header that excludes all',
    headers: { ...PNG, accept: '*/*;q=0' },
    body: image,
    status: 406,
    type: 'not-acceptable',
  },
  {
    name: 'prediction as a picture',
    url: PREDICT,
    headers: { ...PNG, accept: 'image/png' },
    body: image,
    status: 406,
    type: 'not-acceptable',
  },
  {
    name: 'top=0',
    url: PREDICT,
    query: 'top=0',
    body: image,
    status: 422,
    type: 'invalid-parameter',
    parameters: ['top'],
  },
  {
    name: 'a parameter of explain for predict',
    url: PREDICT,
    query: 'method=gradient',
    body: image,
    status: 422,
    type: 'invalid-parameter',
    parameters: ['method'],
  },
  {
    name: 'NPY of the wrong shape',
    body: npy([1, 3, 4, 4]),
    headers: NPY,
    status: 422,
    type: 'unusable-tensor',
    parameters: ['image'],
    says: /\(N, ?3, ?8, ?8\).*got shape \(1, ?3, ?4, ?4\)/i,
  },
  {
    name: 'NPY of too few dimensions',
    body: npy([3, 8, 8]),
    headers: NPY,
    status: 422,
    type: 'unusable-tensor',
    parameters: ['image'],
  },
  {
    name: 'NPY of the wrong dtype',
    body: float64,
    headers: NPY,
    status: 422,
    type: 'unusable-tensor',
    parameters: ['image'],
  },
  {
    name: 'NPY with NaN',
    body: npy(undefined, Number.NaN),
    headers: NPY,
    status: 422,
    type: 'unusable-tensor',
    parameters: ['image'],
    says: /NaN/,
  },
  {
    name: 'NPY with infinity',
    body: npy(undefined, Number.POSITIVE_INFINITY),
    headers: NPY,
    status: 422,
    type: 'unusable-tensor',
    parameters: ['image'],
  },
  {
    name: 'NPY of no images',
    body: npy([0, 3, 8, 8]),
    headers: NPY,
    status: 422,
    type: 'unusable-tensor',
    parameters: ['image'],
  },
  {
    name: 'NPY of too many images',
    body: npy([33, 3, 8, 8]),
    headers: NPY,
    status: 422,
    type: 'unusable-tensor',
    parameters: ['image'],
  },
  {
    name: 'NPY that is none',
    body: 'hello',
    headers: NPY,
    status: 422,
    type: 'unusable-tensor',
    parameters: ['image'],
  },
  {
    name: 'an empty NPY',
    body: '',
    headers: NPY,
    status: 422,
    type: 'unusable-tensor',
    parameters: ['image'],
  },
  {
    name: 'fit and crop for a tensor',
    query: 'fit=fill&crop=0.5',
    body: npy(),
    headers: NPY,
    status: 422,
    type: 'invalid-parameter',
    parameters: ['fit', 'crop'],
  },
  {
    name: 'the content type that curl sends by default',
    body: image,
    headers: other('application/x-www-form-urlencoded'),
    status: 415,
    type: 'unsupported-media-type',
    says: /-H 'content-type: image\/png'/,
  },
  {
    name: 'no content type',
    body: image,
    headers: {},
    status: 415,
    type: 'unsupported-media-type',
    says: /-H 'content-type: image\/png'/,
  },
  {
    name: 'JSON',
    body: '{}',
    headers: other('application/json'),
    status: 415,
    type: 'unsupported-media-type',
  },
  {
    name: 'a content type that is none',
    body: image,
    headers: other('png'),
    status: 415,
    type: 'unsupported-media-type',
  },
  {
    name: 'a compressed body',
    body: image,
    headers: { ...PNG, 'content-encoding': 'gzip' },
    status: 415,
    type: 'unsupported-media-type',
    says: /gzip/,
  },
  {
    name: 'a form without a boundary',
    body: form(part(image)),
    headers: other('multipart/form-data'),
    status: 400,
    type: 'malformed-multipart',
    says: /names no boundary/,
  },
  {
    name: 'a form with an overlong boundary',
    body: form(part(image)),
    headers: other(`multipart/form-data; boundary=${'x'.repeat(71)}`),
    status: 400,
    type: 'malformed-multipart',
  },
  {
    name: 'a form with another boundary',
    body: form(part(image)),
    headers: other('multipart/form-data; boundary=somethingElse'),
    status: 400,
    type: 'malformed-multipart',
  },
  {
    name: 'a form that is cut off',
    body: part(image),
    headers: FORM,
    status: 400,
    type: 'malformed-multipart',
  },
  {
    name: 'a form cut off inside a part',
    body: part(image).subarray(0, 120),
    headers: FORM,
    status: 400,
    type: 'malformed-multipart',
  },
  { name: 'an empty form body', body: '', headers: FORM, status: 400, type: 'malformed-multipart' },
  { name: 'a form without parts', body: form(), headers: FORM, status: 400, type: 'missing-image' },
  {
    name: 'a part without a name',
    body: form(part(image, 'content-disposition: form-data; filename="a.png"')),
    headers: FORM,
    status: 400,
    type: 'malformed-multipart',
    says: /name/,
  },
  {
    name: 'a part without headers',
    body: form(part(image, 'x: y')),
    headers: FORM,
    status: 400,
    type: 'malformed-multipart',
  },
  {
    name: 'a field of another name',
    body: form(part(image, 'content-disposition: form-data; name="file"; filename="a.png"')),
    headers: FORM,
    status: 422,
    type: 'invalid-parameter',
    parameters: ['file'],
  },
  {
    name: 'a text field',
    body: form(part('a', 'content-disposition: form-data; name="image"')),
    headers: FORM,
    status: 422,
    type: 'invalid-parameter',
    parameters: ['image'],
    says: /-F image=@/,
  },
  {
    name: 'a parameter as a field',
    body: form(part(image), part('gradient', 'content-disposition: form-data; name="method"')),
    headers: FORM,
    status: 422,
    type: 'invalid-parameter',
    parameters: ['method'],
    says: /query string/,
  },
  {
    name: 'too many parts',
    body: form(...Array.from({ length: 33 }, () => part('x'))),
    headers: FORM,
    status: 422,
    type: 'invalid-parameter',
    parameters: ['image'],
    says: /at most 32/,
  },
  {
    name: 'an empty part',
    body: form(part(image), part('')),
    headers: FORM,
    status: 422,
    type: 'empty-image',
    parameters: ['image[1]'],
  },
  {
    name: 'one bad picture in a batch',
    body: form(part(image), part(image), part('hello')),
    headers: FORM,
    status: 415,
    type: 'unsupported-media-type',
    parameters: ['image[2]'],
  },
  {
    name: 'two bad pictures in a batch',
    body: form(part('hello'), part(image), part('')),
    headers: FORM,
    status: 415,
    type: 'unsupported-media-type',
    parameters: ['image[0]', 'image[2]'],
    says: /^Image\[0\]: .*plain text; image\[2\]: .*no bytes/,
  },
  {
    name: 'a crop that leaves less than a pixel of two pictures in a batch',
    query: 'crop=0.04',
    body: form(part(image), part(large), part(image)),
    headers: FORM,
    status: 422,
    type: 'invalid-parameter',
    parameters: ['crop', 'crop'],
    says: /image\[0\] \(16x16\).*image\[2\] \(16x16\)/,
  },
  {
    name: 'a body over the limit',
    body: Buffer.alloc(2 ** 20 + 1),
    status: 413,
    type: 'body-too-large',
    says: /1048576 bytes/,
  },
  {
    name: 'a path that cannot be decoded',
    url: '/v1/models/%zz/explain',
    status: 400,
    type: 'malformed-url',
  },
  {
    name: 'an overlong part of the path',
    url: `/v1/models/${'x'.repeat(300)}/explain`,
    status: 414,
    type: 'url-too-long',
  },
  { name: 'an unknown path', url: '/v1/model/tiny/explain', status: 404, type: 'unknown-route' },
  { name: 'a trailing slash', url: `${EXPLAIN}/`, status: 404, type: 'unknown-route' },
]

describe('bad input', async () => {
  test.each(rows)(
    'refuses $name with $status $type',
    async ({ query, body, headers, url, status, type, parameters, says }) => {
      const engine = fakeEngine()
      const app = await testApp({ engine, config: { bodyLimit: 2 ** 20 } })
      const answer = await post(app, {
        body: body ?? (headers ? undefined : image),
        ...(query !== undefined && { query }),
        ...(headers && { headers }),
        ...(url && { url }),
      })
      const problem = problemSchema.parse(answer.json())
      expect(problem).toMatchObject({ type: `/problems/${type}`, status })
      expect(answer.statusCode).toBe(status)
      expect(answer.headers['content-type']).toContain('application/problem+json')
      expect(answer.headers['x-request-id']).toBe(problem.instance)
      expect(answer.headers['server-timing']).toMatch(/total;dur=/)
      expect(problem.errors?.map(({ parameter }) => parameter) ?? []).toEqual(parameters ?? [])
      if (says) expect(problem.detail).toMatch(says)
      expect(answer.body).not.toMatch(/node_modules|at .*\.ts:/)
      expect(engine.jobs.length).toBe(Number(parameters?.[0]?.match(/\d+/)?.[0] ?? 0))
      expect(engine.held()).toBe(0)
      expect((await post(app, { body: image })).statusCode).toBe(200)
    },
  )
})
