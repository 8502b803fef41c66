import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Network, networkOf } from '../../src/networks/network.ts'
import { readSpec } from '../../src/networks/spec.ts'

/** Layer lists by net: the PyTorch peer builds the same from the same file. */
export const trainingNetsFile = fileURLToPath(new URL('../training-nets.json', import.meta.url))

const specs: Readonly<Record<string, unknown>> = JSON.parse(readFileSync(trainingNetsFile, 'utf8'))
export const trainingNets = Object.keys(specs)

export const trainingNet = (name: string): Network => networkOf(readSpec(specs[name]))

/** Images of one step, and steps of one timed run. */
export const BATCH = 64
export const STEPS = 8
export const CLASSES = 10
