import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { scalar, type Tensor, tensor } from '../../src/core/ir/tensor.ts'
import { referenceBackend } from '../../src/core/reference/backend.ts'
import { losses } from '../../src/networks/loss.ts'
import { networkOf, parameterTensors } from '../../src/networks/network.ts'
import { inPrecision } from '../../src/networks/open-graph.ts'
import { readSpec } from '../../src/networks/spec.ts'
import { trainingGraph } from '../../src/networks/training-graph.ts'
import { runVjp } from '../../src/networks/vjp.ts'
import { wasmBackend } from '../helpers/wasm-backend.ts'

type Numbers = Readonly<Record<string, readonly number[]>>
interface Given {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}
interface Case {
  readonly spec: unknown
  readonly parameters: Numbers
  readonly input: Given
  readonly inference: { readonly output: number[]; readonly cotangent: Given; readonly gradients: Numbers }
  readonly training: {
    readonly loss: number
    readonly output: number[]
    readonly targets: Given
    readonly gradients: Numbers
    readonly states: Numbers
  }
}

const fixture: { readonly program: string; readonly cases: Readonly<Record<string, Case>> } = JSON.parse(
  readFileSync(new URL('../fixtures/networks.json', import.meta.url), 'utf8'),
)

const backends = { float64: referenceBackend, float32: wasmBackend() } as const
/** Relative to the largest number of the same array: the fixture has 12 digits, float32 has 7. */
const bounds = { float64: 1e-9, float32: 1e-4 } as const

/** A bias before a batch norm has no gradient, but for rounding. */
const NOTHING = 1e-3

function expectNear(got: ArrayLike<number> | undefined, wanted: readonly number[] = [], bound: number): void {
  expect(got).toHaveLength(wanted.length)
  const largest = Math.max(NOTHING, ...wanted.map(Math.abs))
  const worst = Math.max(...wanted.map((value, i) => Math.abs(value - (got?.[i] ?? Number.NaN))))
  expect(worst / largest).toBeLessThan(bound)
}

const given = ({ shape, data }: Given): Tensor => tensor(shape, data)

describe.each(Object.entries(fixture.cases))(`%s, as ${fixture.program} has it`, (_, fixed) => {
  const network = networkOf(readSpec(fixed.spec))
  const parameters = network.parameters.map(({ name }) => Float64Array.from(fixed.parameters[name] ?? []))

  it.each(['float64', 'float32'] as const)('gradients of a network as it serves, in %s', (precision) => {
    const { cotangent, gradients, output } = fixed.inference
    const answer = runVjp(backends[precision], {
      spec: network.spec,
      parameters,
      input: given(fixed.input),
      cotangent: given(cotangent),
      wrt: Object.keys(gradients),
      mode: 'inference',
      precision,
    })
    expectNear(answer.output.data, output, bounds[precision])
    for (const [name, wanted] of Object.entries(gradients))
      expectNear(answer.gradients.get(name)?.data, wanted, bounds[precision])
  })

  it.each(['float64', 'float32'] as const)(
    'a step of training in %s, running statistics included',
    (precision) => {
      const mse = losses.get('mse')
      if (!mse) throw new RangeError('mse')
      const { loss, output, targets, gradients, states } = fixed.training
      const step = trainingGraph(network, mse)
      const [batch = 1] = fixed.input.shape
      const answers = backends[precision]
        .compile(step.graph, batch)
        .run([
          inPrecision(given(fixed.input), precision),
          ...parameterTensors(network, parameters).map((own) => inPrecision(own, precision)),
          inPrecision(given(targets), precision),
          scalar(1),
        ])
      const [lost, y, ...rest] = answers
      const nameAt = (place: number) => network.parameters[place]?.name ?? ''
      expectNear(lost?.data, [loss], bounds[precision])
      expectNear(y?.data, output, bounds[precision])
      expect(step.states.map(nameAt)).toEqual(Object.keys(states))
      const { input: _, ...learnt } = gradients
      expect(step.learnt.map(nameAt).sort()).toEqual(Object.keys(learnt).sort())
      step.states.forEach((place, i) => {
        expectNear(rest[i]?.data, states[nameAt(place)], bounds[precision])
      })
      step.learnt.forEach((place, i) => {
        expectNear(rest[step.states.length + i]?.data, gradients[nameAt(place)], bounds[precision])
      })
    },
  )
})
