import { describe, expect, it } from 'vitest'
import type { RotatePiece } from '../../src/augment/job.ts'
import { runRotate } from '../../src/augment/run.ts'
import { turn } from '../../src/core/ir/rotation.ts'
import { stridesOf } from '../../src/core/ir/shape.ts'
import { TensorError } from '../../src/imaging/errors.ts'
import { readNpy } from '../../src/imaging/npy.ts'

/** [[0,1,2],[3,4,5]] of two bytes each, as it is and turned once. */
const source = new Uint8Array(Uint16Array.of(0, 1, 2, 3, 4, 5).buffer)
const shape = [2, 3]
const whole = { offset: 0, shape, strides: stridesOf(shape) }
const turned = turn(whole, { k: 1, axes: [0, 1] })
const run = (as: RotatePiece['as'], views: RotatePiece['views'] = [turned]) => {
  const { pieces, timings } = runRotate({ kind: 'rotate', pieces: [{ source, elementBytes: 2, views, as }] })
  expect(timings.rotate).toBeGreaterThanOrEqual(0)
  return pieces[0] ?? new Uint8Array()
}

describe('runRotate', () => {
  it('puts the samples of a piece one after the other', () => {
    const { buffer } = run({ kind: 'elements' }, [whole, turned])
    expect([...new Uint16Array(buffer)]).toEqual([0, 1, 2, 3, 4, 5, 2, 5, 1, 4, 0, 3])
  })

  it('writes a file of NPY that can be moved to another thread', () => {
    const file = run({ kind: 'npy', shape: [3, 2], dtype: '<u2' })
    expect(readNpy(file)).toMatchObject({ shape: [3, 2], dtype: '<u2' })
    const moved = structuredClone(file, { transfer: [file.buffer] })
    expect([...readNpy(moved).data]).toEqual([2, 5, 1, 4, 0, 3])
  })

  it('writes the text of a KServe tensor', () => {
    const text = new TextDecoder().decode(run({ kind: 'json', shape: [3, 2], dtype: '<i2' }))
    expect(JSON.parse(text)).toEqual({
      shape: [3, 2],
      datatype: 'INT16',
      data: [
        [2, 5],
        [1, 4],
        [0, 3],
      ],
    })
  })

  it('writes nothing of no samples', () => {
    expect(readNpy(run({ kind: 'npy', shape: [0, 3], dtype: '<u2' }, [])).data).toHaveLength(0)
  })

  it('refuses integers that JSON cannot hold', () => {
    const piece: RotatePiece = {
      ...{ source: new Uint8Array(8).fill(255), elementBytes: 8 },
      views: [{ offset: 0, shape: [1], strides: [1] }],
      as: { kind: 'json', shape: [1], dtype: '<u8' },
    }
    expect(() => runRotate({ kind: 'rotate', pieces: [piece] })).toThrow(TensorError)
  })
})
