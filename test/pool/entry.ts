import { CoreError } from '../../src/core/errors.ts'
import { moving, serveTasks } from '../../src/pool/worker.ts'
import { fakeAssist, fakeControl, isAborted } from './fake-team.ts'
import { Gate } from './gate.ts'
import { sleep } from './sleep.ts'
import type { TestResource, TestTasks } from './tasks.ts'

/** What this thread did with its resources, in order. */
const history: string[] = []

class FilterError extends Error {
  override readonly name = 'FilterError'
  readonly kind = 'kernel-size'
}

serveTasks<TestTasks, TestResource, TestResource>({
  handlers: {
    echo: (text) => text,
    later: async (text) => {
      await new Promise(setImmediate)
      return text
    },
    fill: ({ length, value }) => {
      const data = new Float32Array(length).fill(value)
      return moving(data, [data.buffer])
    },
    sum: (data) => data.reduce((total, value) => total + value, 0),
    hold: (gate, { cancelled }) => (new Gate(gate).pass(cancelled) ? 'opened' : 'cancelled'),
    deaf: (gate) => {
      new Gate(gate).pass(() => false)
      return undefined
    },
    whoami: (_, { workerIndex }) => workerIndex,
    history: () => history,
    touch: (_, { resource }) => resource.name,
    fail: (how) => {
      if (how === 'core') throw new CoreError('shape', 'two shapes do not fit')
      if (how === 'typed') throw new FilterError('a kernel of even size')
      if (how === 'thrown text') throw 'only a text'
      throw new Error('a secret detail')
    },
    die: (how) => {
      if (how === 'exit') process.exit(0)
      if (how === 'uncaught')
        setImmediate(() => {
          throw new Error('nobody catches this')
        })
      if (how === 'rejection') void Promise.reject(new Error('nobody handles this'))
      return new Promise(() => {})
    },
    dieAfterwards: () => {
      setImmediate(() => {
        sleep(200)
        process.exit(1)
      })
      return undefined
    },
    words: (words, { cancelled }) => {
      for (const word of words) {
        if (word === 'die') process.exit(1)
        if (word === 'fail') throw new FilterError('a bad word')
        if (word === 'fault') throw new Error('a bug')
        if (typeof word !== 'string' && !new Gate(word.hold).pass(cancelled))
          throw new CoreError('cancelled', 'the run was cancelled')
      }
      return words
        .filter((word) => word !== 'swallow')
        .map((word) => `${typeof word === 'string' ? word : 'held'} of ${words.length}`)
    },
    uncloneable: () => () => 'functions do not cross threads',
    lead: (gate, { workerIndex, resource, cancelled }) => {
      const { memory } = resource
      const aborted = () => memory !== undefined && isAborted(memory, workerIndex)
      if (!new Gate(gate).pass(aborted)) throw new CoreError('cancelled', 'the run was cancelled')
      return { workerIndex, cancelled: cancelled() }
    },
  },
  onResource: (value) => {
    if (value.name === 'broken') throw new CoreError('graph', 'the resource cannot be opened')
    history.push(`open ${value.name}`)
    return value
  },
  onForget: ({ name }) => {
    history.push(`forget ${name}`)
  },
  assist: ({ memory }, slot, member) => {
    if (memory) fakeAssist(memory, slot, member)
  },
  dismiss: ({ memory }, slot) => {
    if (memory) fakeControl.dismiss(memory, slot)
  },
})
