import { type Case, ROUNDED } from './case.ts'
import { type Geometry, window } from './dense-cases.ts'

const poolWindows: readonly (readonly [string, Geometry & { channels?: number }])[] = [
  ['overlapping windows', { size: [7, 8], stride: [2, 2], batch: 2 }],
  ['dilated windows', { size: [9, 8], dilation: [2, 3], padBegin: [2, 2], padEnd: [1, 3] }],
  [
    'windows beyond the end',
    { size: [5, 6], kernel: [2, 3], stride: [2, 3], padBegin: [0, 1], padEnd: [1, 2] },
  ],
  ['windows with gaps between', { size: [8, 9], kernel: [2, 1], stride: [3, 2], padBegin: [0, 0] }],
  ['the whole image', { size: [7, 5], kernel: [7, 5], padBegin: [0, 0], channels: 37 }],
  ['one channel', { channels: 1 }],
  ['many channels', { size: [5, 4], stride: [2, 2], channels: 59 }],
]

function poolCases(mode: number, name: string): Case<'pool'>[] {
  return poolWindows.map(([title, { channels = 6, ...geometry }]) => ({
    title: `${name} over ${title}`,
    tolerance: mode === 0 ? 0 : ROUNDED,
    args(box) {
      const { window: w, padBottom, padRight } = window(geometry)
      const x = box.whole(w.batch * w.inH * w.inW * channels)
      return {
        x,
        out: box.empty(w.batch * w.outH * w.outW * channels),
        ...w,
        padBottom,
        padRight,
        channels,
        mode,
      }
    },
  }))
}

/** Of every fifth input. */
const withNaN = (x: readonly number[]): number[] => x.map((value, i) => (i % 5 === 2 ? NaN : value))

/** Windows that hold no NaN, one, and several. */
const maximaAmongNaN = [6, 16].map(
  (channels): Case<'poolGrad'> => ({
    title: `the first NaN of each window, in ${channels} channels`,
    tolerance: 0,
    args(box) {
      const { window: w, padBottom, padRight } = window({ size: [7, 8], stride: [2, 2] })
      const inputs = w.batch * w.inH * w.inW * channels
      const x = withNaN(Array.from({ length: inputs }, (_, i) => (i * 7) % 11))
      const ct = box.whole(w.batch * w.outH * w.outW * channels)
      return { ct, x: box.place(x), out: box.whole(inputs), ...w, padBottom, padRight, channels, mode: 0 }
    },
  }),
)

function poolGradCases(mode: number, name: string): Case<'poolGrad'>[] {
  return poolWindows.map(([title, { channels = 6, ...geometry }]) => ({
    title: `${name} over ${title}`,
    tolerance: mode === 0 ? 0 : 4 * ROUNDED,
    args(box) {
      const { window: w, padBottom, padRight } = window(geometry)
      const inputs = w.batch * w.inH * w.inW * channels
      const ct = box.whole(w.batch * w.outH * w.outW * channels)
      // whatever was in `out` is overwritten
      return {
        ct,
        x: box.whole(inputs, 1),
        out: box.whole(inputs),
        ...w,
        padBottom,
        padRight,
        channels,
        mode,
      }
    },
  }))
}

const modes = ['the maximum', 'the average inside', 'the average with padding'] as const

export const pool = modes.flatMap((name, mode) => poolCases(mode, name))
export const poolGrad = [...modes.flatMap((name, mode) => poolGradCases(mode, name)), ...maximaAmongNaN]
