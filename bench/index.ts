import { batches } from './batches.ts'
import { compare } from './compare.ts'
import { filters } from './filters.ts'
import { readOptions } from './options.ts'
import { profile } from './profile.ts'
import { scaling } from './scaling.ts'
import { start } from './start.ts'
import { training } from './training.ts'

/*
 * npm run bench                                     gradlens and its peers in turns, as a table of ratios
 *   [--nets a,b] [--measures forward,saliency,ig,smoothgrad] [--peers ort,torch,jax] [--rounds n] [--budget seconds]
 * npm run bench -- --profile resnet50               each step of a plan, against the roofline
 *   [--measure forward|saliency] [--threads n] [--batch n] [--sort plan|time]
 * npm run bench -- --batches [--nets a,b]           n samples at once against n single ones
 * npm run bench -- --scaling [--nets a,b]           threads, requests at once, input sizes
 * npm run bench -- --start [--nets a,b]             process start to the first map over HTTP, and memory
 * npm run bench -- --filters [--rounds n]           the filters' kernels beside OpenCV, SciPy and sharp
 * npm run bench -- --training [--rounds n]          training beside PyTorch: images per second
 */

const options = readOptions(process.argv.slice(2))
switch (options.mode) {
  case 'compare':
    await compare(options)
    break
  case 'profile':
    await profile(options)
    break
  case 'batches':
    await batches(options.nets)
    break
  case 'scaling':
    await scaling(options.nets)
    break
  case 'start':
    await start(options.nets)
    break
  case 'filters':
    await filters(options.rounds)
    break
  case 'training':
    await training(options.rounds)
    break
}
