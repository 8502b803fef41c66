import { beforeAll, describe, expect, test } from 'vitest'
import { readNpy, writeNpy } from '../../src/imaging/npy.ts'
import { decodeRaster, encodeRaster } from '../../src/imaging/raster.ts'
import { fixtures } from '../filters/fixtures.ts'
import { png, testApp } from '../helpers/app.ts'
import { FORM, form, part, post } from '../helpers/requests.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const FILTER = '/v1/filter'
const list = fixtures.mathematica.list
const fiveDigits = (values: readonly number[]) => values.map((v) => Number(v.toPrecision(6)))

/** What filter answers to numbers. */
const filterNumbers = async (body: object, query = '', url = FILTER) =>
  post(await testApp(), { url, query, body: JSON.stringify(body), headers: JSON_TYPE })

const gauss = { type: 'wolfram-gaussian-r1' }
const laplace = { type: 'wolfram-laplacian-r1' }

describe('numbers', () => {
  test.each([
    ['replicate', [laplace, gauss], [5.15139, 0.568439, -1.13688, -9.16589, -1.13688, 0.568439, 5.15139]],
    ['replicate', [gauss, laplace], [5.15139, 0.568439, -1.13688, -9.16589, -1.13688, 0.568439, 5.15139]],
    [1, [laplace, gauss], [4.68233, 0.568439, -1.13688, -9.16589, -1.13688, 0.568439, 4.68233]],
    [1, [gauss, laplace], [4.58295, 0.568439, -1.13688, -9.16589, -1.13688, 0.568439, 4.58295]],
  ])('a list, boundary %s: the digits that Mathematica prints', async (boundary, pipeline, expected) => {
    const answer = (await filterNumbers({ data: list, pipeline, boundary })).json()
    expect(answer.shape).toEqual([7])
    expect(answer.datatype).toBe('FP64')
    expect(fiveDigits(answer.data)).toEqual(expected)
  })

  test('say how they were filtered, defaults included', async () => {
    const { boundary, size, mode, intermediate, light, output, pipeline } = (
      await filterNumbers({
        data: [
          [1, 2],
          [3, 4],
        ],
        pipeline: [{ type: 'gaussian', sigma: 2 }],
      })
    ).json()
    expect({ boundary, size, mode, intermediate, light, output }).toEqual({
      boundary: 0,
      size: 'same',
      mode: 'corr',
      intermediate: 'float',
      light: 'encoded',
      output: 'float',
    })
    expect(pipeline).toEqual([{ type: 'gaussian', size: 3, sigma: 2, combine: 'replace', amount: 1 }])
  })

  test.each([
    ['uint8', 'UINT8', 'clamp'],
    ['uint16', 'UINT16', 'clamp'],
    ['int16', 'INT16', 'clamp'],
    ['float64', 'FP64', 'float'],
  ])('of class %s come back as %s', async (dtype, datatype, output) => {
    const answer = (await filterNumbers({ data: [[1, 2, 3]], dtype, pipeline: [{ type: 'average' }] })).json()
    expect(answer).toMatchObject({ shape: [1, 3], datatype, output })
  })

  test('of several channels keep them', async () => {
    const data = fixtures.images.rgb
    const answer = (await filterNumbers({ data, pipeline: [{ type: 'average', size: 1 }] })).json()
    expect(answer.shape).toEqual([7, 9, 3])
    expect(answer.data).toEqual(data)
  })

  test('in a query and in a body mean the same', async () => {
    const inBody = await filterNumbers({ data: list, pipeline: [gauss, laplace], boundary: 'mirror' })
    const inQuery = await filterNumbers(
      { data: list },
      'filter=wolfram-gaussian-r1&filter=wolfram-laplacian-r1&boundary=mirror',
    )
    expect(inQuery.json().data).toEqual(inBody.json().data)
  })

  test('that grow beyond floats are null, with a warning', async () => {
    const body = { data: [1e308, 1e308], pipeline: [{ type: 'custom', kernel: [[1, 1]] }] }
    const answer = (await filterNumbers(body)).json()
    expect(answer.data).toEqual([null, 1e308])
    expect(answer.warnings).toEqual([expect.stringMatching(/not finite/)])
  })

  test('as NPY come back as NPY of their class', async () => {
    const data = Float64Array.from(list)
    const { rawPayload, headers } = await post(await testApp(), {
      url: FILTER,
      query: 'filter=wolfram-gaussian-r1&filter=wolfram-laplacian-r1&boundary=replicate',
      body: writeNpy({ shape: [7], data }),
      headers: { 'content-type': 'application/x-npy' },
    })
    expect(headers['content-type']).toBe('application/x-npy')
    const { shape, dtype, data: result } = readNpy(rawPayload)
    expect({ shape, dtype }).toEqual({ shape: [7], dtype: '<f8' })
    expect([...result]).toEqual(fixtures.mathematica.fixed.lapl_of_gauss.map((v) => expect.closeTo(v, 12)))
  })
})

describe('pictures', () => {
  let photo: Buffer
  beforeAll(async () => {
    photo = await png(9, 7)
  })
  const filterPicture = async (query: string, body: Buffer, headers = { 'content-type': 'image/png' }) =>
    post(await testApp(), { url: FILTER, query, body, headers })

  test('come back as pictures of the same size, a constant one unchanged by an average', async () => {
    const { statusCode, headers, rawPayload } = await filterPicture(
      'filter=average:3&boundary=replicate',
      photo,
    )
    expect(statusCode).toBe(200)
    expect(headers['content-type']).toBe('image/png')
    expect(headers['gradlens-output']).toBe('clamp')
    const { width, height, data } = await decodeRaster(rawPayload)
    expect({ width, height }).toEqual({ width: 9, height: 7 })
    expect([...data.subarray(0, 3)]).toEqual([200, 100, 50])
  })

  test.each([
    [1, 8],
    [2, 8],
    [3, 8],
    [4, 8],
    [1, 16],
    [2, 16],
    [3, 16],
    [4, 16],
  ] as const)('of %i channels and %i bits keep both, and their opacity', async (channels, depth) => {
    const length = 7 * 5 * channels
    const values = Array.from({ length }, (_, i) => (i * 37) % (depth === 8 ? 256 : 65536))
    const data = depth === 8 ? Uint8Array.from(values) : Uint16Array.from(values)
    const body = await encodeRaster({ width: 7, height: 5, channels, depth, data }, 'png')
    const { rawPayload } = await filterPicture('filter=custom:1', body)
    const result = await decodeRaster(rawPayload)
    expect({ ...result, data: [...result.data] }).toMatchObject({ channels, depth, data: values })
  })

  test('of results around 0 are stretched, not black, and say so', async () => {
    const body = await encodeRaster(
      { width: 3, height: 1, channels: 1, depth: 8, data: Uint8Array.of(10, 60, 20) },
      'png',
    )
    const { headers, rawPayload } = await filterPicture('filter=custom:-1,2,-1&boundary=replicate', body)
    expect(headers['gradlens-output']).toBe('minmax')
    expect(decodeURIComponent(`${headers['gradlens-warnings']}`)).toMatch(/sum to 0/)
    expect([...(await decodeRaster(rawPayload)).data]).toEqual([0, 255, 18])
  })

  test.each([
    ['clamp', [0, 90, 0]],
    ['abs', [50, 90, 40]],
    ['minmax', [0, 255, 18]],
    ['offset', [78, 218, 88]],
  ])('in the form %s', async (output, expected) => {
    const body = await encodeRaster(
      { width: 3, height: 1, channels: 1, depth: 8, data: Uint8Array.of(10, 60, 20) },
      'png',
    )
    const { rawPayload } = await filterPicture(
      `filter=custom:-1,2,-1&boundary=replicate&output=${output}`,
      body,
    )
    expect([...(await decodeRaster(rawPayload)).data]).toEqual(expected)
  })

  test('as amounts of light: black and white average to 188, not to 128', async () => {
    const body = await encodeRaster(
      { width: 2, height: 1, channels: 1, depth: 8, data: Uint8Array.of(0, 255) },
      'png',
    )
    const value = async (light: string) => {
      const { rawPayload } = await filterPicture(`filter=custom:0.5,0.5&size=valid&light=${light}`, body)
      return [...(await decodeRaster(rawPayload)).data]
    }
    expect(await value('linear')).toEqual([188])
    expect(await value('encoded')).toEqual([128])
  })

  test.each([
    ['jpeg', 'image/jpeg'],
    ['webp', 'image/webp'],
    ['json', 'application/json'],
    ['npy', 'application/x-npy'],
    ['zip', 'application/zip'],
  ])('as %s', async (format, type) => {
    const { statusCode, headers } = await filterPicture(`filter=gaussian:3:1&format=${format}`, photo)
    expect(statusCode).toBe(200)
    expect(headers['content-type']).toContain(type)
  })

  test('with a pipeline in a field of the form', async () => {
    const pipeline = part(
      '[{"type":"custom","kernel":[[1]]}]',
      'content-disposition: form-data; name="pipeline"',
    )
    const { statusCode, rawPayload } = await filterPicture('', form(part(photo), pipeline), FORM)
    expect(statusCode).toBe(200)
    expect((await decodeRaster(rawPayload)).data).toEqual((await decodeRaster(photo)).data)
  })

  test.each([
    ['webp', 16384],
    ['jpeg', 65501],
  ])('too long for %s are refused by name', async (format, width) => {
    const body = await png(width, 1)
    const { statusCode, json } = await filterPicture(`filter=average:1&format=${format}`, body)
    expect(statusCode).toBe(422)
    expect(json().detail).toMatch(/pixels a side, this picture is .*x1: take another format/)
  })

  test('several at once, in order, as a zip', async () => {
    const { statusCode, headers } = await filterPicture(
      'filter=average:3',
      form(part(photo), part(photo)),
      FORM,
    )
    expect(statusCode).toBe(200)
    expect(headers['content-type']).toBe('application/zip')
  })
})

describe('compare', () => {
  const compare = (body: object) => filterNumbers(body, '', `${FILTER}/compare`)

  test('two orders of a list: rings only, and the sentence that says why', async () => {
    const answer = (await compare({ data: list, pipeline: [laplace, gauss], boundary: 1 })).json()
    expect(
      answer.orders.map(({ pipeline }: { pipeline: { type: string }[] }) => pipeline.map(({ type }) => type)),
    ).toEqual([
      ['wolfram-laplacian-r1', 'wolfram-gaussian-r1'],
      ['wolfram-gaussian-r1', 'wolfram-laplacian-r1'],
    ])
    expect(answer.difference).toMatchObject({
      where: 'rings',
      max: expect.closeTo(4.682326880062655 - 4.58294639685405, 12),
    })
    expect([0, 6]).toContain(answer.difference.at[0])
    expect(answer.sentence).toMatch(/only near the edges.*boundary=1.*linear filters commute/)
  })

  const sharpen = { type: 'laplacian', alpha: 0.2, combine: 'subtract' }
  const laplacian = { type: 'laplacian', alpha: 0.2 }
  const average = { type: 'average', size: [5, 5] }
  test.each(fixtures.order.map((c) => [c.i, c.b, c] as const))(
    '%s, boundary %s: the maxima of Octave',
    async (name, b, c) => {
      const isInteger = name.endsWith('u8')
      const about = {
        data: fixtures.images[name],
        dtype: isInteger ? 'uint8' : 'float64',
        boundary: Number.isNaN(Number(b)) ? b : Number(b),
        intermediate: isInteger ? 'uint8' : 'float',
      }
      const differences = async (first: object) =>
        (await compare({ ...about, pipeline: [first, average] })).json().difference
      const smoothing = await differences(sharpen)
      const plain = await differences(laplacian)
      expect(smoothing.max).toBeCloseTo(c.max_diff, 12)
      expect(smoothing.interior).toBeCloseTo(c.max_diff_interior, 12)
      expect(plain.max).toBeCloseTo(c.max_diff_lap, 12)
      expect(plain.interior).toBeCloseTo(c.max_diff_lap_interior, 12)
      const equal = b === 'symmetric' || b === 'circular'
      expect(smoothing.where).toBe(isInteger ? 'everywhere' : equal ? 'nowhere' : 'rings')
    },
  )

  test('orders of steps that are alike once', async () => {
    const answer = (await compare({ data: [[1, 2, 3]], pipeline: [average, average, laplacian] })).json()
    expect(answer.orders).toHaveLength(3)
    const alike = (await compare({ data: [[1, 2, 3]], pipeline: [average, average] })).json()
    expect(alike.orders).toHaveLength(1)
    expect(alike.sentence).toMatch(/only one order/)
  })

  test('all orders of three steps, the given one and its reverse of four', async () => {
    const steps = [average, laplacian, { type: 'sobel' }]
    expect((await compare({ data: [[1, 2, 3]], pipeline: steps })).json().orders).toHaveLength(6)
    expect((await compare({ data: [[1, 2, 3]], pipeline: [...steps, average] })).json().orders).toHaveLength(
      2,
    )
  })
})

describe('compose', () => {
  const compose = async (query: string) =>
    (await testApp()).inject({ method: 'GET', url: `${FILTER}/compose?${query}` })

  test('two averages of two are {1, 2, 1} / 4', async () => {
    const answer = (await compose('filter=average:1x2&filter=average:1x2')).json()
    expect(answer).toMatchObject({ rows: 1, columns: 3, sum: 1, kernel: [[0.25, 0.5, 0.25]], centre: [0, 0] })
    expect(answer.response.horizontal.at(-1)).toBeCloseTo(0, 12)
    expect(answer.response.vertical).toEqual(answer.response.vertical.map(() => expect.closeTo(1, 12)))
  })

  test('the kernel equals the sequence where no edge is near', async () => {
    const { kernel } = (await compose('filter=gaussian:5:1&filter=laplacian:0.2:combine=subtract')).json()
    const data = fixtures.images.gray
    const steps = [
      { type: 'gaussian', size: 5, sigma: 1 },
      { type: 'unsharp', alpha: 0.2 },
    ]
    const both = (await filterNumbers({ data, pipeline: steps, size: 'valid' })).json().data
    const once = (await filterNumbers({ data, pipeline: [{ type: 'custom', kernel }], size: 'valid' })).json()
      .data
    expect(once.flat()).toEqual(both.flat().map((v: number) => expect.closeTo(v, 12)))
  })
})
