import { join } from 'node:path'
import { root } from '../root.ts'

/** Where the compiled kernels are. */
export const buildFolder = join(root, 'build/kernels')
