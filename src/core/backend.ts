import type { Graph } from './ir/graph.ts'
import type { Tensor } from './ir/tensor.ts'

/** A graph bound to a batch size and made ready to run. */
export interface Program {
  /** One tensor per graph input, in order, with the batch bound; answers one per graph output. Throws `cancelled`. */
  run(inputs: readonly Tensor[]): Tensor[]
  /** As `run`, without a copy of what it answers: valid during `use` only, in which none of the backend's programs may run. */
  visit<T>(inputs: readonly Tensor[], use: (outputs: readonly Tensor[]) => T): T
  /**
   * One run after the other, each with its inputs but the graph's last, which is `first` and then what the run before answered: its
   * only output. Answers the last run's. Held inputs are the first run's in all. None of the backend's programs may run meanwhile.
   * Throws as `run`, and `graph` without a run or of more outputs.
   */
  fold(first: Tensor, runs: Iterable<readonly Tensor[]>): Tensor
}

/** Something that runs graphs: the f64 reference, or the WASM executor. */
export interface Backend {
  /** The width of the numbers it computes with and answers in. */
  readonly precision: 'f32' | 'f64'
  /** Programs are cached by graph object and batch: ask again rather than keep them. */
  compile(graph: Graph, batch: number): Program
}
