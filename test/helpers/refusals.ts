import { describe, expect, test } from 'vitest'
import type { ProblemType } from '../../src/errors.ts'
import { problemSchema } from '../../src/schemas/problem.ts'
import { fakeEngine, png, testApp } from './app.ts'
import type { FakeOptions } from './fake-engine.ts'
import { post } from './requests.ts'

/** A request that must be refused, and how. */
export interface Refusal {
  readonly name: string
  readonly query?: string
  /** a good picture, unless given or unless there are headers */
  readonly body?: Buffer | string
  readonly headers?: Readonly<Record<string, string>>
  readonly url?: string
  readonly status: number
  readonly type: ProblemType
  /** every parameter that errors must name, and no other */
  readonly parameters?: readonly string[]
  readonly says?: RegExp
}

/** A good picture. */
export const image = await png()
export const PNG = { 'content-type': 'image/png' }
export const contentType = (type: string) => ({ 'content-type': type })

/** Tests each row, by an engine of these options: the refusal is as it should be, nothing of the inside shows, and the service goes on. */
export function describeRefusals(what: string, rows: readonly Refusal[], options?: FakeOptions): void {
  describe(what, () => {
    test.each(rows)(
      'is refused with $status $type: $name',
      async ({ query, body, headers, url, status, type, parameters, says }) => {
        const engine = fakeEngine(options)
        const app = await testApp({ engine, config: { bodyLimit: 2 ** 20 } })
        const answer = await post(app, {
          body: body ?? (headers ? undefined : image),
          ...(query !== undefined && { query }),
          ...(headers && { headers }),
          ...(url && { url }),
        })
        const problem = problemSchema.parse(answer.json())
        expect(problem).toMatchObject({ type: `/problems/${type}`, status })
        expect(answer.statusCode).toBe(status)
        expect(answer.headers['content-type']).toContain('application/problem+json')
        expect(answer.headers['x-request-id']).toBe(problem.instance)
        expect(answer.headers['server-timing']).toMatch(/total;dur=/)
        expect(problem.errors?.map(({ parameter }) => parameter) ?? []).toEqual(parameters ?? [])
        if (says) expect(problem.detail).toMatch(says)
        expect(answer.body).not.toMatch(/node_modules|at .*\.ts:/)
        expect(engine.jobs.length).toBe(Number(parameters?.[0]?.match(/^image\[(\d+)/)?.[1] ?? 0))
        expect(engine.held()).toBe(0)
        expect((await post(app, { body: image })).statusCode).toBe(200)
      },
    )
  })
}
