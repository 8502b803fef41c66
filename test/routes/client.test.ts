import { expect, test } from 'vitest'
import { listeningApp, png } from '../helpers/app.ts'
import { generateClient } from '../helpers/generate-client.ts'

test('a client generated from openapi.yaml compiles, gets a picture and a class', async () => {
  const { explain, likeliest } = await generateClient()
  const { origin } = await listeningApp()
  const image = new Blob([new Uint8Array(await png())], { type: 'image/png' })
  const picture = await explain(origin, image)
  expect(picture.type).toBe('image/png')
  expect(Buffer.from(await picture.arrayBuffer()).toString('latin1', 0, 4)).toBe('\x89PNG')
  expect(await likeliest(origin, image)).toBe('tiger cat')
  await expect(explain(origin, new Blob(['text'], { type: 'image/png' }))).rejects.toThrow(/plain text/)
}, 60_000)
