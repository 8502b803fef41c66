import pino from 'pino'
import { readConfig } from '../../src/config.ts'
import type { Tensor } from '../../src/core/ir/tensor.ts'
import { buildKernels } from '../../src/core/kernels/build.ts'
import type { ExplainJob } from '../../src/explain/job.ts'
import { createLocalEngine, type LocalEngine } from '../../src/local-engine.ts'
import { netsFolder, TARGET } from './nets.ts'

/** gradlens without HTTP and pictures: what a request asks of the engine, with tensors. */
export class BenchEngine implements AsyncDisposable {
  readonly #engine: LocalEngine

  private constructor(engine: LocalEngine) {
    this.#engine = engine
  }

  /** Takes the nets that are there by now. */
  static async open(workers: number): Promise<BenchEngine> {
    await buildKernels()
    const engine = await createLocalEngine({
      config: readConfig({ WORKERS: `${workers}`, MODELS_DIR: netsFolder, CACHE_BYTES: '8 GiB' }),
      // standard output is for answers
      logger: pino({ level: 'error' }, pino.destination(2)),
    })
    await engine.started
    return new BenchEngine(engine)
  }

  /** The logits. */
  async predict(net: string, input: Tensor): Promise<Tensor['data']> {
    using place = this.#place()
    const { result } = await place.predict(this.#model(net), { kind: 'predict', input })
    return result.logits.data
  }

  /** The attribution, all channels. */
  async explain(
    net: string,
    input: Tensor,
    method: string,
    params: ExplainJob['params'] = {},
  ): Promise<Tensor['data']> {
    using place = this.#place()
    const { result } = await place.explain(this.#model(net), {
      ...{ kind: 'explain', input, method, params, target: TARGET, of: 'logit' },
      ...{ channels: 'none', layer: undefined, seed: 0 },
    })
    return result.map.data
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine.close(1000)
  }

  #place() {
    return this.#engine.admit({ signal: new AbortController().signal })
  }

  #model(net: string) {
    const model = this.#engine.models.get(net)
    if (!model) throw new Error(`the registry does not have ${net}`)
    if (model.status === 'unusable') throw new Error(model.problem)
    return model
  }
}
