import { join } from 'node:path'
import { root } from '../root.ts'

/** Where the compiled kernels are. */
export const buildFolder = join(root, 'build/kernels')

/** What the self-test expects of them, in f32. */
export const expectedFile = join(buildFolder, 'expected.f32')

/** The compiled kernels for pictures. */
export const imagingFile = join(buildFolder, 'imaging.wasm')
