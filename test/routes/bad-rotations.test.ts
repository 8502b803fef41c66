import { writeNpy } from '../../src/imaging/npy.ts'
import { npyFile } from '../../src/imaging/npy-file.ts'
import { contentType, describeRefusals, image, type Refusal } from '../helpers/refusals.ts'
import { FORM, form, npy, part } from '../helpers/requests.ts'

const url = '/v1/augment/rot90'
const NPY = contentType('application/x-npy')
const volumes = npy([15, 3, 4, 6])
const cubes = npy([2, 3, 3, 3])
const objects = npyFile({ shape: [1, 1], dtype: '<f8', data: new Uint8Array(8) })
  .toString('latin1')
  .replace("'<f8'", "'|O' ")
const draws = (...list: readonly object[]) => `draws=${encodeURIComponent(JSON.stringify(list))}`

/** Of an array, as NPY. */
const refused = (
  name: string,
  query: string,
  parameter: string,
  says: RegExp,
  body: Buffer = cubes,
): Refusal => ({
  ...{ name, url, query, body, headers: NPY, says },
  ...{ status: 422, type: 'invalid-parameter', parameters: [parameter] },
})

describeRefusals('a bad rotation', [
  refused(
    'volumes of unequal lengths',
    'nonCubic=error',
    'nonCubic',
    /\(15, 3, 4, 6\).*nonCubic=half-turns.*nonCubic=ragged/,
    volumes,
  ),
  refused('the same without being asked', '', 'nonCubic', /half-turns.*ragged/, volumes),
  refused(
    'a quarter turn of unequal lengths',
    'k=1&axes=1,3&nonCubic=error',
    'nonCubic',
    /sample 0/i,
    volumes,
  ),
  refused(
    'a quarter turn as a half turn',
    'k=1&nonCubic=half-turns',
    'k',
    /half-turns does not allow/,
    volumes,
  ),
  refused('the batch axis', 'k=1&axes=0,2', 'axes', /got 0, the batch/),
  refused('the channel axis', 'k=1&axes=1,2&layout=NCHW', 'axes', /got 1, the channels/),
  refused('an axis that is not there', 'k=1&axes=2,7', 'axes', /got 7/),
  refused('one axis twice', 'k=1&axes=2,-2', 'axes', /two different axes/),
  refused('a single axis', 'axes=2', 'axes', /a pair of axes/),
  refused('axes that are words', 'axes=H,W', 'axes', /a pair of axes/),
  refused('half a turn', 'k=0.5', 'k', /whole numbers/),
  refused('a k that is no number', 'k=NaN', 'k', /whole numbers/),
  refused('a k beyond counting', 'k=99999999999', 'k', /whole numbers/),
  refused('k for more samples than there are', 'k=1,2,3', 'k', /each of 2 samples, got 3/),
  refused('axes for more samples than there are', 'axes=1,2;2,3;1,3', 'axes', /each of 2 samples, got 3/),
  refused('a group beside k', 'k=1&group=plane', 'group', /k says it already/),
  refused('axes of a group that chooses them', 'group=cube24&axes=1,2', 'axes', /chooses the axes itself/),
  refused('a cube in two dimensions', 'group=cube24&layout=NCHW', 'group', /three axes/),
  refused('an unknown group', 'group=cube25', 'group', /did you mean "cube24"/),
  refused('a chance above 1', 'p=1.5', 'p', /from 0 to 1/),
  refused('a layout of another rank', 'layout=HW', 'layout', /4 letters/),
  refused('an array of six dimensions', '', 'layout', /2 to 5 dimensions/, npy([1, 1, 1, 1, 2, 2])),
  refused('too many samples', 'layout=NHW', 'image', /at most 1024 samples, got 1025/, npy([1025, 1, 1])),
  refused('a picture of an array', 'format=png', 'format', /arrays come as npy, json, zip, mixed/),
  refused(
    'too many numbers for JSON',
    'format=json&k=0&layout=NHW',
    'format',
    /at most 1,000,000 numbers/,
    writeNpy({ shape: [1, 1000, 1001], data: new Uint8Array(1_001_000) }),
  ),
  refused('draws that are no JSON', 'draws=1,2', 'draws', /a JSON list of draws/),
  refused('draws that are no list', 'draws=7', 'draws', /got "7"/),
  refused('a draw without axes', draws({ k: 1 }), 'draws', /at \[0\]\.axes/),
  refused('a draw of half a turn', draws({ k: 0.5, axes: [1, 2] }), 'draws', /at \[0\]\.k/),
  refused('a draw of something else', draws({ k: 1, axes: [1, 2], angle: 90 }), 'draws', /at \[0\]/),
  refused('draws of another batch', draws({ k: 1, axes: [1, 2] }), 'draws', /each of 2 samples, got 1/),
  refused(
    'draws beside a seed',
    `${draws({ k: 1, axes: [1, 2] }, { k: 0, axes: [1, 2] })}&seed=1`,
    'seed',
    /draws says it/,
  ),
  refused('an unknown parameter', 'angle=90', 'angle', /unknown/),
  {
    ...refused('everything at once', 'k=x&axes=1&p=2&seed=-1&colour=red', 'axes', /./),
    parameters: ['k', 'axes', 'p', 'seed', 'colour'],
  },
  {
    ...refused('an array of objects', '', 'image', /objects \(a pickle\)/, Buffer.from(objects, 'latin1')),
    type: 'unusable-tensor',
  },
  {
    ...refused('an array that was cut off', '', 'image', /expected 216 bytes/i, cubes.subarray(0, -4)),
    type: 'unusable-tensor',
  },
  {
    ...refused(
      'integers that JSON cannot hold',
      'format=json&k=0',
      'image',
      /2\^53/,
      writeNpy({ shape: [1, 1, 1], data: BigInt64Array.of(2n ** 60n) }),
    ),
    type: 'unusable-tensor',
    parameters: [],
  },
  {
    ...refused('a layout for a picture', 'layout=HW', 'layout', /for arrays/, image),
    headers: contentType('image/png'),
  },
  {
    ...refused('the columns of a picture twice', 'axes=1,1', 'axes', /two different axes/, image),
    headers: contentType('image/png'),
  },
  {
    ...refused('pictures and arrays together', '', 'image[0]', /pictures alone, or arrays alone/),
    ...{
      headers: FORM,
      body: form(part(cubes, 'content-disposition: form-data; name="image"; filename="a.npy"'), part(image)),
    },
  },
  {
    ...refused(
      'draws in the query and in the form',
      draws({ k: 1, axes: [0, 1] }),
      'draws',
      /once, got 2 times/,
    ),
    ...{ headers: FORM, body: form(part(image), part('[]', 'content-disposition: form-data; name="draws"')) },
  },
  {
    ...refused('draws in two fields', '', 'draws', /once, got it several times/),
    headers: FORM,
    body: form(
      part(image),
      part('[]', 'content-disposition: form-data; name="draws"'),
      part('[]', 'content-disposition: form-data; name="draws"'),
    ),
  },
  {
    ...refused('another field', '', 'axes', /fields named image and draws/),
    ...{ headers: FORM, body: form(part(image), part('1,2', 'content-disposition: form-data; name="axes"')) },
  },
  {
    ...{ name: 'a tensor in JSON', url, body: '{}', headers: contentType('application/json') },
    ...{ status: 415, type: 'unsupported-media-type', says: /pictures, or arrays as application\/x-npy/ },
  },
  {
    ...{
      name: 'an array for who accepts pictures',
      url,
      body: cubes,
      headers: { ...NPY, accept: 'image/png' },
    },
    ...{ status: 406, type: 'not-acceptable' },
  },
  {
    ...{
      name: 'a picture for who accepts PDF',
      url,
      body: image,
      headers: { ...contentType('image/png'), accept: 'application/pdf' },
    },
    ...{ status: 406, type: 'not-acceptable' },
  },
])
