import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { jsonInPieces } from '../../src/plugins/json-pieces.ts'

it('is the JSON of all fields', async () => {
  const text = await jsonInPieces(
    { model: 'a "b"', none: undefined, nested: { x: [1] } },
    { rows: [[1, 2], []], points: [] },
  )
  expect(JSON.parse(text)).toEqual({
    ...{ model: 'a "b"', nested: { x: [1] } },
    ...{ rows: [[1, 2], []], points: [] },
  })
})

it('lets others have their turn while it writes', async () => {
  const turns: string[] = []
  const rows = (function* () {
    for (let i = 0; i < 4; i++) {
      const until = performance.now() + 15
      while (performance.now() < until);
      turns.push('row')
      yield i
    }
  })()
  const other = (async () => {
    for (let i = 0; i < 2; i++) {
      await setImmediate()
      turns.push('other')
    }
  })()
  await jsonInPieces({}, { rows })
  await other
  expect(turns.indexOf('other')).toBeLessThan(turns.lastIndexOf('row'))
})
