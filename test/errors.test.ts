import { describe, expect, test } from 'vitest'
import { AugmentError } from '../src/augment/errors.ts'
import { CoreError } from '../src/core/errors.ts'
import { HttpError, problems, toHttpError } from '../src/errors.ts'
import { ExplainError } from '../src/explain/errors.ts'
import { ImagingError, TensorError } from '../src/imaging/errors.ts'
import { CardError } from '../src/models/card.ts'
import { JobError, NetworkError } from '../src/networks/errors.ts'
import { OnnxError } from '../src/onnx/errors.ts'
import { PoolError, TaskError } from '../src/pool/errors.ts'

describe('errors of the layers below', () => {
  const rows: readonly [error: Error, type: keyof typeof problems][] = [
    [new PoolError('queue-full', 'x'), 'queue-full'],
    [new PoolError('deadline', 'x'), 'deadline-exceeded'],
    [new PoolError('draining', 'x'), 'shutting-down'],
    [new PoolError('worker-crashed', 'x'), 'worker-crashed'],
    [new CoreError('not-differentiable', 'x'), 'not-explainable'],
    [new CoreError('unsupported', 'x'), 'unusable-model'],
    [new CoreError('graph', 'x'), 'internal-error'],
    [new ImagingError('corrupt', 'x'), 'corrupt-image'],
    [new TensorError('dtype', 'x'), 'unusable-tensor'],
    [new ExplainError('unknown-layer', 'x'), 'invalid-parameter'],
    [new ExplainError('bad-card', 'x'), 'unusable-model'],
    [new AugmentError('bad-parameter', 'axes', 'x'), 'invalid-parameter'],
    [new NetworkError('bad-data', 'input', 'x'), 'invalid-parameter'],
    [new JobError('full', 'x', 10), 'queue-full'],
    [new JobError('closing', 'x'), 'shutting-down'],
    [new JobError('not-interrupted', 'x'), 'not-interrupted'],
    [new OnnxError('malformed', 'x'), 'unusable-model'],
    [new CardError('a card', ['x']), 'unusable-model'],
    [new TaskError('ExplainError', 'bad-target', 'x'), 'invalid-parameter'],
    [new TaskError('TaskError', 'internal', 'x'), 'internal-error'],
    [new TypeError('x'), 'internal-error'],
    [Object.assign(new Error('x'), { code: 'ENOSPC' }), 'disk-full'],
    [Object.assign(new Error('x'), { code: 'EROFS' }), 'disk-full'],
    [Object.assign(new Error('x'), { code: 'EIO' }), 'internal-error'],
  ]
  test.each(rows)('%o is %s', (error, type) => {
    expect(toHttpError(error)).toMatchObject({ type, cause: error })
  })

  test('keep their message when the client can act on it, and lose it otherwise', () => {
    expect(toHttpError(new ImagingError('corrupt', 'expected a whole JPEG')).message).toBe(
      'expected a whole JPEG',
    )
    expect(toHttpError(new Error('secret')).message).not.toContain('secret')
    expect(toHttpError(new CoreError('graph', 'secret')).message).not.toContain('secret')
  })

  test('name the parameter where there is one', () => {
    expect(toHttpError(new TaskError('ExplainError', 'unknown-layer', 'no layer "x"')).errors).toEqual([
      { parameter: 'layer', message: 'no layer "x"' },
    ])
    expect(toHttpError(new AugmentError('bad-parameter', 'axes', 'no axis 7')).errors).toEqual([
      { parameter: 'axes', message: 'no axis 7' },
    ])
  })

  test('say when to come again', () => {
    expect(toHttpError(new PoolError('queue-full', 'x', { retryAfterSeconds: 9 })).headers).toEqual({
      'retry-after': '9',
    })
    expect(toHttpError(new PoolError('draining', 'x')).headers).toEqual({ 'retry-after': '1' })
  })

  test('of ours stay what they are', () => {
    const error = new HttpError('unknown-model', 'x')
    expect(toHttpError(error)).toBe(error)
  })
})

test('what is thrown need not be an error', () => {
  for (const thrown of [undefined, null, 'x', 7, {}]) expect(toHttpError(thrown).type).toBe('internal-error')
})

test('every row of the table has an error status, a title and a remedy', () => {
  for (const { status, title, remedy } of Object.values(problems)) {
    expect(status).toBeGreaterThanOrEqual(400)
    expect(title).toMatch(/^[A-Z].*[^.]$/)
    expect(remedy).toMatch(/[.]$/)
  }
})
