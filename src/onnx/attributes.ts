import { malformed } from './errors.ts'
import type { OnnxAttribute, OnnxAttributeValue, OnnxTensor } from './model.ts'

type Type = OnnxAttributeValue['type']

/** The attributes of one node by name and type. Throws OnnxError `malformed` for a wrong type or a missing one. */
export class Attributes {
  readonly #byName: ReadonlyMap<string, OnnxAttribute>

  constructor(attributes: readonly OnnxAttribute[]) {
    this.#byName = new Map(attributes.map((attribute) => [attribute.name, attribute]))
  }

  has(name: string): boolean {
    return this.#byName.has(name)
  }

  int(name: string, byDefault?: number): number {
    const found = this.#byName.get(name)
    if (found?.type === 'int') return found.value
    return this.#absent(name, found?.type, 'int', byDefault)
  }

  float(name: string, byDefault?: number): number {
    const found = this.#byName.get(name)
    if (found?.type === 'float') return found.value
    return this.#absent(name, found?.type, 'float', byDefault)
  }

  string(name: string, byDefault?: string): string {
    const found = this.#byName.get(name)
    if (found?.type === 'string') return found.value
    return this.#absent(name, found?.type, 'string', byDefault)
  }

  ints(name: string, byDefault?: readonly number[]): readonly number[] {
    const found = this.#byName.get(name)
    if (found?.type === 'ints') return found.value
    return this.#absent(name, found?.type, 'ints', byDefault)
  }

  floats(name: string, byDefault?: readonly number[]): readonly number[] {
    const found = this.#byName.get(name)
    if (found?.type === 'floats') return found.value
    return this.#absent(name, found?.type, 'floats', byDefault)
  }

  tensor(name: string): OnnxTensor {
    const found = this.#byName.get(name)
    if (found?.type === 'tensor') return found.value
    return this.#absent<OnnxTensor>(name, found?.type, 'tensor', undefined)
  }

  #absent<T>(name: string, found: Type | undefined, wanted: Type, byDefault: T | undefined): T {
    if (found !== undefined) throw malformed(`its attribute ${name} is of type ${found}, not ${wanted}`)
    if (byDefault === undefined) throw malformed(`it lacks the attribute ${name}`)
    return byDefault
  }
}
