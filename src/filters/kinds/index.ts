import type { FilterKind } from '../kind.ts'
import { average } from './average.ts'
import { custom } from './custom.ts'
import { disk } from './disk.ts'
import { gaussian } from './gaussian.ts'
import { laplacian } from './laplacian.ts'
import { log } from './log.ts'
import { motion } from './motion.ts'
import { prewitt } from './prewitt.ts'
import { sharpen } from './sharpen.ts'
import { sobel } from './sobel.ts'
import { unsharp } from './unsharp.ts'
import { wolframGaussianR1 } from './wolfram-gaussian-r1.ts'
import { wolframLaplacianR1 } from './wolfram-laplacian-r1.ts'

/** Every filter, by its id in the API. */
export const kinds: ReadonlyMap<string, FilterKind> = new Map(
  [
    average,
    disk,
    gaussian,
    laplacian,
    log,
    motion,
    prewitt,
    sobel,
    unsharp,
    sharpen,
    custom,
    wolframGaussianR1,
    wolframLaplacianR1,
  ].map((kind) => [kind.id, kind]),
)
