import { describe, expect, it } from 'vitest'
import { readRegistry } from '../../src/models/registry.ts'
import { openNetworks } from '../../src/models/served-networks.ts'
import { readSpec } from '../../src/networks/spec.ts'
import type { StoredNetwork } from '../../src/networks/store.ts'

const spec = readSpec({ input: [1], layers: [{ type: 'fullyConnected', units: 1, bias: false }] })
const network = (id: string, weights = 1): StoredNetwork => ({
  id,
  spec,
  parameters: [new Float32Array(weights)],
  history: [],
  diagnostics: [],
})
const opened = async () => {
  const registry = await readRegistry('models', undefined)
  return { registry, networks: await openNetworks(registry, undefined) }
}

describe('networks as models', () => {
  it('are listed once, wherever they change, and no longer than they are there', async () => {
    const { registry, networks } = await opened()
    for (const id of ['a', 'b', 'a']) await networks.save(network(id))
    expect(registry.list().map(({ id }) => id)).toEqual(['efficientnet-lite0', 'mnist-cnn', 'a', 'b'])
    expect(await networks.remove('a')).toBe(true)
    expect(await networks.remove('a')).toBe(false)
    expect(registry.get('a')).toBeUndefined()
    expect(networks.list().map(({ id }) => id)).toEqual(['b'])
  })

  it('tell who holds one in memory that it is another now', async () => {
    const { networks } = await opened()
    const replaced: string[] = []
    networks.onReplaced(({ id }) => replaced.push(id))
    await networks.save(network('a'))
    expect(replaced).toEqual([])
    await networks.save(network('a'))
    await networks.remove('a')
    expect(replaced).toEqual(['a', 'a'])
  })

  it.each([
    ['efficientnet-lite0', 'taken'],
    ['../a', 'bad-spec'],
    ['A', 'bad-spec'],
  ])('are not called %s', async (id, kind) => {
    const { networks } = await opened()
    await expect(networks.save(network(id))).rejects.toMatchObject({
      name: 'NetworkError',
      kind,
      parameter: 'model',
    })
  })

  it.each([
    [['a'], ['a']],
    [['a', 'b'], ['b']],
    [undefined, ['class 0']],
  ])('of one output are labelled as class 1: %j', async (labels, served) => {
    const { registry, networks } = await opened()
    await networks.save({ ...network('a'), labels })
    expect(registry.get('a')).toMatchObject({ labels: served })
  })

  it('have a label for each output', async () => {
    const { networks } = await opened()
    expect(() => networks.check({ ...network('a'), labels: ['a', 'b', 'c'] })).toThrow(
      'expected two labels, of classes 0 and 1, or that of class 1, got 3',
    )
  })

  it('are no more than there is room for', async () => {
    const { networks } = await opened()
    for (let i = 0; i < 1000; i++) await networks.save(network(`n${i}`))
    await networks.save(network('n7'))
    await expect(networks.save(network('one-more'))).rejects.toThrow(
      'at most 1000 networks are kept, and there are as many already',
    )
    await networks.remove('n7')
    await networks.save(network('one-more'))
  })

  it('have no more weights together than there is room for; one in its own place counts once', async () => {
    const { networks } = await opened()
    await networks.save(network('large', 63_999_999))
    await networks.save(network('large', 63_999_999))
    await networks.save(network('small'))
    const full = 'all networks together may have 64000000 weights; there are 64000000 already'
    expect(() => networks.check(network('smaller'))).toThrow(full)
    await expect(networks.save(network('smaller'))).rejects.toThrow(full)
  })
})
