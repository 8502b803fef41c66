import type { FilterKind } from '../kind.ts'
import { average } from './average.ts'
import { bilateral } from './bilateral.ts'
import { canny } from './canny.ts'
import { closing } from './closing.ts'
import { custom } from './custom.ts'
import { differenceOfGaussians } from './difference-of-gaussians.ts'
import { dilation } from './dilation.ts'
import { disk } from './disk.ts'
import { erosion } from './erosion.ts'
import { gabor } from './gabor.ts'
import { gaussian } from './gaussian.ts'
import { laplacian } from './laplacian.ts'
import { log } from './log.ts'
import { median } from './median.ts'
import { motion } from './motion.ts'
import { opening } from './opening.ts'
import { prewitt } from './prewitt.ts'
import { roberts } from './roberts.ts'
import { scharr } from './scharr.ts'
import { sharpen } from './sharpen.ts'
import { sobel } from './sobel.ts'
import { unsharp } from './unsharp.ts'
import { unsharpMask } from './unsharp-mask.ts'
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
    scharr,
    roberts,
    gabor,
    differenceOfGaussians,
    unsharpMask,
    canny,
    median,
    erosion,
    dilation,
    opening,
    closing,
    bilateral,
    custom,
    wolframGaussianR1,
    wolframLaplacianR1,
  ].map((kind) => [kind.id, kind]),
)
