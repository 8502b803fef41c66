import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { unzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { decodeImage } from '../../src/imaging/decode.ts'
import { type NpyNumbers, readNpy, writeNpy } from '../../src/imaging/npy.ts'
import { npyFile, openNpy } from '../../src/imaging/npy-file.ts'
import { decodeRaster, encodeRaster, type Raster } from '../../src/imaging/raster.ts'
import { sharp } from '../../src/imaging/sharp.ts'
import { rotationSchema } from '../../src/schemas/augment.ts'
import { fakeEngine, testApp } from '../helpers/app.ts'
import { FORM, form, part, post } from '../helpers/requests.ts'

const URL_PATH = '/v1/augment/rot90'
const NPY = { 'content-type': 'application/x-npy' }

const rotate = (
  app: FastifyInstance,
  body: Buffer,
  query: Readonly<Record<string, string>> = {},
  headers: Readonly<Record<string, string>> = NPY,
) => post(app, { url: URL_PATH, body, query: new URLSearchParams(query).toString(), headers })

const file = (bytes: Buffer, name = 'a.bin') =>
  part(bytes, `content-disposition: form-data; name="image"; filename="${name}"`)
const drawsOf = (answer: LightMyRequestResponse) => `${answer.headers['gradlens-draws']}`
const range = (length: number) => Array.from({ length }, (_, i) => i)
const array = (shape: readonly number[]): Buffer =>
  writeNpy({ shape, data: Float32Array.from(range(shape.reduce((a, b) => a * b, 1))) })

/** Pixels that are all different, so that every orientation shows. */
const picture: Raster = {
  ...{ width: 3, height: 2, channels: 3, depth: 8 },
  data: Uint8Array.from(range(18).map((i) => i * 13)),
}
const png = await encodeRaster(picture, 'png')
const PNG = { 'content-type': 'image/png' }
const filesIn = (zip: Buffer) =>
  Object.fromEntries(Object.entries(unzipSync(zip)).map(([name, bytes]) => [name, Buffer.from(bytes)]))

interface Row {
  readonly in: readonly number[]
  readonly k: number
  readonly axes: readonly [number, number]
  readonly out: readonly number[]
  readonly values?: readonly number[]
  readonly check: number
}
const { rot90 }: { rot90: readonly Row[] } = JSON.parse(readFileSync('test/fixtures/rotations.json', 'utf8'))

describe('arrays', () => {
  /** channels of (N,C,D,H,W) stay where they are */
  const spatial = rot90.filter(
    ({ in: shape, axes }) => shape.length === 4 || (shape.length === 5 && !axes.includes(1)),
  )
  it.each(spatial)(
    'of shape $in turned by k = $k in axes $axes are numpy.rot90’s',
    async ({ in: shape, k, axes, out, check }) => {
      const answer = await rotate(await testApp(), array(shape), { k: `${k}`, axes: axes.join() })
      const turned = readNpy(answer.rawPayload)
      expect(turned.shape).toEqual(out)
      expect([...turned.data].reduce((sum, value, i) => sum + value * (i % 97), 0)).toBe(check)
    },
  )

  it('keep the printed numbers: [[0,1,2],[3,4,5]]', async () => {
    const expected = [
      [2, 5, 1, 4, 0, 3],
      [5, 4, 3, 2, 1, 0],
      [3, 0, 4, 1, 5, 2],
    ]
    const app = await testApp()
    for (const [i, values] of expected.entries())
      expect([...readNpy((await rotate(app, array([2, 3]), { k: `${i + 1}` })).rawPayload).data]).toEqual(
        values,
      )
  })

  it.each<NpyNumbers>([
    BigUint64Array.from([2n ** 64n - 1n, 0n, 1n, 2n ** 53n + 1n]),
    BigInt64Array.from([-(2n ** 63n), -1n, 1n, 2n]),
    Float64Array.of(NaN, -0, Infinity, 1e300),
    Uint8Array.of(1, 2, 3, 4),
    Int16Array.of(-1, 2, -3, 4),
  ])('keep their type and their bits: %o', async (data) => {
    const answer = await rotate(await testApp(), writeNpy({ shape: [1, 1, 2, 2], data }), { k: '2' })
    const size = data.BYTES_PER_ELEMENT
    const bytes = Buffer.from(data.buffer)
    const elements = [3, 2, 1, 0].map((i) => bytes.subarray(i * size, (i + 1) * size))
    const expected = Buffer.concat(elements)
    expect(openNpy(answer.rawPayload).dtype).toBe(openNpy(writeNpy({ shape: [4], data })).dtype)
    expect(Buffer.from(openNpy(answer.rawPayload).data).equals(expected)).toBe(true)
  })

  it('of the other byte order and of halves stay what they are', async () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)
    for (const [dtype, shape, turned] of [
      ['>f4', [1, 2], [5, 6, 7, 8, 1, 2, 3, 4]],
      ['<f2', [1, 4], [7, 8, 5, 6, 3, 4, 1, 2]],
      ['|b1', [1, 8], [8, 7, 6, 5, 4, 3, 2, 1]],
    ] as const) {
      const answer = await rotate(await testApp(), npyFile({ shape, dtype, data: bytes }), { k: '1' })
      const file = openNpy(answer.rawPayload)
      expect([file.dtype, file.shape]).toEqual([dtype, [...shape].reverse()])
      expect([...file.data]).toEqual(turned)
    }
  })

  it('in Fortran order come back in C order', async () => {
    const columns = array([2, 3]).toString('latin1').replace('False, ', 'True,  ')
    const answer = await rotate(await testApp(), Buffer.from(columns, 'latin1'), { k: '0' })
    expect(openNpy(answer.rawPayload).order).toBe('C')
    // 0…5 column by column, read row by row
    expect([...readNpy(answer.rawPayload).data]).toEqual([0, 2, 4, 1, 3, 5])
  })

  it('are given back bit for bit by the draws of the answer, and by its seed', async () => {
    const app = await testApp()
    const dtypes = ['|u1', '<f4', '>i8']
    const anything = fc.record({
      side: fc.integer({ min: 1, max: 4 }),
      count: fc.integer({ min: 0, max: 5 }),
      dtype: fc.constantFrom(...dtypes),
      layout: fc.constantFrom('NDHW', 'NCDHW', 'NDHWC', 'DHW'),
      group: fc.constantFrom('plane', 'axis-pairs', 'cube24', 'dihedral4', 'cube48'),
      seed: fc.nat(1000),
      p: fc.constantFrom('1', '0.5'),
      sameOnBatch: fc.constantFrom('true', 'false'),
    })
    await fc.assert(
      fc.asyncProperty(anything, async ({ side, count, dtype, layout, ...query }) => {
        const shape = [...layout].map((letter) => (letter === 'N' ? count : letter === 'C' ? 2 : side))
        const length = shape.reduce((a, b) => a * b, Number(dtype.slice(2)))
        const sent = npyFile({ shape, dtype, data: Uint8Array.from({ length }, (_, i) => (i * 31) % 256) })
        const drawn = { ...query, layout, seed: `${query.seed}` }
        const answer = await rotate(app, sent, drawn)
        expect(answer.statusCode).toBe(200)
        const draws = drawsOf(answer)
        const again = await rotate(app, sent, { draws, layout })
        expect(again.rawPayload.equals(answer.rawPayload)).toBe(true)
        const back = await rotate(app, answer.rawPayload, { draws, layout, inverse: 'true' })
        expect(back.rawPayload.equals(sent)).toBe(true)
        const bySeed = await rotate(app, answer.rawPayload, { ...drawn, inverse: 'true' })
        expect(bySeed.rawPayload.equals(sent)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('whose samples no longer have one shape come as a zip, one NPY each, and the way back', async () => {
    const app = await testApp()
    const sent = array([9, 3, 4, 6])
    const answer = await rotate(app, sent, { nonCubic: 'ragged', group: 'axis-pairs', seed: '2' })
    expect(answer.headers['content-type']).toBe('application/zip')
    const { 'draws.json': draws, ...files } = filesIn(answer.rawPayload)
    expect(draws?.toString()).toBe(drawsOf(answer))
    expect(Object.keys(files)).toEqual(range(9).map((i) => `array-sample-${i}.npy`))
    expect(new Set(Object.values(files).map((npy) => openNpy(npy).shape.join())).size).toBeGreaterThan(1)

    const body = form(
      ...Object.values(files).map((npy) => file(npy)),
      part(draws ?? '', 'content-disposition: form-data; name="draws"; filename="draws.json"'),
    )
    const back = filesIn((await rotate(app, body, { inverse: 'true', format: 'zip' }, FORM)).rawPayload)
    const numbers = range(9).flatMap((i) => [...readNpy(back[`array-${i}.npy`] ?? Buffer.alloc(0)).data])
    expect(numbers).toEqual([...readNpy(sent).data])
  })

  it('of unequal lengths keep their shape with half-turns', async () => {
    const answer = await rotate(await testApp(), array([30, 3, 4, 6]), { nonCubic: 'half-turns' })
    expect(readNpy(answer.rawPayload).shape).toEqual([30, 3, 4, 6])
    const draws = rotationSchema.shape.draws.parse(JSON.parse(drawsOf(answer)))
    expect(new Set(draws.map(({ k }) => k))).toEqual(new Set([0, 2]))
  })

  it('come as KServe tensors in JSON, with their draws', async () => {
    const sent = writeNpy({ shape: [1, 1, 2, 3], data: Int16Array.from(range(6)) })
    const answer = await rotate(await testApp(), sent, { k: '1', format: 'json' })
    const { tensors, draws, timings } = rotationSchema.parse(answer.json())
    expect(draws).toEqual([{ applied: true, k: 1, axes: [2, 3] }])
    expect(tensors).toEqual([
      {
        shape: [1, 1, 3, 2],
        datatype: 'INT16',
        data: [
          [
            [
              [2, 5],
              [1, 4],
              [0, 3],
            ],
          ],
        ],
      },
    ])
    expect(Object.keys(timings).sort()).toEqual(['decode', 'queue', 'rotate', 'total'])
  })

  it('of many samples leave the header out, and have the draws beside', async () => {
    const answer = await rotate(await testApp(), array([500, 2, 2]), { layout: 'NHW', format: 'zip' })
    expect(answer.headers['gradlens-draws']).toBeUndefined()
    expect(answer.headers['gradlens-seed']).toBe('0')
    const files = filesIn(answer.rawPayload)
    expect(rotationSchema.shape.draws.parse(JSON.parse(`${files['draws.json']}`))).toHaveLength(500)
    // and posted back in a form, where a URL would be too long
    const body = form(
      file(files['array.npy'] ?? Buffer.alloc(0)),
      part(files['draws.json'] ?? '', 'content-disposition: form-data; name="draws"'),
    )
    const back = await rotate(await testApp(), body, { layout: 'NHW', inverse: 'true' }, FORM)
    expect(back.rawPayload.equals(array([500, 2, 2]))).toBe(true)
  })
})

describe('pictures', () => {
  it('of any shape turn and stay one picture', async () => {
    const answer = await rotate(await testApp(), png, { k: '1' }, PNG)
    expect(answer.headers['content-type']).toBe('image/png')
    expect(drawsOf(answer)).toBe('[{"applied":true,"k":1,"axes":[0,1]}]')
    const turned = await decodeRaster(answer.rawPayload)
    expect([turned.width, turned.height]).toEqual([2, 3])
    // the upper left pixel was the upper right one
    expect([...turned.data.subarray(0, 3)]).toEqual([...picture.data.subarray(6, 9)])
  })

  it.each([
    { channels: 1, depth: 16 },
    { channels: 2, depth: 8 },
    { channels: 4, depth: 8 },
    { channels: 4, depth: 16 },
  ] as const)('keep $channels channels of $depth bits there and back', async ({ channels, depth }) => {
    const app = await testApp()
    const numbers = range(6 * channels).map((i) => i * (depth === 16 ? 2700 : 10))
    const data = depth === 16 ? Uint16Array.from(numbers) : Uint8Array.from(numbers)
    const raster: Raster = { width: 3, height: 2, channels, depth, data }
    const query = { group: 'dihedral4', seed: '5' }
    const there = await rotate(app, await encodeRaster(raster, 'png'), query, PNG)
    const back = await rotate(app, there.rawPayload, { ...query, inverse: 'true' }, PNG)
    const { width, height, ...pixels } = await decodeRaster(back.rawPayload)
    expect([width, height, pixels.channels, pixels.depth]).toEqual([3, 2, channels, depth])
    expect([...pixels.data]).toEqual(numbers)
  })

  const three = form(file(png), file(png), file(png))

  it('come as a zip when there are several, each with its own draw', async () => {
    const answer = await rotate(await testApp(), three, { seed: '1' }, FORM)
    const files = filesIn(answer.rawPayload)
    expect(Object.keys(files)).toEqual(['image-0.png', 'image-1.png', 'image-2.png', 'draws.json'])
    const draws = rotationSchema.shape.draws.parse(JSON.parse(`${files['draws.json']}`))
    for (const [i, { k }] of draws.entries()) {
      const { width } = await decodeImage(files[`image-${i}.png`] ?? Buffer.alloc(0))
      expect(width).toBe(k % 2 === 0 ? 3 : 2)
    }
    expect(new Set(draws.map(({ k }) => k)).size).toBeGreaterThan(1)
  })

  it('come as the parts of a multipart answer', async () => {
    const answer = await rotate(await testApp(), three, { format: 'mixed' }, FORM)
    const boundary = /^multipart\/mixed; boundary=(\S+)$/.exec(`${answer.headers['content-type']}`)?.[1]
    const parts = answer.rawPayload.toString('latin1').split(`--${boundary}`).slice(1, -1)
    expect(parts.map((text) => /content-type: (\S+)/.exec(text)?.[1])).toEqual([
      'image/png',
      'image/png',
      'image/png',
      'application/json',
    ])
    const bytes = Buffer.from(parts[0]?.split('\r\n\r\n').slice(1).join('\r\n\r\n') ?? '', 'latin1')
    expect((await decodeImage(bytes.subarray(0, -2))).format).toBe('png')
    expect(answer.headers['content-length']).toBe(`${answer.rawPayload.length}`)
  })

  it('come on one contact sheet', async () => {
    const answer = await rotate(await testApp(), three, { format: 'sheet', k: '0' }, FORM)
    expect(answer.headers['content-type']).toBe('image/png')
    const { width, height } = await decodeImage(answer.rawPayload)
    // two columns and two rows of 3x2 with gaps of 12
    expect([width, height]).toEqual([12 + 2 * 15, 12 + 2 * 14])
  })

  it.each(['webp', 'jpeg'] as const)('come as %s when that is accepted', async (format) => {
    const answer = await rotate(await testApp(), png, {}, { ...PNG, accept: `image/${format}` })
    expect(answer.headers['content-type']).toBe(`image/${format}`)
    expect((await decodeImage(answer.rawPayload)).format).toBe(format)
    const several = await rotate(await testApp(), three, { format }, FORM)
    expect(Object.keys(filesIn(several.rawPayload))[2]).toBe(`image-2.${format}`)
  })

  it('come as numbers', async () => {
    const app = await testApp()
    const npy = readNpy((await rotate(app, png, { k: '1', format: 'npy' }, PNG)).rawPayload)
    expect([npy.dtype, npy.shape]).toEqual(['|u1', [3, 2, 3]])
    const { tensors } = rotationSchema.parse((await rotate(app, png, { k: '1', format: 'json' }, PNG)).json())
    expect(tensors).toMatchObject([{ shape: [3, 2, 3], datatype: 'UINT8' }])
    expect([tensors[0]?.data].flat(4)).toEqual([...npy.data])
  })

  it('are turned upright before they are turned', async () => {
    const lying = await sharp(picture.data, { raw: { width: 3, height: 2, channels: 3 } })
      .withMetadata({ orientation: 6 })
      .png()
      .toBuffer()
    const answer = await rotate(await testApp(), lying, { k: '0' }, PNG)
    const { width, height } = await decodeImage(answer.rawPayload)
    expect([width, height]).toEqual([2, 3])
  })

  it('say what is to be known of them', async () => {
    const frame = { create: { width: 4, height: 4, channels: 3, background: '#f00' } } as const
    const animated = await sharp(
      [
        await sharp(frame).png().toBuffer(),
        await sharp({ create: { ...frame.create, background: '#00f' } })
          .png()
          .toBuffer(),
      ],
      {
        join: { animated: true },
      },
    )
      .gif()
      .toBuffer()
    const answer = await rotate(
      await testApp(),
      animated,
      { format: 'json' },
      { 'content-type': 'image/gif' },
    )
    expect(answer.json()).toMatchObject({ warnings: ['animated: first frame of 2'] })
  })
})

describe('a request', () => {
  it('gives its place back, and waits behind single ones when it brings several', async () => {
    const engine = fakeEngine()
    const app = await testApp({ engine })
    await rotate(app, png, {}, PNG)
    await rotate(app, form(file(png), file(png)), {}, FORM)
    expect(engine.priorities()).toEqual(['interactive', 'batch'])
    expect(engine.held()).toBe(0)
  })

  it('is refused while the service starts', async () => {
    const app = await testApp({ engine: fakeEngine({ ready: false }) })
    expect((await rotate(app, png, {}, PNG)).statusCode).toBe(503)
  })
})
