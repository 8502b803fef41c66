import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readFileSync } from 'node:fs'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import type { FastifyInstance } from 'fastify'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { problems, problemTypes } from '../../src/errors.ts'
import { methods } from '../../src/explain/index.ts'
import { openapiText } from '../../src/openapi.ts'
import { exampleOf, problemSchema } from '../../src/schemas/problem.ts'
import { testApp } from '../helpers/app.ts'

interface Example {
  readonly $ref?: string
}
interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly parameters?: readonly { name: string; description?: string; example?: unknown }[]
  readonly responses: Readonly<
    Record<
      string,
      {
        headers?: object
        content?: Record<string, { schema: { format?: string }; examples?: Record<string, Example> }>
      }
    >
  >
}
interface Document {
  readonly info: { description: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { examples: Readonly<Record<string, { value: { type: string; status: number } }>> }
}

const text = await openapiText()
const document: Document = parse(text)
const operations = Object.values(document.paths).flatMap((path) => Object.values(path))

describe('openapi.yaml', () => {
  test('is what the routes generate', () => {
    expect(readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8')).toBe(text)
  })

  test('is what the service answers', async () => {
    const answer = await (await testApp()).inject({ url: '/openapi.yaml' })
    expect([answer.headers['content-type'], answer.body]).toEqual(['application/yaml', text])
  })

  test('is valid by the linter', async () => {
    const config = await createConfig({
      extends: ['recommended-strict'],
      rules: { 'no-unused-components': 'off' },
    })
    expect(await lintFromString({ source: text, config })).toEqual([])
  })

  test('holds only characters that YAML allows: all parsers read it', () => {
    expect(text).not.toMatch(/[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd]/)
  })

  test('describes every route of the service, and no other', async () => {
    const served: string[] = []
    // the moment before the app's first plugin: no route escapes
    const onInitialization = (message: unknown): void => {
      const { fastify } = message as { fastify: FastifyInstance }
      fastify.addHook('onRoute', ({ method, url }) => {
        for (const verb of [method].flat())
          if (verb !== 'HEAD') served.push(`${verb} ${url.replace(/:(\w+)/g, '{$1}')}`)
      })
    }
    subscribe('fastify.initialization', onInitialization)
    await testApp()
    unsubscribe('fastify.initialization', onInitialization)
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(described.sort()).toEqual(served.sort())
  })

  test('describes what /v1 points to', async () => {
    const { paths } = (await (await testApp()).inject({ url: '/v1' })).json()
    for (const pointer of paths) {
      const [method = '', path = ''] = pointer.split(' ')
      expect(document.paths[path], pointer).toHaveProperty(method.toLowerCase())
    }
  })

  test('knows the parameters of every method', () => {
    const names = document.paths['/v1/models/{model}/explain']?.post?.parameters?.map(({ name }) => name)
    for (const { params } of methods.values())
      expect(names).toEqual(expect.arrayContaining(Object.keys(params.shape)))
  })

  test('says of bytes that they are binary', () => {
    const content = document.paths['/v1/models/{model}/explain']?.post?.responses['200']?.content
    expect(content?.['image/png']?.schema).toMatchObject({ type: 'string', format: 'binary' })
  })
})

describe('the errors in openapi.yaml', () => {
  const { examples } = document.components

  test('are those of the table, with its statuses', () => {
    expect(Object.keys(examples).sort()).toEqual(Object.keys(problems).sort())
    for (const type of problemTypes) {
      const { status } = problems[type]
      expect(examples[type]?.value).toMatchObject({ type: `/problems/${type}`, status })
      expect(problemSchema.parse(examples[type]?.value)).toEqual(exampleOf(type))
      expect(document.info.description).toContain(`| ${status} | \`/problems/${type}\` |`)
    }
  })

  test('tell in every operation of other methods and the Allow header', () => {
    for (const { operationId, responses } of operations)
      expect(responses['405']?.headers, operationId).toHaveProperty('allow')
  })

  test('stand under their status in every operation', () => {
    for (const { operationId, responses } of operations)
      for (const [status, { content = {} }] of Object.entries(responses))
        for (const [name, { $ref }] of Object.entries(content['application/problem+json']?.examples ?? {})) {
          expect($ref).toBe(`#/components/examples/${name}`)
          expect(`${examples[name]?.value.status}`, `${operationId} ${name}`).toBe(status)
        }
  })
})
