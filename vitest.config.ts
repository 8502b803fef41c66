import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    // As the kernels want them; vitest itself compiles WebAssembly before the first test could set them.
    execArgv: ['--no-liftoff', '--experimental-wasm-revectorize'],
  },
})
