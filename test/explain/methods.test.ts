import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import type { Backend } from '../../src/core/backend.ts'
import { CoreError } from '../../src/core/errors.ts'
import { methods } from '../../src/explain/index.ts'
import { backends } from '../helpers/backends.ts'
import { methodCases } from './cases.ts'
import { explain } from './explain.ts'
import { reusedReluNet } from './toys.ts'

test('every registered method has a case, and every case is registered', () => {
  expect(methodCases.map(({ method }) => method).toSorted()).toEqual([...methods.keys()].toSorted())
})

describe.each([...methods.values()])('the card of $id', ({ id, params, title, description, source }) => {
  test('tells what the API needs', () => {
    expect(id).toMatch(/^[a-z0-9-]+$/)
    for (const text of [title, description, source]) expect(text).not.toBe('')
  })
  test('gives every parameter a description and a default', () => {
    const { properties = {} } = z.toJSONSchema(params, { io: 'input' })
    for (const schema of Object.values(properties))
      expect(schema).toMatchObject({ description: expect.any(String), default: expect.anything() })
  })
})

describe.each(backends)('every method on $name', ({ create }) => {
  describe.each(methodCases)('$method', ({ method, params = {}, model, input, sampling }) => {
    const job = { method, params, input }
    const [, channels = 0, height = 0, width = 0] = input.shape

    test("answers a finite map of the input's size", () => {
      const { map } = explain(model(), create(), job)
      expect(map.shape).toEqual([height, width])
      expect(map.data.every(Number.isFinite)).toBe(true)
      expect(map.data.some((value) => value !== 0)).toBe(true)
    })

    test('keeps the channels when asked, where it has any', () => {
      const { map } = explain(model(), create(), { ...job, channels: 'none' })
      const overInput = methods.get(method)?.over === 'input'
      expect(map.shape).toEqual(overInput ? [channels, height, width] : [height, width])
    })

    test('does not depend on how many points run at once', () => {
      const alone = explain({ ...model(), pointsPerRun: 1 }, create(), job)
      const together = explain({ ...model(), pointsPerRun: 4 }, create(), job)
      expect(together.map).toEqual(alone.map)
    })

    test('gives the same bytes for the same seed', () => {
      const backend = create()
      const loaded = model()
      const first = explain(loaded, backend, { ...job, seed: 11 })
      expect(explain(loaded, backend, { ...job, seed: 11 }).map).toEqual(first.map)
    })

    test(`${sampling ? 'depends' : 'does not depend'} on the seed`, () => {
      const first = explain(model(), create(), { ...job, seed: 11 })
      const second = explain(model(), create(), { ...job, seed: 12 })
      if (sampling) expect(second.map).not.toEqual(first.map)
      else expect(second.map).toEqual(first.map)
    })

    test('explains a network that uses a ReLU more than once', () => {
      const { map } = explain(reusedReluNet(), create(), {
        ...job,
        layer: methods.get(method)?.over === 'layer' ? 'relu' : undefined,
      })
      expect(map.shape).toEqual([height, width])
      expect(map.data.every(Number.isFinite)).toBe(true)
    })

    test('lets a cancellation through', () => {
      const cancel = (): never => {
        throw new CoreError('cancelled', 'cancelled')
      }
      const program = { run: cancel, visit: cancel, fold: cancel }
      const cancelled: Backend = { precision: 'f64', compile: () => program }
      expect(() => explain(model(), cancelled, job)).toThrow(expect.objectContaining({ kind: 'cancelled' }))
    })

    test('refuses a parameter outside its schema', () => {
      const [name] = Object.keys(methods.get(method)?.params.shape ?? {})
      if (name === undefined) return
      expect(() => explain(model(), create(), { ...job, params: { [name]: 'nonsense' } })).toThrow(
        expect.objectContaining({ kind: 'bad-parameter' }),
      )
    })
  })
})
