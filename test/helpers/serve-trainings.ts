import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { folderCheckpoints } from '../../src/networks/checkpoints.ts'
import { MemoryStore } from '../../src/networks/memory-store.ts'
import { fakeEngine } from './fake-engine.ts'

/** The service over an engine that trains slowly in the main thread, with jobs in FOLDER/jobs and networks as JSON beside. */
const folder = process.env.FOLDER ?? ''
const store = new MemoryStore()
const app = await buildApp({
  config: readConfig({}),
  engine: fakeEngine({ work: () => new Promise((resolve) => setTimeout(resolve, 20)), chunkMs: 20 }),
  keeping: {
    store: {
      list: () => store.list(),
      get: (id) => store.get(id),
      remove: (id) => store.remove(id),
      check: () => {},
      save: async (network) => {
        await store.save(network)
        const parameters = network.parameters.map((values) => [...values])
        writeFileSync(join(folder, `${network.id}.json`), JSON.stringify(parameters))
      },
    },
    checkpoints: folderCheckpoints(join(folder, 'jobs')),
    checkpointMs: 50,
  },
})
console.log(await app.listen({ host: '127.0.0.1', port: 0 }))
