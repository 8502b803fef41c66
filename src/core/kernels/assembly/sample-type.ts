/** Codes of `sampleTypes`; the other one is u16. */
export const U8: i32 = 0
