import { describe, expect, it } from 'vitest'
import { type Numbers, type Purpose, readSamples, refuseOneClass } from '../../src/networks/samples.ts'
import { samplesFromCsv } from '../../src/networks/samples-csv.ts'
import { samplesFromJson } from '../../src/networks/samples-json.ts'

const numbers = (shape: number[], ...values: number[]): Numbers => ({
  shape,
  data: Float64Array.from(values),
})
const names = { inputs: 'data.inputs', targets: 'data.targets' }
const purpose = (of: Partial<Purpose> = {}): Purpose => ({
  inputShape: [2],
  outputShape: [3],
  loss: 'cross-entropy',
  precision: 'float64',
  ...of,
})

/** A text of 3 samples of (x, y). */
const points = [
  [0, 1],
  [2, 3],
  [4, 5],
]

const read = (inputs: readonly unknown[], targets: readonly unknown[], of: Partial<Purpose> = {}) => {
  const samples = readSamples(samplesFromJson(inputs, targets), purpose(of))
  refuseOneClass(samples.data, names.targets, purpose(of).loss)
  return samples
}

describe('samples from JSON', () => {
  it('are numbers row by row, in memory that threads share', () => {
    const { data } = read(points, [
      [1, 0, 0],
      [0, 0.5, 0.5],
      [0, 0, 1],
    ])
    expect(data).toMatchObject({ count: 3, inputShape: [2], targetShape: [3] })
    expect([...data.inputs]).toEqual([0, 1, 2, 3, 4, 5])
    expect([...data.targets]).toEqual([1, 0, 0, 0, 0.5, 0.5, 0, 0, 1])
    expect(data.inputs.buffer).toBeInstanceOf(SharedArrayBuffer)
  })

  it.each([
    ['class numbers', [2, 0, 1], undefined, [0, 0, 1, 1, 0, 0, 0, 1, 0], undefined],
    ['class numbers in lists', [[2], [0], [1]], undefined, [0, 0, 1, 1, 0, 0, 0, 1, 0], undefined],
    ['labels by alphabet', ['c', 'a', 'b'], undefined, [0, 0, 1, 1, 0, 0, 0, 1, 0], ['a', 'b', 'c']],
    ['labels in an order', ['c', 'a', 'b'], ['c', 'b', 'a'], [1, 0, 0, 0, 0, 1, 0, 1, 0], ['c', 'b', 'a']],
  ])('take targets as %s', (_, targets, given, expected, labels) => {
    const samples = read(points, targets, { labels: given })
    expect([...samples.data.targets]).toEqual(expected)
    expect(samples.labels).toEqual(labels)
  })

  it('take two labels for one output, and numbers for it', () => {
    const of = { outputShape: [1], loss: 'binary-cross-entropy' }
    expect([...read(points, ['no', 'yes', 'no'], of).data.targets]).toEqual([0, 1, 0])
    expect([...read(points, [0, 1, 1], of).data.targets]).toEqual([0, 1, 1])
  })

  it('take pictures nested or flat', () => {
    const of = { inputShape: [1, 1, 2] }
    const nested = points.map((row) => [[row]])
    expect(read(nested, [0, 1, 2], of).data).toEqual(read(points, [0, 1, 2], of).data)
  })

  it.each<[string, unknown[], unknown[], Partial<Purpose>, string, RegExp]>([
    [
      'a class number too large',
      points,
      [0, 1, 3],
      {},
      'data.targets',
      /class numbers from 0 to 2, got 3 at \[2\]/,
    ],
    [
      'a class number below 0',
      points,
      [0, -1, 1],
      {},
      'data.targets',
      /class numbers from 0 to 2, got -1 at \[1\]/,
    ],
    ['half a class', points, [0, 0.5, 1], {}, 'data.targets', /class numbers from 0 to 2, got 0.5 at \[1\]/],
    [
      'too many labels',
      points,
      ['a', 'b', 'c'],
      { outputShape: [2] },
      'data.targets',
      /classes, which is 2, got 3/,
    ],
    [
      'an unknown label',
      points,
      ['a', 'b', 'd'],
      { labels: ['a', 'b', 'c'] },
      'data.targets',
      /got "d" at \[2\]/,
    ],
    [
      'one class',
      points,
      [1, 1, 1],
      {},
      'data.targets',
      /two classes at least for cross-entropy, got 3 of one/,
    ],
    ['one label', points, ['a', 'a', 'a'], {}, 'data.targets', /two classes at least/],
    [
      'ragged rows',
      [[0, 1], [2], [4, 5]],
      [0, 1, 2],
      {},
      'data.inputs',
      /a list of 2 at \[1\], .* got one of 1/,
    ],
    [
      'a text among numbers',
      [
        [0, 1],
        [2, 'x'],
        [4, 5],
      ],
      [0, 1, 2],
      {},
      'data.inputs',
      /a number at \[1\]\[1\], got "x"/,
    ],
    [
      'null, as NaN is written',
      [
        [0, 1],
        [2, null],
        [4, 5],
      ],
      [0, 1, 2],
      {},
      'data.inputs',
      /at \[1\]\[1\], got null/,
    ],
    ['a label among numbers', points, [0, 'a', 1], {}, 'data.targets', /a number at \[1\], got "a"/],
    ['no samples', [], [], {}, 'data.inputs', /expected samples, got none/],
    ['too few targets', points, [0, 1], {}, 'data.targets', /a target for each of the 3 inputs, got 2/],
    [
      'other inputs',
      [[1, 2, 3]],
      [0],
      {},
      'data.inputs',
      /samples of \[2\], as the network takes them, got \[3\]/,
    ],
    [
      'other targets',
      points,
      points,
      {},
      'data.targets',
      /targets of \[3\], as the network answers, .* got \[2\]/,
    ],
    [
      'chances above 1',
      points,
      [
        [1, 0, 0],
        [0, 2, 0],
        [0, 0, 1],
      ],
      {},
      'data.targets',
      /from 0 to 1 for cross-entropy, got 2 at \[1\]\[1\]/,
    ],
    [
      'lists without end',
      [[[[[[[[[1]]]]]]]]],
      [0],
      {},
      'data.inputs',
      /at most 8 lists inside each other, got more/,
    ],
  ])('are refused: %s', (_, inputs, targets, of, parameter, says) => {
    expect(() => read(inputs, targets, of)).toThrow(
      expect.objectContaining({
        name: 'NetworkError',
        kind: 'bad-data',
        parameter,
        message: expect.stringMatching(says),
      }),
    )
  })

  it.each([
    ['NaN', Number.NaN, /finite numbers, got NaN at \[1, 0\]/],
    ['infinity', Number.POSITIVE_INFINITY, /finite numbers, got Infinity at \[1, 0\]/],
  ])('are refused: %s', (_, value, says) => {
    const raw = { names, inputs: numbers([2, 2], 0, 1, value, 3), targets: numbers([2], 0, 1) }
    expect(() => readSamples(raw, purpose())).toThrow(says)
  })

  it.each([
    [[1_000_001, 2], /at most 1000000 samples, got 1000001/],
    [[100_000, 2], /at most 67108864 numbers, got 100000 samples of 1000/],
  ])('are refused beyond the limits: %j', (shape, says) => {
    const raw = { names, inputs: numbers(shape), targets: numbers([shape[0] ?? 0]) }
    expect(() => readSamples(raw, purpose({ inputShape: shape[0] === 100_000 ? [1000] : [2] }))).toThrow(says)
  })
})

describe('samples from CSV', () => {
  it.each([
    ['a header', 'x,y,class\n0,1,a\n2,3,b\n4,5,c\n', {}],
    ['no header', '0,1,a\n2,3,b\n4,5,c\n', {}],
    ['semicolons', 'x;y;class\n0;1;a\n2;3;b\n4;5;c\n', {}],
    ['tabs, a byte order mark, CRLF', '\ufeffx\ty\tclass\r\n0\t1\ta\r\n2\t3\tb\r\n4\t5\tc\r\n', {}],
    ['another order', 'class,x,y\na,0,1\nb,2,3\nc,4,5\n', { target: ['class'] }],
    ['columns by number', 'a,0,1\nb,2,3\nc,4,5\n', { target: [0] }],
    ['numbers that name columns', '1,2,3\n0,1,a\n2,3,b\n4,5,c\n', { header: true }],
  ])('have labels in the last column, or where target says: %s', (_, text, options) => {
    const { data, labels } = readSamples(samplesFromCsv(text, options), purpose())
    expect([...data.inputs]).toEqual([0, 1, 2, 3, 4, 5])
    expect([...data.targets]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1])
    expect(labels).toEqual(['a', 'b', 'c'])
  })

  it('have several columns of targets', () => {
    const text = 'x,y,a,b,c\n0,1,1,0,0\n2,3,0,1,0\n'
    const { data } = readSamples(samplesFromCsv(text, { target: ['a', 'b', 'c'] }), purpose())
    expect([...data.targets]).toEqual([1, 0, 0, 0, 1, 0])
  })

  it.each([
    [
      'decimal commas',
      '0,5;1;a\n2;3;b\n',
      {},
      'data.csv',
      /row 1, column 0: expected a point before decimals, got a comma in 0,5: write 0.5/,
    ],
    [
      'quoted decimal commas',
      'x,y,class\n"0,5",1,a\n',
      {},
      'data.csv',
      /row 2, column "x": expected a point/,
    ],
    ['decimal commas in targets', 'x;y\n1;0,5\n', {}, 'data.csv', /row 2, column "y": expected a point/],
    [
      'a text among numbers',
      'x,y,class\n0,abc,a\n',
      {},
      'data.csv',
      /row 2, column "y": expected a number, got "abc"/,
    ],
    [
      'an empty cell',
      'x,y,class\n0,,a\n',
      {},
      'data.csv',
      /row 2, column "y": expected a number, got nothing/,
    ],
    ['NaN', 'x,y,class\n0,NaN,a\n', {}, 'data.csv', /got "NaN"/],
    [
      'no label',
      'x,y,class\n0,1,a\n0,1,\n',
      {},
      'data.csv',
      /row 3, column "class": expected a label, got nothing/,
    ],
    [
      'ragged rows',
      'x,y,class\n0,1,a\n0,1\n',
      {},
      'data.csv',
      /as many columns in each row as in the first: .*line 3/,
    ],
    ['quotes that do not close', 'x,y,class\n0,"1,a\n', {}, 'data.csv', /comma-separated values/],
    ['a header alone', 'x,y,class\n', {}, 'data.csv', /got a header alone/],
    ['nothing', '', {}, 'data.csv', /rows of samples, got/],
    [
      'an unknown column',
      'x,y,class\n0,1,a\n',
      { target: ['klass'] },
      'data.target',
      /one of x, y, class, got "klass"/,
    ],
    [
      'a name without a header',
      '0,1,2\n',
      { target: ['x'] },
      'data.target',
      /from 0 to 2: there is no header/,
    ],
    ['a column twice', 'x,y,class\n0,1,a\n', { target: ['x', 0] }, 'data.target', /each column once/],
    ['no inputs', 'x\n1\n', {}, 'data.target', /columns of inputs beside the target/],
  ])('are refused: %s', (_, text, options, parameter, says) => {
    expect(() => samplesFromCsv(text, options)).toThrow(
      expect.objectContaining({
        name: 'NetworkError',
        kind: 'bad-data',
        parameter,
        message: expect.stringMatching(says),
      }),
    )
  })
})
