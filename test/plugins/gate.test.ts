import { expect, test } from 'vitest'
import { Gate } from '../../src/plugins/gate.ts'

const { signal } = new AbortController()

test('lets in as many as it is wide, the others in order', async () => {
  const gate = new Gate(2)
  const order: string[] = []
  const enter = async (name: string) => {
    const leave = await gate.enter(signal)
    order.push(name)
    return leave
  }
  const [a, b] = await Promise.all([enter('a'), enter('b')])
  const c = enter('c')
  const d = enter('d')
  expect(order).toEqual(['a', 'b'])
  b?.()
  b?.()
  const leaveC = await c
  expect(order).toEqual(['a', 'b', 'c'])
  a?.()
  leaveC()
  await d
  expect(order).toEqual(['a', 'b', 'c', 'd'])
})

test('who gives up while waiting is out of the line', async () => {
  const gate = new Gate(1)
  const leave = await gate.enter(signal)
  const controller = new AbortController()
  const waiting = gate.enter(controller.signal)
  const next = gate.enter(signal)
  controller.abort(new Error('gone'))
  await expect(waiting).rejects.toThrow('gone')
  leave()
  await next
})

test('who has given up already does not enter', async () => {
  const gate = new Gate(1)
  await expect(gate.enter(AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
  await gate.enter(signal)
})
