import { expect, test } from 'vitest'
import { ConfigError } from '../src/config.ts'
import { CardError } from '../src/models/card.ts'
import { TaskError } from '../src/pool/errors.ts'
import { startFault } from '../src/start-fault.ts'

const address = { host: 'nope.invalid', port: 80 }
const failed = (code: string, syscall: string) =>
  Object.assign(new Error(`${syscall} ${code}`), { code, syscall })

test.each([
  [failed('EADDRINUSE', 'listen'), 'PORT: another process listens on port 80 of nope.invalid already'],
  [failed('EACCES', 'listen'), 'PORT: this process may not listen on port 80'],
  [failed('EADDRNOTAVAIL', 'listen'), 'HOST: nope.invalid is not an address of this machine'],
  [failed('ENOTFOUND', 'getaddrinfo'), 'HOST: there is no host called nope.invalid'],
  [failed('EAI_AGAIN', 'getaddrinfo'), 'HOST: the address of nope.invalid could not be looked up'],
  [new ConfigError(['PRELOAD: there is no usable model x']), 'PRELOAD: there is no usable model x'],
  [new CardError('a/model.json', ['field "title": too short']), 'a/model.json: field "title": too short'],
  [new TaskError('OnnxError', 'malformed', 'not an ONNX model'), 'not an ONNX model'],
])('%o is told as: %s', (error, sentence) => expect(startFault(error, address)).toBe(sentence))

test.each([new TypeError('x is not a function'), failed('EACCES', 'open'), undefined])(
  '%o is told by nobody',
  (error) => expect(startFault(error, address)).toBeUndefined(),
)
