import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileType } from '../../src/imaging/file-type.ts'
import { generateClient } from '../helpers/generate-client.ts'
import { type Service, startService, stopService } from '../helpers/service.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => stopService(service))

test('a client generated from openapi.yaml compiles, gets a picture and a class from the running service, and makes a network', async () => {
  const { explain, likeliest, putNetwork } = await generateClient()
  const origin = await service.app.listen({ host: '127.0.0.1', port: 0 })
  const cat = new Uint8Array(readFileSync('test/fixtures/photos/chelsea.png'))
  const image = new Blob([cat], { type: 'image/png' })
  const picture = await explain(origin, image)
  expect(picture.type).toBe('image/png')
  const bytes = Buffer.from(await picture.arrayBuffer())
  expect(fileType(bytes)).toEqual({ image: 'png' })
  // width and height in the PNG's header: those of the whole photo
  expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([451, 300])
  expect(await likeliest(origin, image)).toBe('tiger cat')
  expect(await putNetwork(origin, 'stripes')).toBe(3)
  await expect(explain(origin, new Blob(['text'], { type: 'image/png' }))).rejects.toThrow(/plain text/)
}, 60_000)
