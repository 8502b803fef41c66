import type { Case } from './case.ts'
import { convCase, everything, gemm, inBits, windows } from './dense-cases.ts'

/** Convolutions of inputs of which many numbers are 0, for which the kernel looks. */
export const sparseConv: readonly Case<'conv'>[] = [
  ...[1, 16, 17, 30, 49, 600].map((rows) =>
    gemm(`${rows} rows that are 0 in many places`, rows, 24, 48, { sparse: true, ...everything }),
  ),
  ...[3, 8, 21, 31, 40].map((n) =>
    gemm(`rows that are 0 in many places, to ${n} columns`, 60, 16, n, { sparse: true, bias: true }),
  ),
  ...windows.flatMap(([title, geometry]) => [
    convCase(`many zeros, ${title}`, { k: 8, n: 32, sparse: true, ...everything, ...geometry }),
    convCase(`many zeros, the adjoint of ${title}`, {
      ...{ k: 8, n: 32, sparse: true, transposed: 1, ...everything, ...geometry },
    }),
    convCase(`many zeros and turned weights, the adjoint of ${title}`, {
      ...{ k: 16, n: 32, sparse: true, transposed: 1, turned: 1, ...everything, ...geometry },
    }),
  ]),
  ...inBits.map(([title, parts]) =>
    convCase(`many zeros, ${title}`, { k: 8, n: 48, sparse: true, ...parts }),
  ),
]
