import sharp from 'sharp'

/** libvips' own names of the loaders that may run: six formats, from memory only. Everything else is blocked. */
const loaders = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Tiff', 'Heif'].map((name) => `VipsForeignLoad${name}Buffer`)

// Every request brings other bytes: a cache of operations would only hold memory.
sharp.cache(false)
// One thread a picture: requests already run side by side on libuv's pool, and the cores belong to the workers.
sharp.concurrency(1)
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({ operation: loaders })

/** sharp, configured for the whole process. Import it from here only. */
export { sharp }
