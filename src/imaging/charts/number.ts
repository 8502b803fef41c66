/** A true minus, as wide as the plus. */
const minus = (digits: string) => digits.replace('-', '−')

const superscripts = [...'⁰¹²³⁴⁵⁶⁷⁸⁹']
const raised = (exponent: number) =>
  (exponent < 0 ? '⁻' : '') +
  [...String(Math.abs(exponent))].map((digit) => superscripts[Number(digit)]).join('')

/** A number for reading: three digits (`0.17`, `−4.44`), whole ones up to six (`65535`), else with a power (`2.2×10⁻¹⁶`). */
export function readable(value: number): string {
  const size = Math.abs(value)
  if (value === 0) return '0'
  if (!Number.isFinite(size)) return Number.isNaN(size) ? 'not a number' : value > 0 ? '∞' : '−∞'
  if (Number.isInteger(value) && size < 1e6) return minus(String(value))
  const short = Number(value.toPrecision(3))
  if (size >= 1e-3 && size < 1e5) return minus(String(short))
  const [mantissa = '', exponent = '0'] = short.toExponential().split('e')
  return `${minus(mantissa)}×10${raised(Number(exponent))}`
}
