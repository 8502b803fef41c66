import { activation } from './activation.ts'
import { arithmetic } from './arithmetic.ts'
import type { Translator } from './call.ts'
import { constants } from './constants.ts'
import { conv } from './conv.ts'
import { indexing } from './indexing.ts'
import { matmul } from './matmul.ts'
import { normalization } from './normalization.ts'
import { pool } from './pool.ts'
import { reduce } from './reduce.ts'
import { shaping } from './shaping.ts'
import { softmax } from './softmax.ts'

/** Every op of the default domain that is read, family by family as in core/ops. */
export const translators: ReadonlyMap<string, Translator> = new Map(
  [
    activation,
    arithmetic,
    constants,
    conv,
    indexing,
    matmul,
    normalization,
    pool,
    reduce,
    shaping,
    softmax,
  ].flatMap((family) => Object.entries(family)),
)
