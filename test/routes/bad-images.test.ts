import { crc32 } from 'node:zlib'
import { contentType, describeRefusals, image, PNG } from '../helpers/refusals.ts'

const truncatedJpeg = Buffer.from('ffd8ffe000104a46494600010100000100010000ffdb0043', 'hex')
/** a small PNG whose header claims 60000x60000 */
const hugePng = (() => {
  const bytes = Buffer.from(image)
  bytes.writeUInt32BE(60_000, 16)
  bytes.writeUInt32BE(60_000, 20)
  bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29)
  return bytes
})()

describeRefusals('a bad picture', [
  { name: 'no body', headers: {}, status: 400, type: 'missing-image' },
  { name: 'an empty image', body: '', headers: PNG, status: 422, type: 'empty-image', parameters: ['image'] },
  {
    name: 'text called PNG',
    body: 'hello',
    status: 415,
    type: 'unsupported-media-type',
    parameters: ['image'],
    says: /plain text/,
  },
  {
    name: 'a truncated JPEG',
    body: truncatedJpeg,
    headers: contentType('image/jpeg'),
    status: 422,
    type: 'corrupt-image',
    parameters: ['image'],
  },
  {
    name: 'a PNG that says 60000x60000',
    body: hugePng,
    status: 422,
    type: 'image-too-large',
    parameters: ['image'],
    says: /60000x60000/,
  },
  {
    name: 'an SVG',
    body: '<svg xmlns="http://www.w3.org/2000/svg"/>',
    headers: contentType('image/svg+xml'),
    status: 415,
    type: 'unsupported-media-type',
    parameters: ['image'],
    says: /SVG/,
  },
  {
    name: 'a PDF',
    body: '%PDF-1.7',
    headers: contentType('image/png'),
    status: 415,
    type: 'unsupported-media-type',
    parameters: ['image'],
    says: /PDF/,
  },
  {
    name: 'a PDF under its own type',
    body: '%PDF-1.7',
    headers: contentType('application/pdf'),
    status: 415,
    type: 'unsupported-media-type',
    says: /application\/pdf/,
  },
])
