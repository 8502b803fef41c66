import { FolderStore } from '../../src/models/folder-store.ts'
import { initialParameters, networkOf } from '../../src/networks/network.ts'
import { readSpec } from '../../src/networks/spec.ts'

/** A process that saves one network after the other under one id, until somebody kills it. Every weight is the number of the save. */
const [, , root = ''] = process.argv
const spec = readSpec({ input: [64], layers: [{ type: 'fullyConnected', units: 64 }] })
const shapes = initialParameters(networkOf(spec))
const { store } = await FolderStore.open(root)
for (let save = 1; ; save++) {
  const parameters = shapes.map((values) => new Float64Array(values.length).fill(save))
  await store.save({ id: 'saved', spec, parameters, history: [], diagnostics: [] })
  if (save === 2) process.stdout.write('saving\n')
}
