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

test('single runs pass those that take long, three at a time', async () => {
  const gate = new Gate(1)
  const leave = await gate.enter(signal)
  const order: string[] = []
  const visit = async (name: string, priority: 'interactive' | 'batch') => {
    const out = await gate.enter(signal, priority)
    order.push(name)
    out()
  }
  const visits = [
    visit('b1', 'batch'),
    visit('b2', 'batch'),
    ...['i1', 'i2', 'i3', 'i4', 'i5'].map((name) => visit(name, 'interactive')),
  ]
  leave()
  await Promise.all(visits)
  expect(order).toEqual(['i1', 'i2', 'i3', 'b1', 'i4', 'i5', 'b2'])
})

test('keeps places for single runs: those that take long get no more than their part', async () => {
  const gate = new Gate(3, 1)
  const leave = await gate.enter(signal, 'batch')
  let entered = false
  const second = gate.enter(signal, 'batch').then(() => {
    entered = true
  })
  await gate.enter(signal)
  await gate.enter(signal)
  expect(entered).toBe(false)
  leave()
  await second
})
