import { crc32, deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { sharp } from '../../src/imaging/sharp.ts'
import { samplesFromZip } from '../../src/networks/samples-zip.ts'

const grey = (value: number): Promise<Buffer> =>
  sharp({ create: { width: 6, height: 4, channels: 3, background: { r: value, g: value, b: value } } })
    .png()
    .toBuffer()

interface File {
  readonly name: string
  readonly bytes: Buffer
  /** what the archive says of its length */
  readonly claims?: number
}

/** An archive with any names, and any claims. */
function zip(files: readonly File[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const { name, bytes, claims = bytes.length } of files) {
    const packed = deflateRawSync(bytes)
    const facts = Buffer.alloc(26)
    facts.writeUInt16LE(20, 0)
    facts.writeUInt16LE(8, 4)
    facts.writeUInt32LE(crc32(bytes), 10)
    facts.writeUInt32LE(packed.length, 14)
    facts.writeUInt32LE(claims, 18)
    facts.writeUInt16LE(Buffer.byteLength(name), 22)
    const head = Buffer.concat([Buffer.from('PK\x03\x04'), facts, Buffer.from(name), packed])
    const end = Buffer.alloc(14)
    end.writeUInt32LE(at, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), facts, end, Buffer.from(name)]))
    parts.push(head)
    at += head.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06')
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...parts, central, end])
}

const picture = await grey(51)

const options = { inputShape: [1, 2, 2], pixelLimit: 1000, signal: new AbortController().signal }

describe('samples from a zip', () => {
  it('are the pictures of each folder at the size of the network, from 0 to 1', async () => {
    const [dark, light] = [await grey(51), await grey(255)]
    const bytes = zip([
      { name: 'set/', bytes: Buffer.alloc(0) },
      { name: 'set/dark/1.png', bytes: dark },
      { name: 'set/light/1.png', bytes: light },
      { name: '__MACOSX/set/dark/1.png', bytes: Buffer.from('what a Mac adds') },
      { name: 'set/dark/.DS_Store', bytes: Buffer.from('the same') },
    ])
    const { inputs, targets } = await samplesFromZip(bytes, options)
    expect(inputs.shape).toEqual([2, 1, 2, 2])
    expect([...inputs.data].map((value) => Math.round(value * 100) / 100)).toEqual([
      0.2, 0.2, 0.2, 0.2, 1, 1, 1, 1,
    ])
    expect(targets).toEqual({ labels: ['dark', 'light'], places: Uint32Array.of(0, 1) })
  })

  it.each<[string, Buffer, RegExp]>([
    ['a path that climbs out', zip([{ name: 'a/../../b/1.png', bytes: picture }]), /invalid relative path/],
    ['an absolute path', zip([{ name: '/etc/1.png', bytes: picture }]), /absolute path/],
    ['backslashes', zip([{ name: 'a\\..\\1.png', bytes: picture }]), /invalid characters/],
    [
      'a picture in no folder',
      zip([{ name: '1.png', bytes: picture }]),
      /in a folder that is its label, got "1.png"/,
    ],
    [
      'what is no picture',
      zip([{ name: 'a/1.txt', bytes: Buffer.from('hello') }]),
      /"a\/1.txt": expected a PNG/,
    ],
    [
      'a file that unpacks to much',
      zip([{ name: 'a/1.png', bytes: Buffer.alloc(21 << 20) }]),
      /at most 20971520 bytes of each unpacked picture, got 22020096/,
    ],
    [
      'a file that unpacks to more than it says',
      zip([{ name: 'a/1.png', bytes: Buffer.alloc(1 << 20), claims: 100 }]),
      /too many bytes in the stream/,
    ],
    [
      'files that unpack to much together',
      zip(Array.from({ length: 27 }, (_, i) => ({ name: `a/${i}.png`, bytes: picture, claims: 20 << 20 }))),
      /at most 536870912 bytes when unpacked/,
    ],
    ['no files', zip([]), /expected folders with pictures, got none/],
    ['what is no archive', Buffer.from('hello'), /expected a zip of folders with pictures: /],
    [
      'half an archive',
      zip([{ name: 'a/1.png', bytes: picture }]).subarray(0, 60),
      /expected a zip of folders/,
    ],
  ])('are refused: %s', async (_, bytes, says) => {
    await expect(samplesFromZip(bytes, options)).rejects.toThrow(
      expect.objectContaining({
        name: 'NetworkError',
        parameter: 'data.images',
        message: expect.stringMatching(says),
      }),
    )
  })

  it('are refused where the network takes no pictures, and where a picture is too large', async () => {
    const bytes = zip([{ name: 'a/1.png', bytes: picture }])
    await expect(samplesFromZip(bytes, { ...options, inputShape: [2] })).rejects.toThrow(
      /takes pictures of 1 or 3 channels, got one that takes \[2\]/,
    )
    await expect(samplesFromZip(bytes, { ...options, pixelLimit: 10 })).rejects.toThrow(
      /"a\/1.png": expected at most/,
    )
  })
})
