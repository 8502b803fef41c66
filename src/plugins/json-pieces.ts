import { setImmediate } from 'node:timers/promises'

/** Milliseconds of writing after which others have their turn. */
const TURN_MS = 10

/** JSON of an object some of whose fields are long lists: they are made and written item by item, and hold up nobody. */
export async function jsonInPieces(
  fields: Readonly<Record<string, unknown>>,
  lists: Readonly<Record<string, Iterable<unknown>>>,
): Promise<string> {
  const texts = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${JSON.stringify(name)}:${JSON.stringify(value)}`],
  )
  for (const [name, items] of Object.entries(lists))
    texts.push(`${JSON.stringify(name)}:${await listText(items)}`)
  return `{${texts.join(',')}}`
}

async function listText(items: Iterable<unknown>): Promise<string> {
  const texts: string[] = []
  let since = performance.now()
  for (const item of items) {
    texts.push(JSON.stringify(item))
    if (performance.now() - since < TURN_MS) continue
    await setImmediate()
    since = performance.now()
  }
  return `[${texts.join(',')}]`
}
