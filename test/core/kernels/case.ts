import type { KernelArgs, KernelName } from '../../../src/core/kernels/list.ts'
import type { Sandbox } from './sandbox.ts'

/** One call to hold against its twin. Data are whole numbers, so that sums are exact, unless a tolerance is given. */
export interface Case<K extends KernelName> {
  readonly title: string
  readonly args: (box: Sandbox) => KernelArgs[K]
  /** relative to 1 or the element; default 0 */
  readonly tolerance?: number
}

/** A tolerance: a division or a mean rounds. */
export const ROUNDED = 2e-7
