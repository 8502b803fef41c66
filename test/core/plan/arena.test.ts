import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Lifetime, placeInArena } from '../../../src/core/plan/arena.ts'

const lifetimes = fc.array(
  fc
    .record({ bytes: fc.integer({ min: 0, max: 5000 }), first: fc.nat(20), span: fc.nat(10) })
    .map(({ bytes, first, span }): Lifetime => ({ bytes, first, last: first + span })),
  { maxLength: 40 },
)
const bytesAlive = (lives: readonly Lifetime[], step: number): number =>
  lives.filter((life) => life.first <= step && step <= life.last).reduce((sum, life) => sum + life.bytes, 0)

describe('placeInArena', () => {
  it('never lets two buffers that live together overlap', () => {
    fc.assert(
      fc.property(lifetimes, (lives) => {
        const { offsets, bytes } = placeInArena(lives)
        lives.forEach((a, i) => {
          const startA = offsets[i] ?? 0
          expect(startA % 64).toBe(0)
          expect(startA + a.bytes).toBeLessThanOrEqual(bytes)
          lives.slice(i + 1).forEach((b, j) => {
            const startB = offsets[i + 1 + j] ?? 0
            const together = a.first <= b.last && b.first <= a.last
            const apart = startA + a.bytes <= startB || startB + b.bytes <= startA
            expect(!together || apart).toBe(true)
          })
        })
      }),
    )
  })

  it('reuses the room of dead buffers: a chain needs two of its buffers, not all', () => {
    const chain = Array.from({ length: 10 }, (_, i) => ({ bytes: 1024, first: i, last: i + 1 }))
    expect(placeInArena(chain).bytes).toBe(2048)
  })

  it('has the middles of buffers that follow each other at the same place, for the ranks to write what they wrote before', () => {
    const lives = [256, 4096, 1024, 2048].map((bytes, i) => ({ bytes, first: i, last: i }))
    const { offsets, bytes } = placeInArena(lives)
    expect(bytes).toBe(4096)
    expect(lives.map((life, i) => (offsets[i] ?? 0) + life.bytes / 2)).toEqual([2048, 2048, 2048, 2048])
  })

  it('packs buffers that are many where they were few and large: lanes would take half as much again', () => {
    const halves = [1, 2, 4, 8].flatMap((count, step) =>
      Array.from({ length: count }, () => ({ bytes: 8192 / count, first: step, last: step })),
    )
    expect(placeInArena(halves).bytes).toBe(8192)
  })

  it('needs at least what is alive at the fullest step', () => {
    fc.assert(
      fc.property(lifetimes, (lives) => {
        const fullest = Math.max(0, ...lives.map((life) => bytesAlive(lives, life.first)))
        expect(placeInArena(lives).bytes).toBeGreaterThanOrEqual(fullest)
      }),
    )
  })
})
