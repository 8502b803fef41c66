import { writeNpy } from '../../src/imaging/npy.ts'
import { contentType, describeRefusals, image, type Refusal } from '../helpers/refusals.ts'
import { FORM, form, part } from '../helpers/requests.ts'

const JSON_TYPE = contentType('application/json')
const NPY_TYPE = contentType('application/x-npy')

/** A bad parameter of filter. */
const bad = (name: string, query: string, parameters: readonly string[], says: RegExp): Refusal => ({
  name,
  url: '/v1/filter',
  query,
  status: 422,
  type: 'invalid-parameter',
  parameters,
  says,
})

describeRefusals('a bad step in the query', [
  bad('no step', '', ['filter'], /expected at least one step, as filter=average:5/),
  bad(
    'an unknown filter',
    'filter=avarage:5',
    ['filter'],
    /at character 1 of "avarage:5".*did you mean "average"/,
  ),
  bad('a filter named after a property of objects', 'filter=constructor', ['filter'], /there is no filter/),
  bad(
    'a value that is none',
    'filter=laplacian:x',
    ['filter'],
    /at character 11 of .*alpha to be a number from 0 to 1, got "x"/,
  ),
  bad(
    'the second step of two',
    'filter=average&filter=gaussian:3:-1',
    ['filter[1]'],
    /at character 12.*sigma/,
  ),
  bad('σ of 0', 'filter=gaussian:3:0', ['filter'], /sigma to be a number above 0/),
  bad('σ that is no number', 'filter=gaussian:3:NaN', ['filter'], /sigma/),
  bad(
    'a kernel larger than 255',
    'filter=average:256',
    ['filter'],
    /size to be a whole number from 1 to 255/,
  ),
  bad('a kernel larger than 255 one way', 'filter=average:3x257', ['filter'], /size/),
  bad('too many values', 'filter=average:3:4', ['filter'], /at character 11.*average takes only size/),
  bad(
    'a value without a name after one with',
    'filter=gaussian:sigma=1:3',
    ['filter'],
    /at character 18.*expected name=value/,
  ),
  bad('a name twice', 'filter=laplacian:0.2:alpha=0.3', ['filter'], /alpha is given twice/),
  bad(
    'an unknown name',
    'filter=laplacian:alfa=0.3',
    ['filter'],
    /has no parameter "alfa"; did you mean "alpha"/,
  ),
  bad('an unknown combination', 'filter=laplacian:combine=substract', ['filter'], /did you mean "subtract"/),
  bad('a ragged matrix', 'filter=custom:1,2;3', ['filter'], /rows of equal length/),
  bad('a matrix with a text', 'filter=custom:1,x', ['filter'], /kernel/),
  bad('17 steps', Array(17).fill('filter=average').join('&'), ['filter'], /expected 1 to 16 steps, got 17/),
  bad(
    'an unknown boundary',
    'filter=average&boundary=reflect',
    ['boundary'],
    /symmetric, replicate, circular or mirror, got "reflect"/,
  ),
  bad('a boundary that overflows', 'filter=average&boundary=1e999', ['boundary'], /boundary/),
  bad(
    'all at once',
    'filter=averag&filter=disk:0&mode=convolve&boundar=1',
    ['filter[0]', 'filter[1]', 'mode', 'boundar'],
    /did you mean/,
  ),
  bad(
    'numbers in the format of a picture',
    'filter=average&output=float',
    ['output'],
    /take format=json or npy/,
  ),
  bad(
    'light with casts',
    'filter=average&light=linear&intermediate=uint8',
    ['light'],
    /expected intermediate=float/,
  ),
  bad(
    'a kernel larger than the picture under mirror',
    'filter=average:17&boundary=mirror',
    ['filter'],
    /16 rows and 16 columns for boundary=mirror, got 17x17/,
  ),
  bad('the same under circular', 'filter=average:1x17&boundary=circular', ['filter'], /circular/),
  bad(
    'nothing left',
    'filter=average:9&filter=average:9&size=valid',
    ['filter[1]'],
    /8 rows and 8 columns for size=valid/,
  ),
  bad(
    'a result of another size than its input',
    'filter=laplacian:combine=subtract&size=full',
    ['filter'],
    /expected size=same/,
  ),
])

/** A bad JSON body. */
const badBody = (
  name: string,
  body: unknown,
  parameters: readonly string[],
  says: RegExp,
  query = '',
): Refusal => ({
  ...bad(name, query, parameters, says),
  headers: JSON_TYPE,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
const pipeline = [{ type: 'average' }]

describeRefusals('bad numbers', [
  badBody('text that is not JSON', '{"data": [NaN]}', ['data'], /JSON/),
  badBody('a list in place of an object', [1, 2], ['data'], /expected a JSON object/),
  badBody('no data', { pipeline }, ['data'], /expected a list, rows/),
  badBody('an empty list', { data: [], pipeline }, ['data'], /shape \(0\)/),
  badBody('four dimensions', { data: [[[[1]]]], pipeline }, ['data'], /expected a list, rows/),
  badBody('ragged rows', { data: [[1, 2], [3]], pipeline }, ['data[1]'], /expected 2 elements.*got 1/),
  badBody('a number in place of a row', { data: [[1, 2], 3], pipeline }, ['data[1]'], /got 3/),
  badBody(
    'null among numbers',
    { data: [[1, null]], pipeline },
    ['data[0][1]'],
    /expected a number, got null/,
  ),
  badBody(
    'a fraction among integers',
    { data: [1.5], dtype: 'uint8', pipeline },
    ['data[0]'],
    /whole number from 0 to 255/,
  ),
  badBody('300 in uint8', { data: [1, 300], dtype: 'uint8', pipeline }, ['data[1]'], /got 300/),
  badBody(
    'an unknown class',
    { data: [1], dtype: 'float', pipeline },
    ['dtype'],
    /uint8, uint16, int16, float32 or float64/,
  ),
  badBody('no pipeline', { data: [1] }, ['filter'], /expected at least one step/),
  badBody(
    'a pipeline that is no list',
    { data: [1], pipeline: {} },
    ['pipeline'],
    /expected a list of steps/,
  ),
  badBody('an empty pipeline', { data: [1], pipeline: [] }, ['pipeline'], /expected 1 to 16 steps, got 0/),
  badBody(
    'a step without a type',
    { data: [1], pipeline: [{ size: 3 }] },
    ['pipeline[0].type'],
    /name of a filter/,
  ),
  badBody(
    'an unknown type',
    { data: [1], pipeline: [{ type: 'box' }] },
    ['pipeline[0].type'],
    /there is no filter "box"/,
  ),
  badBody(
    'an unknown name',
    { data: [1], pipeline: [{ type: 'average', sise: 3 }] },
    ['pipeline[0].sise'],
    /did you mean "size"/,
  ),
  badBody(
    'a bad value',
    { data: [1], pipeline: [{ type: 'average', size: [5, 0] }] },
    ['pipeline[0].size'],
    /got "\[5,0\]"/,
  ),
  badBody(
    'a ragged kernel',
    { data: [1], pipeline: [{ type: 'custom', kernel: [[1, 2], [3]] }] },
    ['pipeline[0].kernel'],
    /equal length/,
  ),
  badBody(
    'an infinite kernel',
    '{"data":[1],"pipeline":[{"type":"custom","kernel":[[1e999]]}]}',
    ['pipeline[0].kernel'],
    /kernel/,
  ),
  badBody('an unknown parameter', { data: [1], pipeline, bounds: 1 }, ['bounds'], /did you mean "boundary"/),
  badBody(
    'the same in query and body',
    { data: [1], pipeline, mode: 'conv' },
    ['mode'],
    /in one of them/,
    'mode=corr',
  ),
  badBody(
    'steps in query and body',
    { data: [1], pipeline },
    ['pipeline'],
    /in one of them/,
    'filter=average',
  ),
  {
    ...badBody('an image as a list of too many lists', '', ['data'], /300000 lists/),
    body: `{"data":[${'[],'.repeat(300_001)}1]}`,
  },
])

describeRefusals('a bad array in NPY', [
  {
    ...bad('complex numbers', 'filter=average', [], /Expected floats, integers or booleans/),
    type: 'unusable-tensor',
    headers: NPY_TYPE,
    body: Buffer.from(
      writeNpy({ shape: [2], data: new Float64Array(2) })
        .toString('latin1')
        .replace('<f8', '<c8'),
      'latin1',
    ),
  },
  {
    ...bad('four dimensions', 'filter=average', [], /got shape \(1, 2, 2, 3\)/),
    type: 'unusable-tensor',
    headers: NPY_TYPE,
    body: writeNpy({ shape: [1, 2, 2, 3], data: new Float32Array(12) }),
  },
  {
    ...bad('64-bit integers', 'filter=average', [], /got <i8: use astype/),
    type: 'unusable-tensor',
    headers: NPY_TYPE,
    body: writeNpy({ shape: [2], data: BigInt64Array.of(1n, 2n) }),
  },
  {
    ...bad('NaN', 'filter=average', [], /finite/),
    type: 'unusable-tensor',
    headers: NPY_TYPE,
    body: writeNpy({ shape: [2], data: Float32Array.of(1, Number.NaN) }),
  },
])

const field = (text: string) => part(text, 'content-disposition: form-data; name="pipeline"')

describeRefusals('a bad form', [
  {
    ...bad('steps in query and form', 'filter=average', ['pipeline'], /in one of them/),
    headers: FORM,
    body: form(part(image), field('[{"type":"average"}]')),
  },
  {
    ...bad('a pipeline that is not JSON', '', ['pipeline'], /expected JSON/),
    headers: FORM,
    body: form(part(image), field('average:5')),
  },
  {
    ...bad('two pipelines', '', ['pipeline'], /expected once/),
    headers: FORM,
    body: form(part(image), field('[]'), field('[]')),
  },
  {
    ...bad('another field', 'filter=average', ['picture'], /only fields named image and pipeline/),
    headers: FORM,
    body: form(part(image), part('x', 'content-disposition: form-data; name="picture"')),
  },
  {
    ...bad('a pipeline without a picture', '', [], /no field named image/),
    status: 400,
    type: 'missing-image',
    headers: FORM,
    body: form(field('[{"type":"average"}]')),
  },
])

describeRefusals('a comparison that cannot be made', [
  {
    ...bad(
      '7 steps',
      Array(7).fill('filter=average').join('&'),
      ['pipeline'],
      /at most 6 steps to compare, got 7/,
    ),
    url: '/v1/filter/compare',
  },
  {
    ...bad('two pictures', 'filter=average&filter=laplacian', ['image'], /expected one picture, got 2/),
    url: '/v1/filter/compare',
    headers: FORM,
    body: form(part(image), part(image)),
  },
  {
    ...bad(
      'a form of the output',
      'filter=average&filter=laplacian&output=abs',
      ['output'],
      /unknown parameter/,
    ),
    url: '/v1/filter/compare',
  },
])
