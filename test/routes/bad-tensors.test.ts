import { contentType, describeRefusals } from '../helpers/refusals.ts'
import { npy } from '../helpers/requests.ts'

const NPY = contentType('application/x-npy')
const float64 = Buffer.from(npy().toString('latin1').replace('<f4', '<f8'), 'latin1')

describeRefusals('a bad tensor', [
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
])

const JSON_TYPE = contentType('application/json')
/** a good tensor for the tiny model, but for what is given */
const tensorJson = (changed: object = {}): string =>
  JSON.stringify({ shape: [1, 3, 8, 8], datatype: 'FP32', data: new Array(192).fill(0.5), ...changed })
const refused = { headers: JSON_TYPE, status: 422, type: 'unusable-tensor', parameters: ['image'] } as const

describeRefusals('a bad tensor in JSON', [
  { ...refused, name: 'an empty body', body: '' },
  { ...refused, name: 'text that is not JSON', body: 'hello', says: /something else/ },
  { ...refused, name: 'JSON that is cut off', body: tensorJson().slice(0, -1), says: /not JSON/ },
  { ...refused, name: 'null', body: 'null' },
  { ...refused, name: 'a list', body: '[1,2]' },
  { ...refused, name: 'an object without a tensor', body: '{}', says: /shape, datatype and data/ },
  {
    ...refused,
    name: 'the wrong shape',
    body: tensorJson({ shape: [1, 3, 4, 4], data: new Array(48).fill(0) }),
    says: /FP32 of shape \(N,3,8,8\) for tiny, got shape \(1,3,4,4\)/,
  },
  { ...refused, name: 'too few dimensions', body: tensorJson({ shape: [3, 8, 8] }) },
  { ...refused, name: 'no images', body: tensorJson({ shape: [0, 3, 8, 8], data: [] }), says: /N = 0/ },
  {
    ...refused,
    name: 'too many images',
    body: tensorJson({ shape: [33, 3, 8, 8], data: new Array(33 * 192).fill(0) }),
    says: /N = 33/,
  },
  { ...refused, name: 'a shape that the data do not fill', body: tensorJson({ data: [1, 2] }) },
  { ...refused, name: 'a shape of more than memory', body: tensorJson({ shape: [1e9, 3, 8, 8] }) },
  { ...refused, name: 'a shape that is none', body: tensorJson({ shape: [1, 3, -8, 'x'] }) },
  { ...refused, name: 'another datatype', body: tensorJson({ datatype: 'FP64' }), says: /got FP64/ },
  { ...refused, name: 'an unknown datatype', body: tensorJson({ datatype: 'constructor' }) },
  {
    ...refused,
    name: 'null, which NaN becomes in JSON',
    body: tensorJson({ data: new Array(192).fill(Number.NaN) }),
    says: /got null at element 0/,
  },
  { ...refused, name: 'NaN', body: tensorJson().replace('0.5', 'NaN'), says: /no NaN/ },
  { ...refused, name: 'a number beyond float32', body: tensorJson().replace('0.5', '1e39') },
  { ...refused, name: 'a text among the numbers', body: tensorJson().replace('0.5', '"0.5"') },
  {
    ...refused,
    name: 'lists in lists without end',
    body: `{"data":${'['.repeat(200_000)}${']'.repeat(200_000)}}`,
    says: /lists/,
  },
  {
    ...refused,
    name: 'a number that is a deep list',
    body: tensorJson().replace('0.5', `${'['.repeat(800)}${']'.repeat(800)}`),
  },
  {
    ...refused,
    name: 'empty lists by the thousand',
    body: `{"data":[${'[],'.repeat(300_000)}0]}`,
    says: /lists/,
  },
  {
    ...refused,
    name: 'objects by the thousand',
    body: `{"data":[${'{},'.repeat(300_000)}0]}`,
    says: /much else/,
  },
  {
    ...refused,
    name: 'fit for a tensor',
    query: 'fit=fill',
    body: tensorJson(),
    type: 'invalid-parameter',
    parameters: ['fit'],
  },
])
