import type { Tensor } from '../core/ir/tensor.ts'

/** Something about the attributions of several samples, number by number, in f64. */
export interface Statistic {
  add(sample: Tensor): void
  /** of the i-th number, over the samples added so far */
  at(i: number): number
}

/** Makes the statistic of so many numbers a sample. */
export type StatisticOf = (length: number) => Statistic

export const meanSquareOf: StatisticOf = (length) => {
  const total = new Float64Array(length)
  let count = 0
  return {
    add({ data }) {
      count++
      for (let i = 0; i < total.length; i++) total[i] = (total[i] ?? 0) + (data[i] ?? 0) ** 2
    },
    at: (i) => (total[i] ?? 0) / count,
  }
}

/** mean a² − (mean a)², by Welford's update: never below 0. */
export const varianceOf: StatisticOf = (length) => {
  const mean = new Float64Array(length)
  const squares = new Float64Array(length)
  let count = 0
  return {
    add({ data }) {
      const share = 1 / ++count
      for (let i = 0; i < mean.length; i++) {
        const before = mean[i] ?? 0
        const off = (data[i] ?? 0) - before
        mean[i] = before + off * share
        squares[i] = (squares[i] ?? 0) + off * off * (1 - share)
      }
    },
    at: (i) => (squares[i] ?? 0) / count,
  }
}
