import { collectGarbage, collectYoungGarbageSoon } from './core/collect-garbage.ts'
import { assist, dismiss } from './core/wasm/team.ts'
import { runExplain, runPredict } from './explain/run.ts'
import { loadGraph, loadNetwork } from './models/load.ts'
import { shareGraph } from './models/share.ts'
import { moving, serveTasks } from './pool/worker.ts'
import type { Shared, Tasks } from './tasks.ts'
import { modelOf, movable, type Open, open } from './worker-resources.ts'

/** What pictures are not explained with is read by the first task that needs it: a start waits for every thread's modules. */
const filters = () => import('./worker-filters.ts')
const networks = () => import('./worker-networks.ts')
const augment = () => import('./augment/run.ts')

serveTasks<Tasks, Shared, Open>({
  onResource: open,
  assist: ({ instance, memory }, slot, member) => assist(instance, memory, slot, member),
  dismiss: ({ memory }, slot) => dismiss(memory, slot),
  handlers: {
    load: async ({ from, card, labels, kernels }, { workerIndex }) => {
      try {
        const loaded =
          'network' in from
            ? loadNetwork(from.network, card, labels)
            : await loadGraph(from.folder, card, labels)
        // the file's bytes, before its weights are packed
        collectGarbage()
        return shareGraph(loaded, kernels, workerIndex)
      } finally {
        // after the answer, which need not wait for it
        setImmediate(collectGarbage)
      }
    },
    predict: (job, { resource }) => {
      const { model, backend } = modelOf(resource)
      try {
        return runPredict(model, backend, job)
      } finally {
        collectYoungGarbageSoon()
      }
    },
    explain: (jobs, { resource }) => {
      const { model, backend } = modelOf(resource)
      try {
        const results = runExplain(model, backend, jobs)
        // maps that are cut out of one run's answer lie in one buffer
        return moving(results, [...new Set(results.flatMap(({ map }) => movable(map.data)))])
      } finally {
        collectYoungGarbageSoon()
      }
    },
    filter: async (job, context) => (await filters()).filter(job, context),
    compare: async (job, context) => (await filters()).compare(job, context),
    compose: async (job) => (await filters()).compose(job),
    gradients: async (job, context) => (await networks()).gradients(job, context),
    trace: async (job, context) => (await networks()).trace(job, context),
    'trace-maps': async (sample, context) => (await networks()).traceMaps(sample, context),
    diagnose: async (job, context) => (await networks()).diagnose(job, context),
    'decision-map': async (job, context) => (await networks()).decisionMap(job, context),
    'read-network': async (bytes) => (await networks()).readNetwork(bytes),
    'read-training': async (request) => (await networks()).askedTraining(request),
    'prepare-training': async (plan) => (await networks()).preparedTraining(plan),
    onnx: async (network) => (await networks()).onnx(network),
    train: async (job, context) => (await networks()).train(job, context),
    rotate: async (job) => {
      const result = (await augment()).runRotate(job)
      return moving(
        result,
        result.pieces.map(({ buffer }) => buffer),
      )
    },
  },
})
