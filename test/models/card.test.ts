import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CardError, inputShape, parseCard, scaleOf } from '../../src/models/card.ts'

const text = readFileSync('models/efficientnet-lite0/model.json', 'utf8')
const card: Record<string, unknown> = JSON.parse(text)
const changed = (change: Record<string, unknown>): string => JSON.stringify({ ...card, ...change })
const changedInput = (change: object): string => changed({ input: { ...Object(card.input), ...change } })

describe('parseCard', () => {
  it('reads the built-in card', () => {
    const { id, input, output, layers } = parseCard(text, 'model.json')
    expect(id).toBe('efficientnet-lite0')
    expect(input).toMatchObject({ width: 224, height: 224, color: 'rgb', resize: 'bicubic', crop: 0.875 })
    expect(output).toMatchObject({ scores: 'logits', labels: 'labels.txt' })
    expect(layers.cam).toBe('hardtanh_32')
  })

  it.each([[[2]], [[2, 16, 1]]])('reads the card of a model of numbers, of shape %j', (shape) => {
    const { input } = parseCard(changed({ input: { shape } }), 'model.json')
    expect(input).toEqual({ shape })
    expect(inputShape(input)).toEqual(shape)
    expect(scaleOf(input).std).toEqual(shape.length === 1 ? [1] : [1, 1])
  })

  it.each([
    ['what is not JSON', '{"id": ', 'is not JSON'],
    ['no object', '[]', 'the card itself'],
    ['a missing field', changed({ license: undefined }), 'field "license"'],
    ['an unknown field', changed({ licence: 'MIT' }), 'licence'],
    ['an id with a slash', changed({ id: '../up' }), 'field "id"'],
    ['a size of 0', changedInput({ width: 0 }), 'field "input.width"'],
    ['a size beyond the limit', changedInput({ height: 100_000 }), 'field "input.height"'],
    ['a crop of 0', changedInput({ crop: 0 }), 'field "input.crop"'],
    ['a crop above 1', changedInput({ crop: 1.5 }), 'field "input.crop"'],
    ['an unknown resize', changedInput({ resize: 'magic' }), 'field "input.resize"'],
    ['a std of 0', changedInput({ std: [1, 0, 1] }), 'field "input.std.1"'],
    [
      'a mean per no channel',
      changedInput({ mean: [0] }),
      'field "input.mean": expected 3 numbers for rgb, got 1',
    ],
    [
      'labels outside the folder',
      changed({ output: { scores: 'logits', labels: '../../etc/passwd' } }),
      'output.labels',
    ],
    [
      'labels with an absolute path',
      changed({ output: { scores: 'logits', labels: '/etc/passwd' } }),
      'output.labels',
    ],
    [
      'numbers in two dimensions',
      changed({ input: { shape: [2, 3] } }),
      'field "input.shape": expected [features] or [channels, rows, columns]',
    ],
    ['numbers that are a picture', changedInput({ shape: [3, 224, 224] }), 'field "input": '],
    ['unknown scores', changed({ output: { scores: 'softmax' } }), 'field "output.scores"'],
  ])('refuses %s and names it', (_, bad, message) => {
    expect(() => parseCard(bad, 'some/model.json')).toThrow(CardError)
    expect(() => parseCard(bad, 'some/model.json')).toThrow(message)
  })

  it('names all bad fields at once', () => {
    const bad = changedInput({ width: -1, color: 'cmyk' })
    expect(() => parseCard(bad, 'model.json')).toThrow(/input\.width.*input\.color/)
  })
})
