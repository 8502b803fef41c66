import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import * as z from 'zod'
import { jobListSchema, jobSchema } from '../../src/schemas/jobs.ts'
import { temporaryFolder } from '../helpers/folder.ts'
import { xor } from '../helpers/trainings.ts'

const entry = new URL('../helpers/serve-trainings.ts', import.meta.url).pathname
const parametersSchema = z.array(z.array(z.number()))

async function start(folder: string): Promise<{ child: ChildProcess; origin: string }> {
  const child = spawn(process.execPath, [entry], {
    env: { ...process.env, FOLDER: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const [line] = await once(child.stdout, 'data')
  return { child, origin: String(line).trim() }
}

const training = {
  ...xor,
  optimizer: { type: 'adam', learningRate: 0.001 },
  epochs: 8000,
  batchSize: 3,
  seed: 4,
}

async function post(url: string, body?: object): Promise<string> {
  const answer = await fetch(url, {
    method: 'POST',
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  expect(answer.status).toBe(202)
  return String(answer.headers.get('location'))
}

const jobAt = async (url: string) => jobSchema.parse(await (await fetch(url)).json())

async function trained(folder: string, url: string) {
  await (await fetch(`${url}/events`)).text()
  expect((await jobAt(url)).status).toBe('finished')
  return parametersSchema.parse(JSON.parse(await readFile(join(folder, 'xor.json'), 'utf8')))
}

test('a training that is killed with its process is interrupted, and resumed to the same weights; its end outlives another one', async () => {
  const whole = await temporaryFolder()
  const undisturbed = await start(whole)
  const expected = await trained(
    whole,
    undisturbed.origin + (await post(`${undisturbed.origin}/v1/trainings`, training)),
  )

  const folder = await temporaryFolder()
  let running = await start(folder)
  const path = await post(`${running.origin}/v1/trainings`, training)
  let resumedFrom = 0
  for (let kills = 0; kills < 2; kills++) {
    // killed when a checkpoint is behind it
    while ((await jobAt(running.origin + path)).step <= resumedFrom + 200)
      await new Promise((resolve) => setTimeout(resolve, 10))
    await new Promise((resolve) => setTimeout(resolve, 300))
    running.child.kill('SIGKILL')
    await once(running.child, 'exit')
    running = await start(folder)
    const { jobs } = jobListSchema.parse(await (await fetch(`${running.origin}/v1/jobs`)).json())
    expect(jobs).toMatchObject([{ status: 'interrupted', model: 'xor' }])
    expect(jobs[0]?.step).toBeGreaterThan(resumedFrom)
    resumedFrom = jobs[0]?.step ?? 0
    expect(await post(`${running.origin}${path}/resume`)).toBe(path)
  }
  expect(await trained(folder, running.origin + path)).toEqual(expected)

  const ended = await jobAt(running.origin + path)
  expect(ended.history.at(-1).epoch).toBe(8000)
  running.child.kill('SIGKILL')
  await once(running.child, 'exit')
  running = await start(folder)
  expect({ ...(await jobAt(running.origin + path)), samplesPerSecond: 0 }).toEqual({
    ...ended,
    samplesPerSecond: 0,
  })
}, 60_000)
