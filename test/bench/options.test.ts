import { describe, expect, it } from 'vitest'
import { readOptions } from '../../bench/options.ts'

describe('readOptions', () => {
  it('compares all nets with all peers unless told otherwise', () => {
    expect(readOptions([])).toEqual({
      mode: 'compare',
      nets: ['efficientnet-lite0', 'mobilenet_v2', 'resnet18', 'resnet50', 'vgg16'],
      measures: ['forward', 'saliency', 'ig', 'smoothgrad'],
      peers: ['ort', 'torch', 'jax'],
      rounds: 7,
      budgetS: 60,
    })
  })

  it('starts no peer that has none of the measures', () => {
    expect(readOptions(['--measures', 'ig'])).toMatchObject({ peers: ['torch'] })
    expect(readOptions(['--measures', 'saliency', '--peers', 'ort,jax'])).toMatchObject({ peers: ['jax'] })
  })

  it('keeps the order of the tables, whatever the order of the options', () => {
    expect(readOptions(['--nets', 'vgg16, resnet18'])).toMatchObject({ nets: ['resnet18', 'vgg16'] })
  })

  it('measures training in as many rounds as it is told to', () => {
    expect(readOptions(['--training', '--rounds', '3'])).toEqual({ mode: 'training', rounds: 3 })
  })

  it('reads what a profile is of', () => {
    const args = [
      '--profile',
      'resnet50',
      '--measure',
      'forward',
      '--threads',
      '1',
      '--batch',
      '4',
      '--sort',
      'time',
    ]
    expect(readOptions(args)).toEqual({
      mode: 'profile',
      net: 'resnet50',
      measure: 'forward',
      threads: 1,
      batch: 4,
      sort: 'time',
    })
  })

  it.each([
    [
      ['--nets', 'resnet19'],
      'expected one of efficientnet-lite0, mobilenet_v2, resnet18, resnet50, vgg16 for --nets',
    ],
    [['--rounds', '0'], 'expected a whole number from 1 to 1000 for --rounds, got 0'],
    [['--rounds', '1e2'], 'for --rounds, got 1e2'],
    [['--profile', 'resnet50', '--rounds', '3'], '--rounds means nothing to --profile'],
    [['--batch', '2'], '--batch means nothing to the comparison'],
    [['--batches', '--scaling'], 'expected one of --batches and --scaling, got both'],
    [['--net', 'resnet18'], '--net'],
    [['resnet18'], 'resnet18'],
  ])('refuses %j', (args, message) => expect(() => readOptions(args)).toThrow(message))
})
