import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { HttpError } from '../../src/errors.ts'
import { expectation } from '../../src/schemas/expectation.ts'
import { echo, rawQuery, readObject, readQuery } from '../../src/schemas/query.ts'

describe('what a value must be', () => {
  test.each([
    [z.int().min(1).max(5), 'a whole number from 1 to 5'],
    [z.number().min(0), 'a number from 0'],
    [z.number().max(3), 'a number up to 3'],
    [z.number().gt(0).max(1).optional(), 'a number above 0 and up to 1'],
    [z.number().gt(0).lt(1), 'a number above 0 and below 1'],
    [z.boolean().default(true), 'true or false'],
    [z.enum(['a', 'b', 'c']), 'a, b or c'],
    [z.union([z.enum(['a', 'b']), z.number()]), 'a, b or a number'],
    [z.literal('json'), 'json'],
    [z.string().min(1).max(9), 'a text of 1 to 9 characters'],
    [z.string(), 'a text'],
  ])('is said for %#: %s', (schema, expected) => {
    expect(expectation(schema)).toBe(expected)
  })
})

describe('one parameter', () => {
  test.each([
    [z.number(), '5', 5],
    [z.number(), '-1.5e-3', -0.0015],
    [z.number(), '.5', 0.5],
    [z.number(), '+5.', 5],
    [z.boolean(), 'false', false],
    [z.string(), '5', '5'],
    [z.string(), 'true', 'true'],
    [z.union([z.enum(['black']), z.number()]), '0', 0],
    [z.union([z.enum(['black']), z.number()]), 'black', 'black'],
  ])('%# reads %s as %s', (schema, text, value) => {
    expect(readObject(z.object({ x: schema }), { x: text })).toEqual({ values: { x: value }, errors: [] })
  })

  test('is a number exactly when it is a finite decimal', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.integer(), fc.string()), (value) => {
        const text = String(value)
        const finite = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text) && Number.isFinite(Number(text))
        const { values, errors } = readObject(z.object({ x: z.number() }), { x: text })
        expect(values?.x).toBe(finite ? Number(text) : undefined)
        expect(errors).toHaveLength(finite ? 0 : 1)
      }),
    )
  })
})

describe('a query', () => {
  const schema = z.object({ steps: z.int().min(1).max(9).default(3), name: z.string().optional() })

  test('fills in defaults', () => {
    expect(readQuery(schema, {})).toEqual({ steps: 3, name: undefined })
  })

  test('names every fault with its parameter', () => {
    const raw = { steps: '0', name: ['a', 'b'], nome: '1', ['__proto__']: '1', '': '1', 'a/b': '1' }
    expect(() => readQuery(schema, raw)).toThrow(
      expect.objectContaining({
        type: 'invalid-parameter',
        errors: [
          { parameter: 'steps', message: 'expected a whole number from 1 to 9, got "0"' },
          { parameter: 'name', message: 'expected once, got 2 times' },
          { parameter: 'nome', message: 'unknown parameter; did you mean "name"?' },
          { parameter: '__proto__', message: 'unknown parameter; did you mean "steps"?' },
          { parameter: '', message: 'expected a name before the =' },
          { parameter: 'a/b', message: 'unknown parameter; did you mean "name"?' },
        ],
      }),
    )
  })

  test('throws nothing but HttpError, whatever comes', () => {
    const query = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.array(fc.string())))
    fc.assert(
      fc.property(query, (raw) => {
        expect(rawQuery(schema).parse(raw)).toBe(raw)
        try {
          readQuery(schema, raw)
        } catch (error) {
          expect(error).toBeInstanceOf(HttpError)
        }
      }),
    )
  })
})

describe('an object with a rule of its own', () => {
  const schema = z
    .object({ low: z.int().default(0), high: z.int().default(9) })
    .refine(({ low, high }) => low < high, { path: ['low'], message: 'expected less than high' })

  test('is checked by it when each parameter is well', () => {
    expect(readObject(schema, { low: '1' })).toEqual({ values: { low: 1, high: 9 }, errors: [] })
    expect(readObject(schema, { low: '10' }).errors).toEqual([
      { parameter: 'low', message: 'expected less than high' },
    ])
    expect(readObject(schema, { low: '10', high: 'x' }).errors).toMatchObject([{ parameter: 'high' }])
  })
})

test('what is echoed is cut and quoted', () => {
  expect(echo('a\r\nb')).toBe('"a\\r\\nb"')
  expect(echo('x'.repeat(1000)).length).toBeLessThan(70)
})
