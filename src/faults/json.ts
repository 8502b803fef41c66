import { FaultsError } from './fault.ts'

/** What a JSON text may hold, at most. Parsing holds up its thread, and may need a hundred times the memory of the text. */
export interface JsonBounds {
  readonly lists: number
  /** commas: numbers in lists, mostly */
  readonly values: number
}

/** What the main thread parses, where everybody else waits for it. */
export const MAIN_THREAD: JsonBounds = { lists: 300_000, values: 4_000_000 }

/** What a worker parses. */
export const IN_A_WORKER: JsonBounds = { lists: 3_000_000, values: 2 ** 24 }

/** Lists and objects within each other, at most: what reads them calls itself. */
const MOST_NESTED = 64

/** JSON that is neither nested too deeply nor holds too much. `whole`: what errors call it. Throws FaultsError. */
export function boundedJson(bytes: Uint8Array, whole: string, bounds: JsonBounds = MAIN_THREAD): unknown {
  checkBounds(bytes, whole, bounds)
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString())
  } catch (error) {
    const message = 'expected JSON (it has no NaN and no infinity), got text that is not'
    throw new FaultsError([{ parameter: whole, message }], { cause: error })
  }
}

const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT, COMMA] = Buffer.from('[]{},')

/** Counts before anything is parsed; brackets and commas in texts count too. */
function checkBounds(bytes: Uint8Array, whole: string, bounds: JsonBounds): void {
  const refuse = (message: string) => {
    throw new FaultsError([{ parameter: whole, message }])
  }
  let [depth, lists, values] = [0, 0, 0]
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]
    if (byte === COMMA) values += 1
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      if (byte === OPEN_LIST) lists += 1
      depth += 1
      if (depth > MOST_NESTED) refuse(`expected at most ${MOST_NESTED} lists and objects within each other`)
      if (lists > bounds.lists) refuse(`expected at most ${bounds.lists} lists in JSON, got more`)
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth -= 1
  }
  if (values > bounds.values) refuse(`expected at most ${bounds.values} values in JSON, got ${values}`)
}
