import { describe, expect, it } from 'vitest'
import { svg } from '../../../src/imaging/charts/svg.ts'

describe('svg', () => {
  it('takes pieces and lists of them as they are', () => {
    const part = svg`<b/>`
    expect(svg`<a>${part}${[part, part]}${[]}</a>`.markup).toBe('<a><b/><b/><b/></a>')
  })

  it('writes numbers to thousandths', () => {
    expect(svg`${1 / 3} ${2} ${1e-9} ${-0.5}`.markup).toBe('0.333 2 0 -0.5')
  })

  it.each([
    [`<b>&"'</b>`, '&lt;b&gt;&amp;&quot;&apos;&lt;/b&gt;'],
    ['a\u0000\u001b\nb', 'a\uFFFD\uFFFD\uFFFDb'],
    ['\uD800 \uDC00', '\uFFFD \uFFFD'],
    ['\uFFFE\uFFFF', '\uFFFD\uFFFD'],
    ['α → 漢 \u{1F600}', 'α → 漢 \u{1F600}'],
  ])('writes %j so that XML can hold it', (content, written) => {
    expect(svg`${content}`.markup).toBe(written)
  })
})
