import { describe, expect, it } from 'vitest'
import { history } from '../../src/imaging/charts/history.ts'
import { type Epoch, type History, historyPlot } from '../../src/imaging/history-plot.ts'
import { decodeRaster } from '../../src/imaging/raster.ts'

const epochs = (losses: readonly number[], rest: Partial<Epoch> = {}): Epoch[] =>
  losses.map((loss, i) => ({ epoch: i + 1, loss, learningRate: 0.1, ...rest }))

const parts = (all: readonly Epoch[], best?: History['best']): History => ({
  title: 'Training of circles',
  facts: `${all.length} epochs`,
  epochs: all,
  layers: [],
  best,
})

/** The drawing's texts. */
const texts = (of: History): string[] =>
  [...history(of).body.markup.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, content = '']) => content)

describe('historyPlot', () => {
  it('is a slide', async () => {
    const png = Buffer.from(await historyPlot(parts(epochs([2, 1, 0.5])), 'png'))
    const { width, height } = await decodeRaster(png)
    expect([width, height]).toEqual([1920, 1080])
  })

  it('as SVG needs no fonts and says in words what it shows', async () => {
    const svg = String(await historyPlot(parts(epochs([2, 1])), 'svg'))
    expect(svg).toMatch(/^<svg [^>]*role="img"><title>Training of circles: 2 epochs<\/title>/)
    expect(svg).not.toContain('<text')
  })

  it('takes a logarithmic scale where losses differ by more than a factor of 20', () => {
    expect(texts(parts(epochs([1, 0.1])))).toContain('Loss')
    expect(texts(parts(epochs([1, 0.01])))).toContain('Loss, on a logarithmic scale')
    expect(texts(parts(epochs([1, 0])))).toContain('Loss')
  })

  it('writes powers of ten, and 2 and 5 times them where they are few', () => {
    const few = texts(parts(epochs([3, 0.04])))
    for (const tick of ['0.05', '0.1', '0.2', '0.5', '1', '2']) expect(few).toContain(tick)
    const many = texts(parts(epochs([1, 1e-12])))
    expect(many).toContain('1')
    expect(many).not.toContain('0.5')
  })

  it('marks the best epoch', () => {
    expect(texts(parts(epochs([3, 1, 2]), { epoch: 2, loss: 1 }))).toContain('best: epoch 2, 1')
  })

  it('has a panel of accuracy, and lines of validation, only where there is some', () => {
    const bare = texts(parts(epochs([2, 1])))
    expect(bare).not.toContain('Accuracy')
    expect(bare).not.toContain('validation')
    const full = texts(parts(epochs([2, 1], { accuracy: 0.5, validationLoss: 2, validationAccuracy: 0.4 })))
    expect(full).toContain('Accuracy')
    expect(full.filter((content) => content === 'validation')).toHaveLength(2)
  })

  it.each([
    ['a single epoch', epochs([0.7], { accuracy: 1 })],
    ['losses that are all 0', epochs([0, 0, 0])],
    ['losses that are all alike', epochs([0.3, 0.3])],
    ['negative losses', epochs([-1, -2])],
    ['a learning rate of 0', epochs([2, 1], { learningRate: 0 })],
    ['validation that is no number', epochs([2, 1], { validationLoss: Number.NaN })],
    ['validation without bounds', epochs([2, 1], { validationLoss: Infinity })],
    ['losses beyond measure', epochs([1e300, 1e-300])],
    ['very many epochs', epochs(Array.from({ length: 100_000 }, (_, i) => 1 / (i + 1)))],
  ])('draws %s', (_name, all) => {
    const { body } = history(parts(all, { epoch: 1, loss: all[0]?.loss ?? 0 }))
    expect(body.markup).not.toMatch(/NaN|Infinity|undefined/)
    expect(body.markup.length).toBeLessThan(200_000)
  })

  const layersAt = (epoch: number, dead: readonly number[]) => ({
    epoch,
    layers: dead.map((count, i) => ({
      ...{ name: `fullyConnected_${i + 1}`, units: 4, dead: count, gradientNorm: 10 ** -i },
    })),
  })
  const withLayers = (...layers: History['layers']) => ({ ...parts(epochs([2, 1])), layers })

  it('draws the gradient at each layer below, and dead units where there are some', () => {
    const all = texts(withLayers(layersAt(0, [0, 0]), layersAt(1, [0, 3]), layersAt(2, [0, 3])))
    expect(all).toContain('Gradient of the loss at the layers')
    expect(all).toContain('Dead units of the layer: no sample gives them more than 0')
    expect(all.filter((content) => content === 'fullyConnected_2')).toHaveLength(2)
    const alive = withLayers(layersAt(0, [0, 0]), layersAt(1, [0, 0]))
    expect(texts(alive).filter((content) => content.startsWith('Dead'))).toEqual([])
    expect(history(alive).height).toBeGreaterThan(history(parts(epochs([2, 1]))).height)
  })

  it('draws as many of many layers as have room for their names, and says so', () => {
    const many = new Array(40).fill(1)
    const all = texts(withLayers(layersAt(0, many), layersAt(1, many)))
    const named = all.filter((content) => content.startsWith('fullyConnected_'))
    expect(named).toContain('fullyConnected_1')
    expect(named).toContain('fullyConnected_40')
    expect(all).toContain(`Gradient of the loss at ${named.length / 2} of 40 layers, on a logarithmic scale`)
  })
})
