import { encodeCall } from '../../src/core/kernels/encode.ts'
import { openTeam } from '../lib/core.ts'
import { denseCases, filterCall, filterCases, PICTURE, sampleOf } from '../lib/filter-cases.ts'
import { readFloats, serve } from '../lib/serve.ts'

/* The filters' kernels as a contender: on pictures of numbers in memory. */

const THREADS = 2
const length = PICTURE.height * PICTURE.width * PICTURE.channels

await using core = await openTeam(THREADS)
const { memory, team } = core
const [x, out] = [memory.allocate(4 * length), memory.allocate(4 * length)]
let isRead = false

await serve(async ({ net, input }) => {
  if (!isRead) memory.floats(x, length).set(readFloats(input))
  isRead = true
  const found = [...filterCases, ...denseCases].find(({ name }) => name === net)
  if (!found) throw new RangeError(`no filter ${net}`)
  const { kernel, args } = filterCall(found, x, out, (values) => {
    const address = memory.allocate(4 * values.length)
    memory.floats(address, values.length).set(values)
    return address
  })
  const call = encodeCall(kernel, args)
  const plan = memory.allocate(16 + call.words.byteLength)
  memory.words(plan, 4 + call.words.length).set([1, call.kernel, plan + 16, call.units, ...call.words])
  const rowLength = PICTURE.width * PICTURE.channels
  const filtered = memory.floats(out, (found.rows ?? PICTURE.height) * rowLength)
  return {
    forward: async () => {
      team.run(plan)
      return sampleOf(filtered)
    },
  }
})
